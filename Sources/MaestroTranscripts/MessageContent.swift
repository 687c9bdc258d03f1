// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Text of the `content` of a message: a string, null, or a list of parts.
enum MessageContent {
    /// The texts of all parts that hold any, joined by line breaks; other parts (images) are named in brackets.
    static func text(of content: JSONValue?) -> String {
        switch content {
        case .string(let text): text
        case .array(let parts): parts.compactMap(text(ofPart:)).joined(separator: "\n")
        default: ""
        }
    }

    private static func text(ofPart part: JSONValue) -> String? {
        if let text = part.string { return text }
        for key in ["text", "refusal"] {
            if let text = part[key]?.string { return text }
        }
        return part["type"]?.string.map { "[\($0)]" }
    }
}
