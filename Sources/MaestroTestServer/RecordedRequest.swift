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

    package init(method: String, path: String, headers: [String: String], body: String) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// Whether this is Ollama's native chat.
    package var isNative: Bool { path.hasPrefix("/api/") }

    /// Whether this asks for a completion, and so counts as a call.
    package var isChat: Bool { method == "POST" && (isNative || path.contains("/chat/completions")) }

    /// The body as a JSON object; empty where it is none.
    package var json: [String: Any] {
        do {
            return try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
        } catch {
            return [:]
        }
    }

    package var model: String? { json["model"] as? String }

    /// Letters of all messages: what a tokenizer would count.
    package var messageLength: Int {
        let messages = json["messages"] as? [[String: Any]] ?? []
        return messages.reduce(0) { $0 + (($1["content"] as? String) ?? "").unicodeScalars.count }
    }

    /// How structured output was asked for.
    package var format: OutputFormat {
        if isNative {
            guard let format = json["format"] else { return .text }
            return format is String ? .object : .schema
        }
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
