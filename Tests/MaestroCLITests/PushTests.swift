// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import SystemPackage
import Testing

@Suite(.temporaryFolder, .timeLimit(.minutes(5))) struct `Pushing a folder` {
    private typealias StoreKind = PulledBench.StoreKind

    @Test(arguments: StoreKind.here)
    func `sends edits, new files and removals, one commit a folder, once`(
        _ kind: PulledBench.StoreKind
    ) async throws {
        let bench = try await PulledBench.filled(kind)
        let count = try await bench.commits()
        try bench.write(PulledBench.text("Mine."))
        try bench.write(PulledBench.text("New."), to: "memory/new-one.md")
        try bench.remove(PulledBench.projectEntry)
        try bench.write(PulledBench.text("New."), to: "projects/github.com%2facme%2fother/memory/first.md")
        try bench.write(
            try bench.read("pieces/fix-issue.yaml").replacing("max_steps: 9", with: "max_steps: 8"),
            to: "pieces/fix-issue.yaml"
        )

        let preview = try await bench.push("--dry-run")
        #expect(preview.code == 0)
        #expect(preview.out.contains("`memory`: 2 changes would be sent"))
        #expect(try await bench.commits() == count)

        let pushed = try await bench.push()
        #expect(pushed.code == 0, "\(pushed.err)")
        #expect(pushed.out.contains("`memory`: 2 changes sent"))
        #expect(pushed.out.contains("adds `first` (github.com/acme/other)"))
        #expect(try await bench.commits() == count + 4)
        #expect(try await bench.storedEntry() == PulledBench.text("Mine."))
        #expect(try await bench.done("piece", "show", "fix-issue").contains("max_steps: 8"))
        #expect(
            try await bench.done("memory", "list", "--project", "github.com/acme/other", "--json").contains("\"first\"")
        )
        let harbour = try await bench.done("memory", "list", "--project", "github.com/acme/harbour")
        #expect(!harbour.contains("project-iso-dates-harbour"))

        #expect(try await bench.push().out.contains("Nothing was edited"))
        #expect(try await bench.commits() == count + 4)
        // Only the indexes are newer in the store.
        let pulled = try await bench.pull("--json").object()
        #expect((pulled["written"] as? [String])?.allSatisfy { $0.hasSuffix("/MEMORY.md") } == true)
        #expect(try bench.read("memory/MEMORY.md").contains("(new-one.md)"))
    }

    @Test(arguments: StoreKind.here)
    func `is in the log as a person's act, and taken back by revert`(_ kind: PulledBench.StoreKind) async throws {
        let bench = try await PulledBench.filled(kind)
        let before = try await bench.storedEntry()
        try bench.write(PulledBench.text("Mine."))
        try bench.write(PulledBench.text("New."), to: "memory/new-one.md")
        #expect(try await bench.push().code == 0)

        #expect(
            try await bench.done("log", "--limit", "1").contains(
                "a person: update feedback-lint-before-push and 1 more"
            )
        )
        #expect(try await bench.done("diff", "last").contains("+Mine."))
        try await bench.done("revert", "last")
        #expect(try await bench.storedEntry() == before)
        #expect(try await bench.pull().code == 0)
        #expect(try bench.read() == before)
        #expect(!bench.exists("memory/new-one.md"))
    }

    @Test(arguments: StoreKind.here)
    func `shows a conflict as a diff and sends nothing of that folder`(_ kind: PulledBench.StoreKind) async throws {
        let bench = try await PulledBench.filled(kind)
        try bench.write(PulledBench.text("Mine."))
        try bench.write(PulledBench.text("New."), to: "memory/new-one.md")
        try bench.write(PulledBench.text("Dates."), to: PulledBench.projectEntry)
        try await bench.inStore(PulledBench.text("Theirs."))
        let count = try await bench.commits()

        for _ in 1...2 {
            let finished = try await bench.push()
            #expect(finished.code == 1)
            #expect(finished.err.contains("`\(PulledBench.entry)` was edited here and in the store, differently"))
            #expect(finished.err.contains("--- store/\(PulledBench.entry)\n+++ here/\(PulledBench.entry)\n"))
            #expect(finished.err.contains("\n-Theirs.\n+Mine.\n"))
            #expect(finished.err.contains("1 conflict: nothing of `memory` was sent"))
            #expect(try await bench.storedEntry() == PulledBench.text("Theirs."))
            #expect(try bench.read() == PulledBench.text("Mine."))
            // The other folder had no conflict, and went with the first push.
            #expect(try await bench.commits() == count + 1)
        }
        let json = try await bench.push("--json", "--dry-run").object()
        let groups = try #require(json["groups"] as? [[String: Any]])
        #expect(groups.map { $0["folder"] as? String } == ["memory"])
        let conflicts = try #require(groups[0]["conflicts"] as? [[String: Any]])
        #expect(conflicts.map { $0["path"] as? String } == [PulledBench.entry])

        // As the hint says: take theirs, merge, push.
        #expect(try await bench.pull("--set-aside").code == 0)
        try bench.write(PulledBench.text("Theirs. Mine."))
        #expect(try await bench.push().code == 0)
        #expect(try await bench.storedEntry() == PulledBench.text("Theirs. Mine."))
        #expect(try await bench.done("memory", "show", "new-one", "--project", "global") == PulledBench.text("New."))
    }

    @Test(arguments: StoreKind.here)
    func `of what was removed here or there and edited on the other side is a conflict`(
        _ kind: PulledBench.StoreKind
    ) async throws {
        let bench = try await PulledBench.filled(kind)
        try bench.remove(PulledBench.entry)
        try await bench.inStore(PulledBench.text("Theirs."))
        try bench.write(PulledBench.text("Mine."), to: PulledBench.projectEntry)
        try await bench.done("forget", "project-iso-dates-harbour", "--project", "github.com/acme/harbour")
        let count = try await bench.commits()

        let finished = try await bench.push()
        #expect(finished.code == 1)
        #expect(finished.err.contains("`\(PulledBench.entry)` was removed here and changed in the store"))
        #expect(finished.err.contains("`\(PulledBench.projectEntry)` was edited here and removed in the store"))
        #expect(try await bench.commits() == count)
    }

    @Test(arguments: StoreKind.here)
    func `of what the store has already sends nothing`(_ kind: PulledBench.StoreKind) async throws {
        let bench = try await PulledBench.filled(kind)
        try bench.write(PulledBench.text("Both."))
        try await bench.inStore(PulledBench.text("Both."))
        let count = try await bench.commits()

        let finished = try await bench.push()
        #expect(finished.code == 0)
        #expect(finished.out.contains("`memory`: the store has it all already"))
        #expect(try await bench.commits() == count)
        #expect(try await bench.push().out.contains("Nothing was edited"))
    }

    @Test func `that died after its commit is finished by the next one`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        let before = try bench.read(".maestro/pulled.json")
        try bench.write(PulledBench.text("Mine."))
        try bench.write(PulledBench.text("New."), to: "memory/new-one.md")
        try bench.remove(PulledBench.projectEntry)
        #expect(try await bench.push().code == 0)
        let after = try bench.read(".maestro/pulled.json")
        let count = try await bench.commits()
        try bench.write(before, to: ".maestro/pulled.json")

        let again = try await bench.push()
        #expect(again.code == 0)
        #expect(again.out.contains("`memory`: the store has it all already"))
        #expect(try await bench.commits() == count)
        #expect(try bench.read(".maestro/pulled.json") == after)
    }

    @Test(arguments: [
        ("memory/bad.md", "no front matter", "it has no front matter"),
        ("memory/big.md", PulledBench.text(String(repeating: "x", count: 9000)), "at most 8192 bytes"),
        ("memory/huge.md", PulledBench.text(String(repeating: "x", count: 2_000_000)), "larger than 1024 KB"),
        ("memory/key.md", PulledBench.text("ghp_" + String(repeating: "aB3dE6", count: 6)), "looks like a secret"),
        ("memory/hidden.md", PulledBench.text("Hidden\u{200B} words"), "hidden character"),
        ("memory/FEEDBACK-lint-before-push.md", PulledBench.text("Again."), "exists already"),
        ("memory/type.md", PulledBench.text("x").replacing("feedback", with: "gossip"), "`type` is `gossip`"),
    ])
    func `refuses a file by name and reason, and sends nothing of its folder`(
        place: String,
        text: String,
        reason: String
    ) async throws {
        let bench = try await PulledBench.filled(.embedded)
        let count = try await bench.commits()
        try bench.write(text, to: place)
        try bench.write(PulledBench.text("Mine."))
        try bench.write(PulledBench.text("Dates."), to: PulledBench.projectEntry)

        let finished = try await bench.push()
        #expect(finished.code == 1)
        #expect(finished.err.contains("`\(place)` is refused: "))
        #expect(finished.err.contains(reason), "\(finished.err)")
        #expect(!finished.err.contains("aB3dE6"))
        #expect(finished.err.contains("1 refused file: nothing of `memory` was sent"))
        #expect(try await bench.storedEntry() != PulledBench.text("Mine."))
        #expect(try await bench.commits() == count + 1)

        try bench.remove(place)
        #expect(try await bench.push().code == 0)
        #expect(try await bench.storedEntry() == PulledBench.text("Mine."))
    }

    @Test(arguments: StoreKind.here)
    func `never changes what is locked in a piece, nor sends one that is not valid`(
        _ kind: PulledBench.StoreKind
    ) async throws {
        let bench = try await PulledBench.filled(kind)
        let piece = try bench.read("pieces/fix-issue.yaml")
        for (text, reason) in [
            (piece.replacing("permission: readonly", with: "permission: edit"), "the field is locked"),
            (piece.replacing("name: fix-issue", with: "name: other"), "would no longer be valid"),
            ("a: [", "not valid YAML"),
        ] {
            try #require(text != piece)
            try bench.write(text, to: "pieces/fix-issue.yaml")
            let finished = try await bench.push()
            #expect(finished.code == 1)
            #expect(finished.err.contains("`pieces/fix-issue.yaml` is refused: "))
            #expect(finished.err.contains(reason), "\(finished.err)")
        }
        #expect(try await bench.done("piece", "show", "fix-issue") == piece)
    }

    @Test func `leaves alone what cannot be a document, and says so`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        for place in [
            "memory/my notes.md", "pieces/My Piece.yaml", "projects/Not-Ours/memory/a.md", "projects/file.txt",
        ] {
            try bench.write(PulledBench.text("x"), to: place)
        }
        for place in ["memory/.hidden.md", "memory/notes.txt", "README.md", "memory/sub/a.md"] {
            try bench.write("x", to: place)
        }
        let finished = try await bench.push()
        #expect(finished.code == 0)
        #expect(
            finished.err.split(separator: "\n").map(String.init).sorted() == [
                "`memory/my notes.md` was left alone: no document can have this name",
                "`pieces/My Piece.yaml` was left alone: no document can have this name",
                "`projects/Not-Ours` was left alone: no document can have this name",
                "`projects/file.txt` was left alone: no document can have this name",
            ]
        )
    }
}
