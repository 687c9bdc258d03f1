// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `A plan` {
    private let project = Scope.project("acme")

    private func decision(_ ordinal: Int, _ writes: [DocumentWrite]) -> Decision {
        Decision(ordinal: ordinal, operation: .update, name: "x", verdict: .accepted, message: "m", writes: writes)
    }

    private func state(_ documents: [Document] = []) -> UserState {
        UserState(user: .me, scope: project, others: documents, moment: Date(timeIntervalSince1970: 0))
    }

    private func path(_ name: String, _ scope: Scope) throws -> DocumentPath {
        .entry(scope, stem: try #require(EntryName(name)))
    }

    @Test func `holds what was accepted, in order, and names the folders it concerns`() throws {
        let one = DocumentWrite(path: try path("one", project), before: nil, after: "1")
        let two = DocumentWrite(path: try path("two", .global), before: "2", after: nil)
        let same = DocumentWrite(path: try path("three", .global), before: "3", after: "3")
        let plan = try Plan(
            reflection: Reflection.ID("r"),
            sequence: 1,
            accepted: [decision(1, [one]), decision(2, [two, same])],
            on: state([Document(path: two.path, text: "2")])
        )
        #expect(plan.writes == [one, two])
        #expect(plan.operations.map { $0.change?.description } == ["r-1", "r-2"])
        #expect(plan.scopes == [project, .global])
    }

    @Test(arguments: ["another text", "twice", "an index"])
    func `is refused where decisions do not fit`(how: String) throws {
        let one = DocumentWrite(path: try path("one", project), before: nil, after: "1")
        let writes =
            switch how {
            case "another text": [DocumentWrite(path: one.path, before: "other", after: "1")]
            case "twice": [one, one]
            default: [DocumentWrite(path: .index(project), before: nil, after: "1")]
            }
        let fault = #expect(throws: PlanFault.self) {
            try Plan(reflection: Reflection.ID("r"), sequence: 1, accepted: [decision(1, writes)], on: state())
        }
        #expect(fault?.sentence.contains("nothing was changed") == true)
    }
}

@Suite struct `The index after a commit` {
    private func entry(_ name: String) throws -> MemoryEntry {
        let name = try #require(EntryName(name))
        let document = Document(
            path: .entry(.global, stem: name),
            text: "---\ndescription: about \(name)\ntype: user\n---\nx\n"
        )
        return MemoryEntry(reading: document, name: name, scope: .global)
    }

    private func order(of text: String?) -> [Substring] {
        (text ?? "").split(separator: "\n").filter { $0.hasPrefix("- [") }.compactMap {
            $0.split(separator: ".md").first
        }
    }

    @Test func `lists what was said again first, then what was written last`() throws {
        let entries = [try entry("old"), try entry("said"), try entry("gone"), try entry("new")]
        let moment = Date(timeIntervalSince1970: 100)
        let use = [
            "memory/said.md": EntryUse(confirmations: 2),
            "memory/new.md": EntryUse(lastWrite: Date(timeIntervalSince1970: 50)),
        ]
        let added = try entry("added")
        let writes = [
            DocumentWrite(path: added.path, before: nil, after: added.document.text),
            DocumentWrite(path: entries[2].path, before: entries[2].document.text, after: nil),
        ]
        let write = IndexRevision(scope: .global, entries: entries, existing: nil, use: use).write(
            after: writes,
            at: moment
        )
        #expect(order(of: write?.after) == ["- [said", "- [added", "- [new", "- [old"])
    }

    @Test func `stays as it is where nothing about it changes`() throws {
        let entries = [try entry("one")]
        let first = IndexRevision(scope: .global, entries: entries, existing: nil, use: [:])
        let text = try #require(first.write(after: [], at: .distantPast)?.after)
        let second = IndexRevision(scope: .global, entries: entries, existing: text, use: [:])
        #expect(second.write(after: [], at: .distantPast) == nil)
    }
}
