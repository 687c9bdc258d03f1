// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `A ranking` {
    @Test(arguments: [
        ("Running the tests", ["running", "test"]), ("naïve CAFÉ", ["naive", "cafe"]),
        ("go.mod v2_x", ["go", "mod", "v2"]), ("class pass", ["class", "pass"]), ("", []),
        ("日本語", ["日本", "本語"]),
    ])
    func `folds words`(text: String, words: [String]) {
        #expect(Words.of(text) == words)
    }

    @Test(arguments: [
        "Running the TESTS v2", "go.mod class pass", "naïve CAFÉ tests", "日本語 tests 日本", "a\u{0}b\tCC", "is it", "",
        "run it—not the TESTS—ever", "e\u{301}te\u{301}s été s", "x", "ς Σ tests",
    ])
    func `numbers the same words whichever way a text is read`(text: String) {
        // A mark that is folded away makes every run of letters be read the slow way.
        let slow = text.replacing(/[A-Za-z0-9]+/) { $0.output + "\u{302}" }
        #expect(WordBag(text) == WordBag(slow))
        #expect(WordBag(text) == WordBag(text + " \u{2014}"))
    }

    @Test func `puts the text that shares rare words first and keeps ties in order`() {
        let texts = ["lint the code", "release the app after the changelog", "lint and test the code", "nothing"]
        let ranking = Ranking(texts.map { WordBag($0) })

        let order = ranking.matches(for: "how do I release, and lint?").map(\.index)

        #expect(order == [1, 0, 2, 3])
        #expect(ranking.matches(for: "release").last?.score == 0)
    }
}

@Suite struct `A selection of entries` {
    private static func entry(_ name: String, _ body: String) throws -> MemoryEntry {
        let stem = try #require(EntryName(name))
        let document = Document(path: .entry(.global, stem: stem), text: body)
        return MemoryEntry(
            name: stem,
            scope: .global,
            document: document,
            description: "About \(name)",
            type: .feedback,
            body: body
        )
    }

    @Test func `shows the best in full, the next by description, and stays in its budget however many there are`()
        throws
    {
        let few = try (1...10).map { try Self.entry("feedback-\($0)", "rule about lint number \($0)") }
        let many = try (1...2000).map { try Self.entry("feedback-\($0)", "rule about lint number \($0)") }

        for entries in [few, many] {
            let selection = EntrySelection(of: entries, query: "lint 7", budgetBytes: 1000)
            let bytes =
                selection.inFull.map { EntrySelection.fullText(of: $0).utf8.count + 1 }.reduce(0, +)
                + selection.byDescription.map { EntrySelection.line(of: $0).utf8.count + 1 }.reduce(0, +)

            #expect(bytes <= 1000)
            #expect(!selection.inFull.isEmpty)
            #expect(selection.inFull.count + selection.byDescription.count + selection.leftOut == entries.count)
        }
    }

    @Test func `for recall leaves out what shares no word`() throws {
        let entries = [try Self.entry("feedback-a", "swift test"), try Self.entry("feedback-b", "bake a cake")]
        let state = UserState(user: .me, scope: .global, entries: entries, moment: .distantPast)

        let recall = Recall(task: "run swift test", state: state, budgetTokens: 200)

        #expect(recall.items.map(\.entry.name.rawValue) == ["feedback-a"])
        #expect(recall.markdown.hasPrefix("# Remembered from earlier jobs\n## feedback-a (feedback, global)\n"))
        #expect(Recall(task: "garden", state: state, budgetTokens: 200).markdown.isEmpty)
    }
}
