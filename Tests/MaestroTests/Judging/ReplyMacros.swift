// SPDX-License-Identifier: Apache-2.0

/// What stands in the corpus for bytes that cannot be seen, and for parts that every second reply has.
///
/// `⟦U+FEFF⟧` is a character, `⟦5000× x⟧` a repetition, `⟦add⟧` a good change, `⟦with …⟧` a reply of these changes,
/// `⟦piece …⟧` a reply with this edit. The innermost comes first.
enum ReplyMacros {
    private static let add =
        #"{"op":"add","name":"feedback-use-manual-clock","type":"feedback","description":"Tests and time: use the manual clock","body":"Never sleep in tests.","merge_target":"","events":[5],"quote":""}"#
    private static let update =
        #"{"op":"update","name":"feedback-commit-size","type":"feedback","description":"","body":"Keep commits small; tests use the manual clock.","merge_target":"","events":[5],"quote":""}"#
    private static let none = #"{"why":"","events":[],"edits":[]}"#

    static func expanding(_ text: String) -> String {
        var text = text
        while let open = text.lastIndex(of: "⟦"), let close = text[open...].firstIndex(of: "⟧") {
            let name = String(text[text.index(after: open)..<close])
            text.replaceSubrange(open...close, with: expansion(of: name))
        }
        return text
    }

    private static func expansion(of name: String) -> String {
        switch name {
        case "add": return add
        case "update": return update
        case "none": return none
        case "whole": return reply([add])
        default: break
        }
        let words = name.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first ?? "" {
        case "with": return reply([rest])
        case "piece": return reply([], piece: rest)
        case let code where code.hasPrefix("U+"):
            let scalar = UInt32(code.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
            return scalar.map { String(Character($0)) } ?? "no character \(code)"
        case let count where count.hasSuffix("×"):
            return String(repeating: rest, count: Int(count.dropLast()) ?? 0)
        default: return "no macro \(name)"
        }
    }

    private static func reply(_ changes: [String], piece: String = none) -> String {
        #"{"reasoning":"r","memory_changes":[\#(changes.joined(separator: ","))],"piece_edit":\#(piece)}"#
    }

    /// Characters that an editor would hide or mangle, as macros.
    static func visible(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            let isPlain =
                scalar.properties.isAlphabetic || (0x20...0x7E).contains(scalar.value)
                || "…×“”é".unicodeScalars.contains(scalar)
            return isPlain ? String(Character(scalar)) : "⟦U+\(String(scalar.value, radix: 16, uppercase: true))⟧"
        }.joined()
    }
}
