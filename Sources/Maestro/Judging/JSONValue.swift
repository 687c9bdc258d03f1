// SPDX-License-Identifier: Apache-2.0

/// A JSON value as a model wrote it: keys in order, numbers as their text.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The digits as they stood; whether they fit a type is the reader's question.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Hashable, Sendable {
        let key: String
        let value: JSONValue
    }

    /// The value under `key`; of repeated keys the last one, as most readers have it.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// How people call it: "a number".
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
