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
    /// Longest text that is read at all; the judge allows far less.
    private static let maxTextBytes = 1 << 20
    private static let maxQuoteLength = 2000
    private static let maxWhyLength = 400
    private static let pieceKeys = ["why", "events", "edits", "quote"]
    private static let editKeys = ["field", "old", "new"]
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
        guard case .object = value else {
            throw refusal(.missingField, "it is \(value.kind), not an object")
        }
        notes += UnusedKeys.notes(of: value, known: Self.changeKeys, in: "a change")
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
        noteUnusedTexts(of: change)
        return ProposedChange(
            ordinal: ordinal,
            change: .memory(change),
            events: events(),
            quote: try quote(),
            isTentative: isTentative()
        )
    }

    /// Only a plain "no" lets a change be applied unseen.
    private mutating func isTentative() -> Bool {
        switch value["tentative"] {
        case nil, .null, .bool(false): return false
        case .bool(true): return true
        case .some(let other):
            notes.append("`tentative` given as \(other.kind) was read as true")
            return true
        }
    }

    private mutating func noteUnusedTexts(of change: MemoryChange) {
        guard change.operation == .confirm || change.operation == .remove && change.mergeTarget == nil,
            !(change.description.isEmpty && change.body.isEmpty)
        else { return }
        notes.append("`description` and `body` of a confirm, or of a remove without `merge_target`, were ignored")
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
        let edit = PieceEdit(piece: piece, why: try words("why", atMost: Self.maxWhyLength) ?? "", edits: edits)
        return ProposedChange(ordinal: ordinal, change: .piece(edit), events: events(), quote: try quote())
    }

    private mutating func replacements(of piece: String?) throws(Refusal) -> [JSONValue] {
        switch value {
        case .object: break
        case .array(let items) where items.isEmpty: return []
        case .string(""): return []
        default: throw refusal(.missingField, "`piece_edit` is \(value.kind), not an object", name: piece)
        }
        let single = Self.editKeys.filter { value[$0] != nil }
        switch value["edits"] {
        case nil where !single.isEmpty, .null where !single.isEmpty:
            notes.append("`piece_edit` without a list of edits was read as one edit")
            notes += UnusedKeys.notes(of: value, known: Self.pieceKeys + Self.editKeys, in: "`piece_edit`")
            return [JSONValue.make(single.compactMap { key in value[key].map { (key, $0) } })]
        case nil, .null, .array([]):
            notes += UnusedKeys.notes(of: value, known: Self.pieceKeys, in: "`piece_edit`")
            if let why = value["why"], why != .string("") { notes.append("a `piece_edit` without edits was ignored") }
            return []
        case .array(let list):
            notes += UnusedKeys.notes(of: value, known: Self.pieceKeys, in: "`piece_edit`")
            return list
        case .some(let edit):
            notes += UnusedKeys.notes(of: value, known: Self.pieceKeys, in: "`piece_edit`")
            if case .object = edit { return [edit] }
            throw refusal(.missingField, "its `edits` is \(edit.kind), not a list", name: piece)
        }
    }

    private mutating func replacement(_ item: JSONValue, piece: String) throws(Refusal) -> PieceEdit.Replacement {
        notes += UnusedKeys.notes(of: item, known: Self.editKeys, in: "an edit")
        let texts = try Self.editKeys.map { key throws(Refusal) in
            switch item[key] {
            case .string(let text) where text.utf8.count <= Self.maxTextBytes: text
            case .string(let text): throw refusal(.pieceTooLarge, "`\(key)` has \(text.utf8.count) bytes", name: piece)
            case nil, .null: ""
            case .some(let other): throw refusal(.missingField, "`\(key)` of an edit is \(other.kind)", name: piece)
            }
        }
        let edit = PieceEdit.Replacement(field: texts[0], old: texts[1], new: texts[2])
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
        case .string(let text) where text.utf8.count > Self.maxTextBytes:
            throw refusal(.bodyTooLarge, "its `\(key)` has \(text.utf8.count) bytes")
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
            return String(Self.trimmed(first).prefix(Self.maxQuoteLength))
        }
        return try words("quote", atMost: Self.maxQuoteLength).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A text field that is cut, with a note, where it is longer.
    private mutating func words(_ key: String, atMost length: Int) throws(Refusal) -> String? {
        guard case .string(let whole) = value[key], whole.unicodeScalars.count > length else { return try text(key) }
        notes.append("`\(key)` was cut to \(length) characters")
        return Self.trimmed(String(whole.unicodeScalars.prefix(length)))
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
