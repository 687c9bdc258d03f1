// SPDX-License-Identifier: Apache-2.0

/// What a reply proposes, read strictly but change by change: one bad change does not cost the others.
///
/// Nothing is dropped in silence: a change that cannot be read is in `refused` with a code and a sentence, and whatever
/// was repaired or ignored is in `notes`.
package struct Proposal: Hashable, Sendable {
    /// The reflector's own words about the job, at most 400 characters.
    package var reasoning: String
    package var changes: [ProposedChange]
    /// Changes that could not be read, as rejected decisions.
    package var refused: [Decision]
    /// What was repaired or ignored, one sentence each.
    package var notes: [String]

    /// Most changes that are read at all; the judge looks at far fewer.
    package static let maxRead = 50
    static let maxReasoningLength = 400
    private static let maxNotes = 40

    package init(reasoning: String = "", changes: [ProposedChange] = [], refused: [Decision] = [], notes: [String] = [])
    {
        self.reasoning = reasoning
        self.changes = changes
        self.refused = refused
        self.notes = notes
    }

    /// Reads the reply's JSON object.
    ///
    /// `piece` is the name of the piece that the job followed; nil for none.
    ///
    /// - Throws: ``ReplyError`` where no part of the reply can be used.
    package init(_ reply: ReflectorReply, piece: String?) throws(ReplyError) {
        var text = ReplyText(reply.text)
        let object: JSONValue
        do throws(ReplyError) {
            object = try text.object()
        } catch {
            throw error == .notJSON && reply.finishReason == "length" ? .truncated : error
        }
        self.init(notes: text.notes)
        noteKeys(of: object)
        try refuseChangesUnderAnotherName(object)
        readReasoning(ReplyText.member("reasoning", of: object)?.value)
        let count = try readChanges(ReplyText.member("memory_changes", of: object)?.value)
        readPieceEdit(ReplyText.pieceEdit(of: object), ordinal: count + 1, piece: piece)
        if notes.count > Self.maxNotes {
            let left = notes.count - Self.maxNotes
            notes = notes.prefix(Self.maxNotes) + ["\(left) more notes of this kind were left out"]
        }
    }

    private mutating func noteKeys(of object: JSONValue) {
        let read = ReplyText.keys.map { ReplyText.member($0, of: object)?.key ?? $0 }
        UnusedKeys.notes(of: object, known: read, in: "the reply").forEach { note($0) }
        for (key, meant) in zip(read, ReplyText.keys) where key != meant {
            note("the key `\(ModelWords.harmless(key, length: 40))` was read as `\(meant)`")
        }
    }

    /// A reply without our list but with another one of changes would lose them all: it is asked for again.
    private func refuseChangesUnderAnotherName(_ object: JSONValue) throws(ReplyError) {
        guard case .object(let members) = object, ReplyText.member("memory_changes", of: object) == nil else { return }
        let other = members.first { member in
            member.value.array?.contains { $0["op"] != nil || $0["name"] != nil } == true
        }
        guard let other else { return }
        let key = ModelWords.harmless(other.key, length: 40)
        throw .wrongShape("`memory_changes` is missing, and changes are not read from `\(key)`")
    }

    private mutating func readReasoning(_ value: JSONValue?) {
        switch value {
        case .string(let text):
            reasoning = String(ModelWords.harmless(text, length: 4000).prefix(Self.maxReasoningLength))
            if text.count > Self.maxReasoningLength {
                note("`reasoning` was cut to \(Self.maxReasoningLength) characters")
            }
        case nil: note("`reasoning` is missing")
        case .some(let other): note("`reasoning` is \(other.kind), not a text, and was ignored")
        }
    }

    /// Reads the changes and answers how many the reply holds.
    private mutating func readChanges(_ value: JSONValue?) throws(ReplyError) -> Int {
        let items: [JSONValue]
        switch value {
        case .array(let list): items = list
        case nil, .null:
            note("`memory_changes` is missing and was taken as empty")
            return 0
        case .object(let members) where members.isEmpty: return 0
        case .object:
            note("`memory_changes` is one object, not a list")
            items = value.map { [$0] } ?? []
        case .some(let other): throw .wrongShape("`memory_changes` is \(other.kind), not a list")
        }
        for (index, item) in items.prefix(Self.maxRead).enumerated() {
            var reader = ChangeReader(item, ordinal: index + 1)
            do throws(ChangeReader.Refusal) {
                changes.append(try reader.memoryChange())
            } catch {
                refused.append(error.decision)
            }
            reader.notes.forEach { note($0) }
        }
        if items.count > Self.maxRead {
            refused.append(Self.unread(items.count - Self.maxRead))
        }
        return items.count
    }

    private mutating func readPieceEdit(_ value: JSONValue?, ordinal: Int, piece: String?) {
        guard let value, value != .null else { return note("`piece_edit` is missing and was taken as empty") }
        var reader = ChangeReader(value, ordinal: ordinal)
        do throws(ChangeReader.Refusal) {
            if let change = try reader.pieceEdit(of: piece) { changes.append(change) }
        } catch {
            refused.append(error.decision)
        }
        reader.notes.forEach { note($0) }
    }

    private static func unread(_ count: Int) -> Decision {
        Decision(
            ordinal: maxRead + 1,
            operation: .add,
            name: "",
            verdict: .rejected,
            code: .tooManyChanges,
            message: "\(Rejection.tooManyChanges.sentence): \(count) behind the first \(maxRead) were not read"
        )
    }

    /// The same sentence is said once.
    private mutating func note(_ sentence: String) {
        if notes.count <= Self.maxNotes * 4, !notes.contains(sentence) { notes.append(sentence) }
    }
}
