// SPDX-License-Identifier: Apache-2.0

/// One operation that a reflection proposes.
///
/// What it may touch and whether it happens is the ``Judge``'s business.
package enum Change: Hashable, Sendable, Codable {
    case memory(MemoryChange)
    case piece(PieceEdit)

    package enum Operation: String, Hashable, Sendable, Codable, CaseIterable {
        case add, update, remove
        /// An entry said again: counted, no text change.
        case confirm
        case pieceEdit = "piece_edit"
        /// A restored text of an earlier reflection.
        ///
        /// Never proposed by a model.
        case revert
    }

    package var operation: Operation {
        switch self {
        case .memory(let change): change.operation
        case .piece: .pieceEdit
        }
    }

    /// The entry or piece it is about, as the model wrote it.
    package var name: String {
        switch self {
        case .memory(let change): change.name
        case .piece(let change): change.piece
        }
    }
}

/// A change of memory.
///
/// Fields are as proposed: names and types are checked by the judge, not by the decoder.
package struct MemoryChange: Hashable, Sendable, Codable {
    /// `add`, `update`, `remove` or `confirm`.
    package var operation: Change.Operation
    package var name: String
    /// Nil for `remove` and `confirm`, and for an `update` that leaves it.
    package var type: EntryType?
    /// Empty on `update`: unchanged.
    ///
    /// For a merge: the new description of the target.
    package var description: String
    /// Empty on `update`: unchanged.
    ///
    /// For a merge: the new body of the target.
    package var body: String
    /// Of `remove`: fold the entry into this one.
    ///
    /// Both files are one decision.
    package var mergeTarget: String?

    package init(
        operation: Change.Operation,
        name: String,
        type: EntryType? = nil,
        description: String = "",
        body: String = "",
        mergeTarget: String? = nil
    ) {
        self.operation = operation
        self.name = name
        self.type = type
        self.description = description
        self.body = body
        self.mergeTarget = mergeTarget
    }
}

/// A change with what it claims to rest on.
package struct ProposedChange: Hashable, Sendable, Codable {
    /// Position in the reply, from 1; piece edits come last.
    package var ordinal: Int
    package var change: Change
    /// Numbers of the cited events.
    package var events: [Int]
    /// Words that must stand in one of those events.
    ///
    /// Nil or empty: none given.
    package var quote: String?
    /// Set by a reflector that is not sure enough to have the change applied, whoever said the words: it waits.
    package var isTentative: Bool

    package init(ordinal: Int, change: Change, events: [Int], quote: String? = nil, isTentative: Bool = false) {
        self.ordinal = ordinal
        self.change = change
        self.events = events
        self.quote = quote
        self.isTentative = isTentative
    }
}
