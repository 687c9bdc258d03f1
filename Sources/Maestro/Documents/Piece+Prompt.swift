// SPDX-License-Identifier: Apache-2.0

extension Piece {
    /// The piece as a model sees it: every editable field under its address, so that `field` and `old` can be copied.
    ///
    /// With `isShort`, routes are left out. Never longer than `budgetBytes`: what does not fit is left out from the end
    /// and said.
    package func promptText(budgetBytes: Int, isShort: Bool = false) -> String {
        let head = "\(name)" + (isShort ? "" : " (starts at \(start), at most \(maxSteps) steps)")
        var blocks = [head]
        func add(_ address: String, _ text: String) {
            if !text.isEmpty { blocks.append("\(address): \(text.trimmingNewlines)") }
        }
        add("description", description)
        add("goal", goal)
        blocks.append(Self.list("guidance", guidance))
        for step in steps {
            add("\(step.id).title", step.title)
            add("\(step.id).persona", step.persona)
            add("\(step.id).instruction", step.instruction)
            if !step.checklist.isEmpty { blocks.append(Self.list("\(step.id).checklist", step.checklist)) }
            if !step.avoid.isEmpty { blocks.append(Self.list("\(step.id).avoid", step.avoid)) }
            if !isShort { blocks += step.next.map { "\(step.id).next.when: \($0.when) (goes to \($0.go))" } }
        }
        return Self.fitted(blocks, budgetBytes)
    }

    private static func list(_ address: String, _ items: [String]) -> String {
        items.isEmpty ? "\(address): (empty list)" : ([address + ":"] + items.map { "- \($0)" }).joined(separator: "\n")
    }

    private static func fitted(_ blocks: [String], _ budget: Int) -> String {
        var text = ""
        for (index, block) in blocks.enumerated() {
            guard text.utf8.count + block.utf8.count + 60 <= budget || index == 0 else {
                return text + "(\(blocks.count - index) more fields are not shown; do not edit them)"
            }
            text += block + "\n"
        }
        return text.trimmingNewlines
    }
}

extension PieceCatalog {
    /// The piece for a prompt; nil where there is none or it is not valid.
    func promptText(named name: String, budgetBytes: Int, isShort: Bool) -> String? {
        do throws(PieceRefusal) {
            return try piece(named: name).promptText(budgetBytes: budgetBytes, isShort: isShort)
        } catch {
            return nil
        }
    }
}

extension String {
    fileprivate var trimmingNewlines: String {
        var text = self
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
