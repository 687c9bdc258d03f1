// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// What is wrong with a document that a parser read or an edit wrote, one sentence each.
package enum DocumentFaults {
    /// Of an entry that a change wrote: it reads back as what was proposed, and its size is bounded.
    package static func ofWritten(_ text: String, _ change: Change?, _ policy: JudgePolicy) -> [String] {
        let file = EntryFile(text: text)
        if let problem = file.problem { return ["what was written does not parse: \(problem)"] }
        guard case .memory(let memory)? = change else { return ["it was not written by a change of memory"] }
        var faults: [String] = []
        let length = memory.description.isEmpty ? 0 : memory.description.count
        if !memory.description.isEmpty, file.description != EntryFile.oneLine(memory.description) {
            faults.append("the description reads back as “\(file.description)”")
        }
        if !memory.body.isEmpty, !file.body.unicodeScalars.elementsEqual(memory.body.unicodeScalars) {
            faults.append("the body reads back as another text")
        }
        if let type = memory.type, type != file.type { faults.append("the type reads back as another one") }
        if length > JudgePolicy.maxDescriptionLength || memory.body.utf8.count > policy.maxEntryBodyBytes {
            faults.append("it is larger than the policy allows")
        }
        return faults + ofEntry(text)
    }

    /// Of any entry file: what parses is written back to something that parses equal.
    package static func ofEntry(_ text: String) -> [String] {
        let file = EntryFile(text: text)
        guard file.problem == nil, let type = file.type else {
            let isKept = file.updating(description: "x", body: "y").utf8.elementsEqual(text.utf8)
            return isKept ? [] : ["an unreadable entry was changed"]
        }
        var faults: [String] = []
        let same = file.updating(type: type, description: file.description, body: file.body)
        if !same.utf8.elementsEqual(text.utf8) { faults.append("writing what stands there changes bytes") }
        let description = "One: \"two\" # three 'four'"
        for (body, type) in [("Line.\n\n---\nname: x\n---\nLast.", EntryType.user), ("x", .project)] {
            let edited = EntryFile(text: file.updating(type: type, description: description, body: body))
            if edited.problem != nil { faults.append("an update makes it unreadable: \(edited.problem ?? "")") }
            if edited.type != type { faults.append("an update loses the type") }
            if edited.description != description { faults.append("the description became “\(edited.description)”") }
            if edited.body != body { faults.append("the body became “\(edited.body)”") }
        }
        return faults
    }

    /// Of a piece: what parses is edited to something that parses, with everything locked as it was.
    package static func ofPiece(_ text: String) -> [String] {
        guard let piece = try? Piece(yaml: text), let step = piece.steps.first else { return [] }
        let edits: [PieceEdit.Replacement] = [
            .init(field: "goal", old: "", new: "More: # of \"this\"\nand 'that'"),
            .init(field: "guidance", old: "", new: "- A rule: [with] {signs}"),
            .init(field: "\(step.id).instruction", old: "", new: "---\n  & so *on"),
            .init(field: "\(step.id).title", old: "", new: "@ title"),
        ]
        return edits.flatMap { edit -> [String] in
            let change = PieceEdit(piece: piece.name.rawValue, why: "", edits: [edit])
            guard let edited = try? change.applied(to: text) else { return [] }
            return ofEdited(text, edited.text)
        }
    }

    /// Of an edited piece: it is valid, and what an agent may run, reach or spend is as it was.
    package static func ofEdited(_ before: String, _ after: String) -> [String] {
        do throws(PieceRefusal) {
            _ = try Piece(yaml: after)
            let isLocked = try Piece.locked(in: before) == Piece.locked(in: after)
            return isLocked ? [] : ["a locked field changed"]
        } catch {
            return ["an edited piece does not parse: \(error.message)"]
        }
    }
}
