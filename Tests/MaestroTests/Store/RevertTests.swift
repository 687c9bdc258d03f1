// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `Taking back` {
    private static let name = EntryName("one")

    /// The history of one document as texts, `nil` for none: every step is one operation, a second apart.
    private func operations(_ texts: [String?], superseded: Set<Int> = []) throws -> [AppliedOperation] {
        let path = DocumentPath.entry(.global, stem: try #require(Self.name))
        return zip(texts, texts.dropFirst()).enumerated().map { index, step in
            AppliedOperation(
                change: ChangeID(Reflection.ID("r\(index)"), 1),
                write: DocumentWrite(path: path, before: step.0, after: step.1),
                isSuperseded: superseded.contains(index),
                at: Date(timeIntervalSince1970: Double(index))
            )
        }
    }

    private func state(_ live: String?) throws -> UserState {
        let path = DocumentPath.entry(.global, stem: try #require(Self.name))
        return UserState(
            user: .me,
            scope: .global,
            others: live.map { [Document(path: path, text: $0)] } ?? [],
            moment: Date(timeIntervalSince1970: 9)
        )
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let history: [String?]
        let live: String?
        /// What stands there afterwards.
        let restored: String?
    }

    static let cases = [
        Case(testDescription: "an addition", history: [nil, "A"], live: "A", restored: nil),
        Case(testDescription: "an update", history: ["A", "B"], live: "B", restored: "A"),
        Case(testDescription: "a removal", history: ["A", nil], live: nil, restored: "A"),
        Case(testDescription: "several operations at once", history: [nil, "A", "B", "C"], live: "C", restored: nil),
        Case(testDescription: "there and back and there", history: ["A", "B", "A", "B"], live: "B", restored: "A"),
    ]

    @Test(arguments: cases)
    func `restores the text before`(_ row: Case) throws {
        for operations in [try operations(row.history), try operations(row.history).reversed()] {
            let decisions = try Revert(operations: operations, now: state(row.live)).judgement.decisions
            #expect(decisions.map(\.verdict) == [.accepted])
            #expect(decisions.map(\.operation) == [.revert])
            #expect(decisions[0].writes.map(\.before) == [row.live])
            #expect(decisions[0].writes.map(\.after) == [row.restored])
        }
    }

    @Test func `is refused with the difference where something later stands in the way`() throws {
        let blocked = #expect(throws: RevertBlocked.self) {
            try Revert(operations: operations(["A\n", "B\n"]), now: state("B\nand more\n"))
        }
        let conflict = try #require(blocked?.conflicts.first)
        #expect(conflict.expected == "B\n")
        #expect(conflict.live == "B\nand more\n")
        #expect(conflict.diff.lines == ["@@ -1 +1,2 @@", " B", "+and more"])
        #expect(blocked?.sentence.contains("`memory/one.md`") == true)
    }

    @Test func `is refused where a change between two was somebody else's`() throws {
        let ours = [try operations(["A", "B"])[0], try operations(["X", "X", "C"])[1]]
        #expect(throws: RevertBlocked.self) { try Revert(operations: ours, now: state("C")) }
    }

    @Test func `does nothing where it was taken back by hand, and says so`() throws {
        let decisions = try Revert(operations: operations(["A", "B"]), now: state("A")).judgement.decisions
        #expect(decisions.map(\.code) == [.noEffect])
        #expect(decisions.flatMap(\.writes).isEmpty)
    }

    @Test func `leaves out what a person's edit had superseded`() throws {
        let operations = try operations(["A", "B"], superseded: [0])
        #expect(try Revert(operations: operations, now: state("theirs")).judgement.decisions.isEmpty)
    }

    @Test func `tells two ways of writing a letter apart`() throws {
        #expect(throws: RevertBlocked.self) { try Revert(operations: operations(["A", "é"]), now: state("e\u{301}")) }
    }
}
