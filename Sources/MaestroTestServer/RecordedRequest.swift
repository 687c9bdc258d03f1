// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One request as it arrived: what a test asks about afterwards.
package struct RecordedRequest: Sendable {
    package let method: String
    /// With the query, where there was one.
    package let path: String
    /// Names in lower case; repeated ones joined by `, `.
    package let headers: [String: String]
    package let body: String
    package let model: String?
    /// Letters of all messages: what a tokenizer would count.
    package let messageLength: Int
    /// How structured output was asked for.
    package let format: OutputFormat

    package init(method: String, path: String, headers: [String: String], body: String) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        // Once: where hundreds of calls come together, what this costs is time in which the model is not yet thinking.
        let json = Self.object(in: body)
        model = json["model"] as? String
        let messages = json["messages"] as? [[String: Any]] ?? []
        messageLength = messages.reduce(0) { $0 + (($1["content"] as? String) ?? "").unicodeScalars.count }
        format = Self.isNative(path) ? Self.nativeFormat(of: json) : Self.format(of: json)
    }

    /// Whether this is Ollama's native chat.
    package var isNative: Bool { Self.isNative(path) }

    /// Whether this asks for a completion, and so counts as a call.
    package var isChat: Bool { method == "POST" && (isNative || path.contains("/chat/completions")) }

    /// The body as a JSON object; empty where it is none.
    package var json: [String: Any] { Self.object(in: body) }

    private static func object(in body: String) -> [String: Any] {
        do {
            return try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
        } catch {
            return [:]
        }
    }

    private static func isNative(_ path: String) -> Bool { path.hasPrefix("/api/") }

    private static func nativeFormat(of json: [String: Any]) -> OutputFormat {
        guard let format = json["format"] else { return .text }
        return format is String ? .object : .schema
    }

    private static func format(of json: [String: Any]) -> OutputFormat {
        guard let format = json["response_format"] as? [String: Any], let type = format["type"] as? String else {
            return .text
        }
        switch type {
        case "json_schema":
            let isStrict = (format["json_schema"] as? [String: Any])?["strict"] as? Bool == true
            return isStrict ? .strictSchema : .schema
        case "json_object": return format["schema"] == nil ? .object : .objectWithSchema
        default: return .text
        }
    }
}
