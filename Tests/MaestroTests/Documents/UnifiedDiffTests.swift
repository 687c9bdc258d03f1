// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `A diff` {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let old: String
        let new: String
        let lines: [String]
    }

    /// As GNU `diff -u` prints them.
    static let cases = [
        Case(testDescription: "equal texts", old: "a\nb\n", new: "a\nb\n", lines: []),
        Case(testDescription: "a new text", old: "", new: "a\nb\n", lines: ["@@ -0,0 +1,2 @@", "+a", "+b"]),
        Case(testDescription: "a removed text", old: "a\n", new: "", lines: ["@@ -1 +0,0 @@", "-a"]),
        Case(
            testDescription: "a changed line",
            old: "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
            new: "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
            lines: ["@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8"]
        ),
        Case(
            testDescription: "two hunks",
            old: "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n",
            new: "one\n2\n3\n4\n5\n6\n7\n8\n9\nten\n",
            lines: [
                "@@ -1,4 +1,4 @@", "-1", "+one", " 2", " 3", " 4", "@@ -7,4 +7,4 @@", " 7", " 8", " 9", "-10", "+ten",
            ]
        ),
        Case(
            testDescription: "a missing last line break",
            old: "a\nb",
            new: "a\nb\n",
            lines: ["@@ -1,2 +1,2 @@", " a", "-b", "\\ No newline at end of file", "+b"]
        ),
    ]

    @Test(arguments: cases)
    func `shows what changed with its surroundings`(_ row: Case) {
        #expect(UnifiedDiff(from: row.old, to: row.new).lines == row.lines)
    }

    @Test func `names a file that does not exist as diff does`() {
        let text = UnifiedDiff(from: "", to: "a\n").text(from: nil, to: "memory/a.md")
        #expect(text == "--- /dev/null\n+++ memory/a.md\n@@ -0,0 +1 @@\n+a\n")
    }

    @Test func `of large texts that have nothing in common costs no more than their size`() {
        let old = (0..<20_000).map { "old \($0)\n" }.joined()
        let new = (0..<20_000).map { "new \($0)\n" }.joined()
        #expect(UnifiedDiff(from: old, to: new).lines.count == 40_001)
    }
}
