// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
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
        #expect(ranking.matches(for: "of the").map(\.score) == [0, 0, 0, 0])
    }

    @Test(arguments: [(texts: 12, words: 3000), (texts: 5, words: 2), (texts: 0, words: 10)])
    func `scores as the formula says, also words whose numbers begin alike`(texts count: Int, words: Int) {
        var random = SeededGenerator(seed: 5)
        func text(_ length: Int) -> String {
            (0..<length).map { _ in "w\(random.next() % UInt64(words))" }.joined(separator: " ")
        }
        let texts = (0..<count).map { _ in text(80) }
        // Of its 1,460 numbers some thirty pairs begin with the same bits.
        let query = text(2000)

        let scores = Dictionary(
            uniqueKeysWithValues: Ranking(texts.map { WordBag($0) }).matches(for: query).map { ($0.index, $0.score) }
        )

        let expected = Self.scores(of: texts.map(Words.of), for: Set(Words.of(query)))
        #expect(scores.count == texts.count)
        for (index, score) in expected.enumerated() { #expect(abs((scores[index] ?? -1) - score) < 1e-9) }
    }

    /// BM25 word by word.
    private static func scores(of texts: [[String]], for query: Set<String>) -> [Double] {
        let average = Double(texts.reduce(0) { $0 + $1.count }) / Double(max(1, texts.count))
        return texts.map { text in
            query.reduce(0) { sum, word in
                let count = Double(text.count { $0 == word })
                let holders = Double(texts.count { $0.contains(word) })
                let rarity = log(1 + (Double(texts.count) - holders + 0.5) / (holders + 0.5))
                return sum + rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * Double(text.count) / average))
            }
        }
    }
}

@Suite struct `Entries by name` {
    @Test(arguments: [0, 1, 2, 3, 4, 1000]) func `are found, each at its place, and no other`(count: Int) throws {
        let entries = try (0..<count).map { number in
            let name = try #require(EntryName("entry-\(number)"))
            return MemoryEntry(
                reading: Document(path: .entry(.global, stem: name), text: ""),
                name: name,
                scope: .global
            )
        }

        let names = EntriesByName(entries)

        #expect((0..<count).allSatisfy { names.place(of: "entry-\($0)") == $0 })
        #expect((count..<2 * count + 1).allSatisfy { names.place(of: "entry-\($0)") == nil })
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
