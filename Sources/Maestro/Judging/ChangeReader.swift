// SPDX-License-Identifier: Apache-2.0

/// Reads one change of a reply.
///
/// What has one plain meaning is repaired with a note; the rest is refused with a code.
struct ChangeReader {
    /// Why a change cannot be read.
    struct Refusal: Error, Hashable, Sendable {
        let decision: Decision
    }

    /// Most events that one change may cite.
    private static let maxEvents = 50
    private static let maxEdits = 20
    private static let changeKeys = [
        "op", "name", "type", "description", "body", "merge_target", "events", "quote", "tentative",
    ]

    private let value: JSONValue
    private let ordinal: Int
    private var operation = Change.Operation.add
    private(set) var notes: [String] = []

    init(_ value: JSONValue, ordinal: Int) {
        self.value = value
        self.ordinal = ordinal
    }

    /// A change of memory: `op`, `name`, and what the operation needs.
    mutating func memoryChange() throws(Refusal) -> ProposedChange {
        guard case .object(let members) = value else {
            throw refusal(.missingField, "it is \(value.kind), not an object")
        }
        for key in members.map(\.key) where !Self.changeKeys.contains(key) {
            notes.append("unknown key `\(ModelWords.harmless(key, length: 40))` of a change was ignored")
        }
        operation = try readOperation()
        let type = try readType()
        let change = MemoryChange(
            operation: operation,
            name: Self.stem(try text("name") ?? ""),
            type: type,
            description: EntryFile.oneLine(try text("description") ?? ""),
            body: try text("body") ?? "",
            mergeTarget: try readTarget()
        )
        guard !change.name.isEmpty else { throw refusal(.missingField, "it has no `name`") }
        return ProposedChange(
            ordinal: ordinal,
            change: .memory(change),
            events: events(),
            quote: try quote(),
            isTentative: value["tentative"] == .bool(true)
        )
    }

    /// The edit of the job's piece; nil where it holds no edits.
    mutating func pieceEdit(of piece: String?) throws(Refusal) -> ProposedChange? {
        operation = .pieceEdit
        let items = try replacements(of: piece)
        guard !items.isEmpty else { return nil }
        guard let piece else { throw refusal(.pieceNotFound, "the job followed none") }
        guard items.count <= Self.maxEdits else {
            throw refusal(
                .tooManyChanges,
                "one edit of a piece holds at most \(Self.maxEdits) replacements",
                name: piece
            )
        }
        var edits: [PieceEdit.Replacement] = []
        for item in items { edits.append(try replacement(item, piece: piece)) }
        let edit = PieceEdit(piece: piece, why: try text("why") ?? "", edits: edits)
        return ProposedChange(ordinal: ordinal, change: .piece(edit), events: events(), quote: try quote())
    }

    private func replacements(of piece: String?) throws(Refusal) -> [JSONValue] {
        switch value {
        case .object: break
        case .array(let items) where items.isEmpty: return []
        case .string(""): return []
        default: throw refusal(.missingField, "`piece_edit` is \(value.kind), not an object", name: piece)
        }
        switch value["edits"] {
        case nil, .null: return []
        case .array(let list): return list
        case .some(let edit):
            if case .object = edit { return [edit] }
            throw refusal(.missingField, "its `edits` is \(edit.kind), not a list", name: piece)
        }
    }

    private func replacement(_ item: JSONValue, piece: String) throws(Refusal) -> PieceEdit.Replacement {
        func text(_ key: String) throws(Refusal) -> String {
            switch item[key] {
            case .string(let text): text
            case nil, .null: ""
            case .some(let other): throw refusal(.missingField, "`\(key)` of an edit is \(other.kind)", name: piece)
            }
        }
        let edit = PieceEdit.Replacement(field: try text("field"), old: try text("old"), new: try text("new"))
        guard !edit.field.isEmpty else { throw refusal(.missingField, "an edit has no `field`", name: piece) }
        return edit
    }

    private func readOperation() throws(Refusal) -> Change.Operation {
        guard case .string(let text) = value["op"] else { throw refusal(.missingField, "it has no `op`") }
        switch text.lowercased().filter({ !$0.isWhitespace }) {
        case "add": return .add
        case "update": return .update
        case "remove": return .remove
        case "confirm": return .confirm
        default:
            throw refusal(
                .missingField,
                "its `op` is `\(text.prefix(40))`, which is none of add, update, remove, confirm"
            )
        }
    }

    private mutating func readTarget() throws(Refusal) -> String? {
        guard let target = try text("merge_target").map(Self.stem), !target.isEmpty else { return nil }
        guard operation != .remove else { return target }
        notes.append("`merge_target` of an operation other than remove was ignored")
        return nil
    }

    private mutating func readType() throws(Refusal) -> EntryType? {
        guard operation == .add || operation == .update, let text = try text("type"), !text.isEmpty else { return nil }
        guard let type = EntryType(rawValue: text.lowercased().filter { !$0.isWhitespace }) else {
            throw refusal(.invalidType, "it is `\(text.prefix(40))`")
        }
        return type
    }

    /// A text field without surrounding white space; nil where it is missing or null.
    private mutating func text(_ key: String) throws(Refusal) -> String? {
        switch value[key] {
        case nil, .null: return nil
        case .string(let text): return Self.trimmed(text)
        case .array(let items):
            let lines = items.compactMap { item in if case .string(let line) = item { line } else { nil } }
            guard key == "body", lines.count == items.count else { break }
            notes.append("a `body` given as a list of lines was joined")
            return Self.trimmed(lines.joined(separator: "\n"))
        default: break
        }
        throw refusal(.missingField, "its `\(key)` is \(value[key]?.kind ?? "missing"), not a text")
    }

    private mutating func quote() throws(Refusal) -> String? {
        if case .array(let items) = value["quote"], case .string(let first)? = items.first {
            notes.append("of several quotes the first was taken")
            return Self.trimmed(first)
        }
        return try text("quote").flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func events() -> [Int] {
        let items: [JSONValue]
        switch value["events"] {
        case .array(let list): items = list
        case nil, .null: items = []
        case .string(let text):
            notes.append("`events` given as a text was read as a list")
            items = text.split { $0 == "," || $0.isWhitespace }.map { .string(String($0)) }
        case .some(let other):
            if case .number = other { notes.append("`events` given as a number was read as a list") }
            items = [other]
        }
        var numbers: [Int] = []
        for item in items.prefix(Self.maxEvents) {
            guard let number = number(item) else {
                notes.append("a cited event that is no event number was dropped")
                continue
            }
            if !numbers.contains(number) { numbers.append(number) }
        }
        if items.count > Self.maxEvents { notes.append("cited events behind the first \(Self.maxEvents) were dropped") }
        return numbers
    }

    private mutating func number(_ item: JSONValue) -> Int? {
        switch item {
        case .number(let text):
            let whole = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
            return Int(whole).flatMap { $0 > 0 ? $0 : nil }
        case .string(let text):
            let digits = Self.trimmed(text).drop { $0 == "#" }
            guard let number = Int(digits), number > 0 else { return nil }
            notes.append("event numbers given as texts were read as numbers")
            return number
        default: return nil
        }
    }

    private func refusal(_ code: Rejection, _ particulars: String, name: String? = nil) -> Refusal {
        var called = name ?? ""
        if name == nil, case .string(let text) = value["name"] {
            called = ModelWords.harmless(text)
        }
        return Refusal(
            decision: Decision(
                ordinal: ordinal,
                operation: operation,
                name: called,
                verdict: .rejected,
                code: code,
                message: "\(code.sentence): \(ModelWords.harmless(particulars, length: 300))"
            )
        )
    }

    /// A name as a stem: models add the suffix of the file that they saw in the index.
    private static func stem(_ text: String) -> String { text.hasSuffix(".md") ? String(text.dropLast(3)) : text }

    private static func trimmed(_ text: String) -> String {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest.utf8.contains(0x0D)
            ? rest.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n") : String(rest)
    }
}
