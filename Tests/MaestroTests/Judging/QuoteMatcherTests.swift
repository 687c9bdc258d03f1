// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Maestro

@Suite struct `A quote` {
    static let text = """
        No — please **don’t** use `sleep` in tests.
        In this repo we use the manual clock, and   every test gets its own; ask me before adding a dependency.
        """

    @Test(arguments: [
        "please don't use sleep in tests",
        "PLEASE **DON'T** USE SLEEP",
        "in this repo we use the manual clock, and every test gets its own",
        "No - please don’t use",
        "please don't … ask me before adding a dependency",
        "in tests. In this repo",
        "In the repo we use the manual clock and every test gets its own",
        "ask me before adding any dependency",
    ])
    func `is found though written a little differently`(quote: String) {
        #expect(QuoteMatcher(quote).passage(in: Self.text) != nil)
    }

    @Test(arguments: [
        "", "**", "please use sleep in production whenever you like", "lock", "ask before", "use a clock",
        "we set the wall clock", "please don't … delete everything", "every dependency in tests is fine with me today",
    ])
    func `is not found where it does not stand`(quote: String) {
        #expect(QuoteMatcher(quote).passage(in: Self.text) == nil)
    }

    @Test func `is located in the words as they were written`() throws {
        let range = try #require(QuoteMatcher("don't use sleep").passage(in: Self.text))
        let utf8 = Array(Self.text.utf8)[range]
        #expect(String(decoding: utf8, as: UTF8.self) == "don’t** use `sleep")
    }

    @Test func `is located by its words where they differ a little`() throws {
        let range = try #require(QuoteMatcher("we use manual clock and every test").passage(in: Self.text))
        let passage = String(decoding: Array(Self.text.utf8)[range], as: UTF8.self)
        #expect(passage.hasPrefix("repo we use the manual clock") || passage.hasPrefix("we use the manual clock"))
    }

    @Test func `in a script without spaces is found by its characters`() {
        #expect(QuoteMatcher("テストの前に私も聞いてください").passage(in: "必ずテストの前に私に聞いてください") != nil)
        #expect(QuoteMatcher("全く別の話です").passage(in: "必ずテストの前に私に聞いてください") == nil)
    }

    @Test func `is found in megabytes in time`() {
        let text = String(repeating: "aaaaaaaab ", count: 30_000) + "the end"
        #expect(QuoteMatcher(String(repeating: "aaaaaaaab ", count: 1000) + "the end").passage(in: text) != nil)
        #expect(QuoteMatcher(String(repeating: "a", count: 1000)).passage(in: text) == nil)
    }

    @Test(arguments: [
        ("Run the tests before you commit", "run the tests before you commit!", true),
        ("Run the tests before you commit", "Never run the tests before you commit", false),
        ("Set the timeout of the suite to 30 seconds", "Set the timeout of the suite to 60 seconds", false),
        ("Use tabs", "Prefer spaces", false),
        ("Never push directly to the shared branch main", "Never push directly to the shared branch master", false),
        ("Always run the tests before you commit", "Please always run the tests before you commit", true),
        ("", "", false),
    ])
    func `or entry says the same only with the same numbers and negations`(one: String, other: String, isSame: Bool) {
        #expect(Similarity(one).saysTheSame(as: Similarity(other)) == isSame)
    }

    @Test func `is kept with words around it and never half a character`() {
        let text = String(repeating: "é", count: 600) + "never sleep" + String(repeating: "ü", count: 600)
        #expect(QuoteMatcher("éénever sleep").passage(in: text) == 1196..<1211)
        for start in 1195..<1205 {
            let cut = CitedEvidence.cut(text, around: start..<start + 11)
            #expect(cut.utf8.count <= 500)
            #expect(cut.contains("never sleep"))
            #expect(!cut.contains("\u{FFFD}"))
        }
        #expect(CitedEvidence.cut(text, around: nil).hasSuffix("…"))
    }
}

@Suite struct `Words of plain ASCII` {
    private static let texts = [
        "Don't use v2 of it", " 'quoted'  x\r\n\ty's ", "", "--", "a", "tail word", "\u{0B}a\u{0C}b\u{1C}c",
        // Every character of ASCII between two letters.
        (0..<128).map { "a\(Character(Unicode.Scalar(UInt8($0))))" }.joined(),
    ]

    @Test(arguments: texts)
    func `are the same whichever way they are read`(text: String) {
        // A letter outside ASCII in front makes the whole text be read the slow way.
        let slow = Similarity.located(in: "é " + text).dropFirst()

        #expect(Similarity.located(in: text).map(\.word) == slow.map(\.word))
        #expect(
            Similarity.located(in: text).map(\.range) == slow.map { $0.range.lowerBound - 3..<$0.range.upperBound - 3 }
        )
        #expect("é \(text)".onOneLine == "é \(text.onOneLine)".onOneLine)
        #expect(EntryFile.oneLine("é \(text)") == EntryFile.oneLine("é \(EntryFile.oneLine(text))"))
    }
}

@Suite struct `The likeness of two texts` {
    @Test(arguments: ["Don't use v2 of it", "ALWAYS run make lint", "a 'quoted' name, 30 s", "", "--", "x'y"])
    func `is the same whichever way a text is read`(text: String) {
        // A letter outside ASCII that is dropped again makes the same words be read the slow way.
        #expect(Similarity(text) == Similarity(text + " \u{2014}"))
    }
}
