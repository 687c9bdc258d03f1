// SPDX-License-Identifier: Apache-2.0
import Maestro

/// One value of a record: what both stores can hold.
///
/// Flags are the integers 0 and 1. Texts are equal where their bytes are: to `String` the two ways of writing an umlaut
/// are equal, to a store they are not.
package enum CopyValue: Sendable {
    case null
    case integer(Int64)
    case text(String)

    package init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    package init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

    /// As every store can hold it: PostgreSQL has no zero byte, which becomes the sign for what cannot be shown.
    var portable: CopyValue {
        guard case .text(let text) = self, text.utf8.contains(0) else { return self }
        return .text(text.replacing("\0", with: "\u{FFFD}"))
    }

    /// Bytes that no other value has.
    var canonicalBytes: [UInt8] {
        switch portable {
        case .null: [0x6E]
        case .integer(let number): Array("i\(number);".utf8)
        case .text(let text): Array("t\(text.utf8.count):".utf8) + Array(text.utf8)
        }
    }
}

extension CopyValue: Hashable {
    package static func == (left: CopyValue, right: CopyValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.integer(let left), .integer(let right)): left == right
        case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(canonicalBytes) }
}

/// In the order of keys: no value first, then numbers, then texts by their bytes, as both databases sort them.
extension CopyValue: Comparable {
    package static func < (left: CopyValue, right: CopyValue) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.null, .integer), (.null, .text), (.integer, .text): true
        default: false
        }
    }
}

extension CopyValue: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let number = try? value.decode(Int64.self) {
            self = .integer(number)
        } else {
            self = .text(try value.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .integer(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        }
    }
}
