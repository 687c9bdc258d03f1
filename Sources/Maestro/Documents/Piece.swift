// SPDX-License-Identifier: Apache-2.0

/// A workflow definition, parsed and valid.
///
/// How its text is edited: ``PieceEdit``.
package struct Piece: Hashable, Sendable {
    /// One step of a piece.
    package struct Step: Hashable, Sendable {
        package let id: String
        package let title: String
        package let persona: String
        package let instruction: String
        package let checklist: [String]
        package let avoid: [String]
        package let next: [Next]
    }

    /// Where a step goes, and when.
    package struct Next: Hashable, Sendable {
        package let when: String
        /// The id of a step, `COMPLETE` or `ABORT`.
        package let go: String
    }

    package let name: PieceName
    package let counterpart: Counterpart
    package let description: String
    /// What "done" means.
    package let goal: String
    package let guidance: [String]
    package let maxSteps: Int
    package let start: String
    package let steps: [Step]

    /// Parses YAML and checks it against the schema.
    ///
    /// - Throws: ``PieceRefusal`` with the line and what is wrong.
    package init(yaml: String, expectedName: PieceName? = nil) throws(PieceRefusal) {
        try self.init(try YAMLTree(parsing: yaml), expectedName: expectedName)
    }

    init(_ tree: YAMLTree, expectedName: PieceName?) throws(PieceRefusal) {
        let reader = try PieceReader(tree, of: "the piece", keys: PieceField.pieceKeys)
        guard try reader.text("maestro") == "1" else {
            throw PieceRefusal(.invalid, "`maestro` (the schema version) must be 1")
        }
        let nameText = try reader.text("name")
        guard let name = PieceName(nameText) else {
            throw PieceRefusal(.invalid, "`name: \(nameText)` is no legal name of a piece")
        }
        if let expectedName, expectedName != name {
            throw PieceRefusal(.invalid, "`name: \(name)` must be the file's stem, `\(expectedName)`")
        }
        self.name = name
        let counterpartText = try reader.text("counterpart", or: "owner")
        guard let counterpart = Counterpart(rawValue: counterpartText) else {
            throw PieceRefusal(.invalid, "`counterpart: \(counterpartText)` must be owner or other")
        }
        self.counterpart = counterpart
        description = try reader.text("description", or: "", atMost: 500)
        goal = try reader.text("goal", or: "", atMost: 2000)
        guidance = try reader.texts("guidance")
        maxSteps = try reader.number("max_steps", or: 20, in: 1...200)
        start = try reader.text("start")
        steps = try reader.list("steps").map { item throws(PieceRefusal) in try Step(item) }
        try checkRoutes()
    }

    private func checkRoutes() throws(PieceRefusal) {
        guard !steps.isEmpty else { throw PieceRefusal(.invalid, "a piece needs at least one step") }
        let ids = steps.map(\.id)
        if let twice = ids.first(where: { id in ids.count { $0 == id } > 1 }) {
            throw PieceRefusal(.invalid, "two steps have the id `\(twice)`")
        }
        guard ids.contains(start) else { throw PieceRefusal(.invalid, "`start: \(start)` is no step") }
        for step in steps {
            for next in step.next where !ids.contains(next.go) && !["COMPLETE", "ABORT"].contains(next.go) {
                throw PieceRefusal(
                    .invalid,
                    "step `\(step.id)` goes to `\(next.go)`, which is no step, COMPLETE or ABORT"
                )
            }
        }
    }
}

extension Piece.Step {
    fileprivate init(_ tree: YAMLTree) throws(PieceRefusal) {
        let reader = try PieceReader(tree, of: "a step", keys: PieceField.stepKeys)
        id = try reader.text("id")
        guard (1...40).contains(id.utf8.count), id.utf8.first.map({ (0x61...0x7A).contains($0) }) == true,
            id.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else {
            throw PieceRefusal(
                .invalid,
                "`id: \(id)` of a step must be lower-case letters, digits and dashes, at most 40"
            )
        }
        title = try reader.text("title", or: "", atMost: 80)
        persona = try reader.text("persona", or: "", atMost: 1000)
        instruction = try reader.text("instruction", or: "", atMost: 6000)
        checklist = try reader.texts("checklist")
        avoid = try reader.texts("avoid")
        if let run = tree["run"]?.value { _ = try PieceReader(run, of: "`run`", keys: PieceField.runKeys) }
        next = try reader.list("next").map { item throws(PieceRefusal) in
            let reader = try PieceReader(item, of: "`next`", keys: ["when", "go"])
            return Piece.Next(when: try reader.text("when", or: "", atMost: 120), go: try reader.text("go"))
        }
    }
}

/// Reads the keys of one mapping, with refusals that name the key and the line.
struct PieceReader {
    private let tree: YAMLTree

    /// Unknown keys are an error that names the nearest known one, except `x-*`.
    init(_ tree: YAMLTree, of what: String, keys: [String]) throws(PieceRefusal) {
        guard let members = tree.members else {
            throw PieceRefusal(.invalid, "line \(tree.place.line + 1): \(what) must be keys and values")
        }
        for member in members where !keys.contains(member.key) && !member.key.hasPrefix("x-") {
            let nearest = keys.min { EditDistance.between($0, member.key) < EditDistance.between($1, member.key) } ?? ""
            throw PieceRefusal(
                .invalid,
                "line \(member.place.line + 1): unknown key `\(member.key)` of \(what); did you mean `\(nearest)`?"
            )
        }
        self.tree = tree
    }

    func text(_ key: String, or standard: String? = nil, atMost limit: Int = 1000) throws(PieceRefusal) -> String {
        guard let member = tree[key] else {
            guard let standard else { throw PieceRefusal(.invalid, "line \(tree.place.line + 1): `\(key)` is missing") }
            return standard
        }
        guard let text = member.value.text else {
            throw PieceRefusal(.invalid, "line \(member.place.line + 1): `\(key)` must be a text")
        }
        guard text.count <= limit else {
            throw PieceRefusal(
                .tooLarge,
                "line \(member.place.line + 1): `\(key)` has \(text.count) characters; at most \(limit)"
            )
        }
        return text
    }

    /// A list of at most 12 texts of at most 240 characters.
    func texts(_ key: String) throws(PieceRefusal) -> [String] {
        let items = try list(key)
        guard items.count <= 12 else { throw PieceRefusal(.tooLarge, "`\(key)` has \(items.count) items; at most 12") }
        return try items.map { item throws(PieceRefusal) in
            guard let text = item.text else {
                throw PieceRefusal(.invalid, "line \(item.place.line + 1): items of `\(key)` must be texts")
            }
            guard text.count <= 240 else {
                throw PieceRefusal(
                    .tooLarge,
                    "line \(item.place.line + 1): an item of `\(key)` has \(text.count) characters; at most 240"
                )
            }
            return text
        }
    }

    func list(_ key: String) throws(PieceRefusal) -> [YAMLTree] {
        guard let member = tree[key], member.value.text != "" else { return [] }
        guard let items = member.value.items else {
            throw PieceRefusal(.invalid, "line \(member.place.line + 1): `\(key)` must be a list")
        }
        return items
    }

    func number(_ key: String, or standard: Int, in range: ClosedRange<Int>) throws(PieceRefusal) -> Int {
        guard let member = tree[key] else { return standard }
        guard let text = member.value.text, let value = Int(text), range.contains(value) else {
            throw PieceRefusal(
                .invalid,
                "line \(member.place.line + 1): `\(key)` must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }
}
