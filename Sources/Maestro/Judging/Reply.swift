// SPDX-License-Identifier: Apache-2.0

/// The JSON that a reflector answers with: the shape that the schema asks for (design section 6).
///
/// Used to write replies (the offline reflector, tests). Reading one is ``Proposal``'s business, which salvages what it
/// can change by change.
package struct Reply: Codable, Hashable, Sendable {
    package struct MemoryChange: Codable, Hashable, Sendable {
        package var op: String
        package var name: String
        package var type: String
        package var description: String
        package var body: String
        package var mergeTarget: String
        package var events: [Int]
        package var quote: String
        /// Ours, not in the schema shown to models: the change waits for a person whoever said the words.
        package var tentative: Bool?

        private enum CodingKeys: String, CodingKey {
            case op, name, type, description, body, events, quote, tentative
            case mergeTarget = "merge_target"
        }

        package init(
            op: String,
            name: String,
            type: String = "",
            description: String = "",
            body: String = "",
            mergeTarget: String = "",
            events: [Int] = [],
            quote: String = "",
            tentative: Bool? = nil
        ) {
            self.op = op
            self.name = name
            self.type = type
            self.description = description
            self.body = body
            self.mergeTarget = mergeTarget
            self.events = events
            self.quote = quote
            self.tentative = tentative
        }
    }

    package struct PieceEdit: Codable, Hashable, Sendable {
        package struct Edit: Codable, Hashable, Sendable {
            package var field: String
            package var old: String
            package var new: String

            package init(field: String, old: String, new: String) {
                self.field = field
                self.old = old
                self.new = new
            }
        }

        package var why: String
        package var events: [Int]
        package var edits: [Edit]

        package init(why: String = "", events: [Int] = [], edits: [Edit] = []) {
            self.why = why
            self.events = events
            self.edits = edits
        }
    }

    package var reasoning: String
    package var memoryChanges: [MemoryChange]
    package var pieceEdit: PieceEdit

    private enum CodingKeys: String, CodingKey {
        case reasoning
        case memoryChanges = "memory_changes"
        case pieceEdit = "piece_edit"
    }

    package init(reasoning: String, memoryChanges: [MemoryChange] = [], pieceEdit: PieceEdit = PieceEdit()) {
        self.reasoning = reasoning
        self.memoryChanges = memoryChanges
        self.pieceEdit = pieceEdit
    }
}
