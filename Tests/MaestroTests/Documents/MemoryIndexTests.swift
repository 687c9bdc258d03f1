// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `The index of a memory folder` {
    private static let part = """
        <!-- maestro:begin -->
        - [feedback-a.md](feedback-a.md): First
        <!-- maestro:end -->

        """

    private static func lines(_ count: Int, description: String = "First") throws -> [MemoryIndex.Line] {
        try (0..<count).map {
            let name = try #require(EntryName(count == 1 ? "feedback-a" : "feedback-\($0)"))
            return MemoryIndex.Line(name: name, description: description)
        }
    }

    @Test func `is made new`() throws {
        #expect(MemoryIndex.text(of: try Self.lines(1), in: nil) == Self.part)
        #expect(MemoryIndex.text(of: [], in: nil) == nil)
    }

    @Test(arguments: [
        ("# Mine\n- [x](x.md): own\n", "# Mine\n- [x](x.md): own\n\n"), ("no line break", "no line break\n\n"),
        ("", ""),
    ])
    func `is added below a person's own text`(existing: String, kept: String) throws {
        #expect(MemoryIndex.text(of: try Self.lines(1), in: existing) == kept + Self.part)
    }

    @Test func `replaces only what stands between the markers`() throws {
        let existing = "before\n<!-- maestro:begin -->\n- [old.md](old.md): Old\n<!-- maestro:end -->\nafter\n"

        #expect(MemoryIndex.text(of: try Self.lines(1), in: existing) == "before\n\(Self.part)after\n")
        #expect(MemoryIndex.text(of: [], in: existing) == "before\nafter\n")
        #expect(MemoryIndex.text(of: [], in: Self.part) == nil)
    }

    @Test func `does not swallow a person's text when the end marker is gone`() throws {
        let existing = "<!-- maestro:begin -->\n- [old.md](old.md): Old\nmy own words\n"

        #expect(MemoryIndex.text(of: try Self.lines(1), in: existing) == Self.part + "my own words\n")
    }

    @Test func `stays within 180 lines and 20 KB and says what it left out`() throws {
        let text = try #require(
            MemoryIndex.text(of: try Self.lines(1000, description: String(repeating: "x", count: 130)), in: nil)
        )

        #expect(text.split(separator: "\n").count <= 180)
        #expect(text.utf8.count <= 20 * 1024)
        #expect(text.contains("more: `maestro recall"))
    }

    @Test func `repeating it changes nothing`() throws {
        let once = try #require(MemoryIndex.text(of: try Self.lines(3), in: "mine\n"))
        #expect(MemoryIndex.text(of: try Self.lines(3), in: once) == once)
    }
}

@Suite struct `A document's name` {
    @Test(arguments: ["feedback-a", "A", "a.b_c-d", String(repeating: "x", count: 64)])
    func `is a legal stem`(text: String) { #expect(EntryName(text)?.rawValue == text) }

    @Test(arguments: [
        "", ".a", "-a", "../x", "a/b", "a b", "a\u{0}", "ü", "MEMORY", "memory", "a.",
        String(repeating: "x", count: 65), "~",
        "a\n", "C:x", "a\u{2215}b",
    ])
    func `refuses anything that could leave its folder or collide with the index`(text: String) {
        #expect(EntryName(text) == nil)
    }

    @Test func `gives a path below the user's folder`() throws {
        let stem = try #require(EntryName("feedback-a"))
        #expect(DocumentPath.entry(.global, stem: stem).relative == "memory/feedback-a.md")
        #expect(
            DocumentPath.entry(.project("../../etc"), stem: stem).relative
                == "projects/%2e.%2f..%2fetc/memory/feedback-a.md"
        )
        #expect(DocumentPath.index(.project("a")).relative == "projects/a/memory/MEMORY.md")
    }

    @Test func `is not ended early by a mark in a description`() throws {
        let name = try #require(EntryName("user-marks"))
        let lines = [MemoryIndex.Line(name: name, description: "Write <!-- maestro:end --> last")]
        let first = try #require(MemoryIndex.text(of: lines, in: "# Mine\n"))

        #expect(MemoryIndex.text(of: lines, in: first) == first)
        #expect(MemoryIndex.text(of: [], in: first)?.contains("last") == false)
    }
}
