// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Codable values as the JSON texts that rows hold.
enum JSONText {
    static func encoding(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decoding<T: Decodable>(_ type: T.Type, from text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// Nil where there is no text, or it is damaged: what can be had anew is not worth an error.
    static func readable<T: Decodable>(_ type: T.Type, in text: String?) -> T? {
        text.flatMap { try? decoding(type, from: $0) }
    }
}
