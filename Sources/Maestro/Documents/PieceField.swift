// SPDX-License-Identifier: Apache-2.0

/// One field of a piece by its address, and what a reflection may do with it.
struct PieceField: Hashable, Sendable {
    enum Tier: Hashable, Sendable {
        /// May be edited by a reflection.
        case editable
        /// Waits for a person even in automatic mode.
        case guarded
        /// Never changes by reflection.
        case locked
    }

    enum Shape: Hashable, Sendable { case line, text, list, next, number }

    /// The step's id; nil for a field of the piece itself.
    let step: String?
    let key: String
    let tier: Tier
    let shape: Shape

    static let pieceKeys = [
        "maestro", "name", "counterpart", "description", "goal", "guidance", "max_steps", "start", "steps",
    ]
    static let stepKeys = ["id", "title", "persona", "instruction", "checklist", "avoid", "run", "next"]
    static let runKeys = ["permission", "agent", "command", "model", "tools", "network", "env", "gates"]

    private static let ofPiece: [String: (Tier, Shape)] = [
        "description": (.editable, .line), "goal": (.editable, .text), "guidance": (.editable, .list),
        "max_steps": (.guarded, .number),
    ]
    private static let ofStep: [String: (Tier, Shape)] = [
        "title": (.editable, .line), "persona": (.editable, .line), "instruction": (.editable, .text),
        "checklist": (.editable, .list),
        "avoid": (.editable, .list), "next.when": (.editable, .next), "next.go": (.guarded, .next),
    ]

    /// The field at `address`: `goal`, or `plan.instruction`.
    ///
    /// - Throws: ``PieceRefusal`` where there is no such field or step.
    init(_ address: String, in piece: Piece) throws(PieceRefusal) {
        let parts = address.split(separator: ".", maxSplits: 1).map(String.init)
        if parts.count == 1, let key = parts.first, Self.pieceKeys.contains(key) {
            step = nil
            self.key = key
            (tier, shape) = Self.ofPiece[key] ?? (.locked, .line)
            return
        }
        guard parts.count == 2, let id = parts.first, let key = parts.last, piece.steps.contains(where: { $0.id == id })
        else {
            throw PieceRefusal(
                .invalid,
                "there is no field `\(address)`; fields are \(Self.addresses(in: piece).joined(separator: ", "))"
            )
        }
        step = id
        self.key = key
        if let known = Self.ofStep[key] {
            (tier, shape) = known
        } else if Self.stepKeys.contains(key.split(separator: ".").first.map(String.init) ?? key) {
            (tier, shape) = (.locked, .line)
        } else {
            throw PieceRefusal(
                .invalid,
                "there is no field `\(address)`; fields are \(Self.addresses(in: piece).joined(separator: ", "))"
            )
        }
    }

    var address: String { step.map { "\($0).\(key)" } ?? key }

    /// Addresses of all editable fields.
    static func addresses(in piece: Piece) -> [String] {
        ["description", "goal", "guidance"]
            + piece.steps.flatMap { step in
                ["title", "persona", "instruction", "checklist", "avoid", "next.when"].map { "\(step.id).\($0)" }
            }
    }

    /// Keys in the order in which they are written; a missing one goes behind the nearest before it that is there.
    private static let order = [
        "maestro", "name", "counterpart", "description", "goal", "guidance", "max_steps", "start", "id", "title",
        "persona", "instruction",
        "checklist", "avoid", "run", "next", "steps",
    ]

    static func insertionIndex(of key: String, among keys: [String]) -> Int {
        let before = order.prefix { $0 != key }
        return keys.lastIndex { before.contains($0) }.map { $0 + 1 } ?? keys.count
    }
}
