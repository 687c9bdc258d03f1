// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import SystemPackage
import Testing

@Suite(.temporaryFolder, .timeLimit(.minutes(5))) struct `A pulled folder` {
    private typealias StoreKind = PulledBench.StoreKind

    @Test(arguments: StoreKind.here)
    func `holds what agents read, and what it was made from`(_ kind: PulledBench.StoreKind) async throws {
        let bench = try await PulledBench.filled(kind)

        let places = try bench.files().keys.sorted()
        #expect(
            places
                == [
                    ".maestro/pulled.json", "memory/MEMORY.md", PulledBench.entry, "pieces/fix-issue.yaml",
                    "projects/github.com%2facme%2fharbour/memory/MEMORY.md", PulledBench.projectEntry,
                ].sorted()
        )
        #expect(try bench.read("memory/MEMORY.md").contains("(feedback-lint-before-push.md): Lint before push"))
        #expect(try bench.read() == (try await bench.storedEntry()))
        #expect(try bench.read("pieces/fix-issue.yaml") == (try await bench.done("piece", "show", "fix-issue")))
        let manifest = try bench.read(".maestro/pulled.json")
        #expect(manifest.contains("\"user\" : \"ann\"") && manifest.contains("\"pulledAt\""))
        #expect(manifest.contains("\"version\"") == (kind == .postgres))
        #expect(!manifest.contains("postgres"))
        if kind == .embedded { #expect(try Binary.documents(of: "ann").allSatisfy { try bench.read($0) == $1 }) }
    }

    @Test(arguments: StoreKind.here)
    func `is not touched by a second pull, and follows the store`(_ kind: PulledBench.StoreKind) async throws {
        let bench = try await PulledBench.filled(kind)
        let before = try bench.files()
        #expect(try await bench.pull().out.contains("nothing changed"))
        #expect(try bench.files() == before)

        try await bench.inStore(PulledBench.text("Changed there."))
        try await bench.done("forget", "project-iso-dates-harbour", "--project", "github.com/acme/harbour")
        let pulled = try await bench.pull("--json").object()
        #expect(pulled["user"] as? String == "ann")
        #expect((pulled["written"] as? [String])?.first == PulledBench.entry)
        #expect((pulled["removed"] as? [String])?.first == PulledBench.projectEntry)
        #expect(try bench.read() == PulledBench.text("Changed there."))
        #expect(!bench.exists(PulledBench.projectEntry))
        #expect(try await bench.pull().out.contains("nothing changed"))
    }

    @Test(arguments: StoreKind.here)
    func `with edits that were not sent is left as it is`(_ kind: PulledBench.StoreKind) async throws {
        let bench = try await PulledBench.filled(kind)
        try bench.write(PulledBench.text("Mine."))
        try bench.write(PulledBench.text("New."), to: "memory/new-one.md")
        try bench.remove(PulledBench.projectEntry)
        try await bench.inStore(PulledBench.text("Theirs."))
        let before = try bench.files()

        let finished = try await bench.pull()
        #expect(finished.code == 1)
        #expect(finished.err.contains("`\(PulledBench.entry)` was edited here, and the store has another text"))
        #expect(finished.err.contains("`memory/new-one.md` was added here\n"))
        #expect(finished.err.contains("`\(PulledBench.projectEntry)` was removed here\n"))
        #expect(finished.err.contains("not sent; nothing was changed") && finished.err.contains("maestro push "))
        #expect(try bench.files() == before)
    }

    @Test(arguments: StoreKind.here)
    func `puts aside what is in the way where that is asked for, and loses nothing`(
        _ kind: PulledBench.StoreKind
    ) async throws {
        let bench = try await PulledBench.filled(kind)
        for number in 1...2 {
            try bench.write(PulledBench.text("Mine \(number)."))
            try bench.write(PulledBench.text("New."), to: "memory/new-one.md")
            try await bench.inStore(PulledBench.text("Theirs \(number)."))
            let finished = try await bench.pull("--set-aside")

            let kept = ".maestro/kept/memory-feedback-lint-before-push.md.\(number)"
            #expect(finished.code == 0, "\(finished.err)")
            #expect(finished.out.contains("`\(kept)`"))
            #expect(try bench.read(kept) == PulledBench.text("Mine \(number)."))
            #expect(try bench.read() == PulledBench.text("Theirs \(number)."))
            #expect(try bench.read("memory/new-one.md") == PulledBench.text("New."))
        }
        #expect(try await bench.push().code == 0)
        #expect(try await bench.done("memory", "show", "new-one", "--project", "global") == PulledBench.text("New."))
    }

    @Test(arguments: StoreKind.here)
    func `keeps a person's own lines in an index`(_ kind: PulledBench.StoreKind) async throws {
        let bench = try await PulledBench.filled(kind)
        try bench.write("# My own list\n\n" + (try bench.read("memory/MEMORY.md")), to: "memory/MEMORY.md")
        try await bench.done("remember", "Tabs never", "--project", "global")

        #expect(try await bench.pull().code == 0)
        let index = try bench.read("memory/MEMORY.md")
        #expect(index.hasPrefix("# My own list\n\n<!-- maestro:begin -->") && index.contains("Tabs never"))
        #expect(try await bench.pull().out.contains("nothing changed"))
        #expect(try bench.read("memory/MEMORY.md") == index)
        #expect(try await bench.push().err.contains("your lines stay in this folder"))
    }

    @Test func `is found whole again after a pull that was cut off`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        let before = try bench.read(".maestro/pulled.json")
        try await bench.inStore(PulledBench.text("Theirs."))
        try await bench.done("forget", "project-iso-dates-harbour", "--project", "github.com/acme/harbour")
        #expect(try await bench.pull().code == 0)
        let after = try bench.read(".maestro/pulled.json")

        // As the first manifest of that pull, with one document written and the other not removed yet.
        var cutOff = try #require(try JSONSerialization.jsonObject(with: Data(before.utf8)) as? [String: Any])
        let done = try #require(try JSONSerialization.jsonObject(with: Data(after.utf8)) as? [String: Any])
        cutOff["unfinished"] = done["documents"]
        let json = try JSONSerialization.data(withJSONObject: cutOff)
        try bench.write(String(decoding: json, as: UTF8.self), to: ".maestro/pulled.json")
        try bench.write("half of a te", to: "memory/.feedback-lint-before-push.md.pull~")
        try bench.write("ISO", to: PulledBench.projectEntry)
        try bench.remove(PulledBench.projectEntry)

        #expect(try await bench.push().out.contains("Nothing was edited"))
        #expect(try await bench.pull().code == 0)
        #expect(try bench.read() == PulledBench.text("Theirs."))
        #expect(!bench.exists("memory/.feedback-lint-before-push.md.pull~"))
        #expect(!(try bench.read(".maestro/pulled.json").contains("unfinished")))
    }

    @Test func `is taken over where only its manifest was lost`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        let before = try bench.files()
        try bench.remove(".maestro/pulled.json")

        #expect(try await bench.pull().code == 0)
        #expect(try bench.files().keys.sorted() == before.keys.sorted())
        #expect(try await bench.push().out.contains("Nothing was edited"))
    }

    @Test func `is no folder of something else, and of nobody else`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        let full = TemporaryFolder.path.appending("full")
        let (other, away) = (Binary.data.appending("users/ann"), TemporaryFolder.path.appending("away").string)
        try FileManager.default.createDirectory(atPath: full.string, withIntermediateDirectories: true)
        try "mine".write(toFile: full.appending("thesis.txt").string, atomically: true, encoding: .utf8)
        for (arguments, words) in [
            (["pull", full.string], "is not empty (it holds `thesis.txt`)"),
            (["pull", Binary.data.string], "belongs to an embedded store"),
            (["pull", Binary.data.appending("users/ann").string], "where the embedded store keeps its own files"),
            (["pull", other.string, "--data", away], "belongs to an embedded store"),
            (["pull", Binary.data.appending("users/new").string], "where the embedded store keeps its own files"),
            (["pull", PulledBench.folder.string, "--user", "bob"], "holds the documents of user `ann`, not of `bob`"),
            (["push", PulledBench.folder.string, "--user", "bob"], "holds the documents of user `ann`, not of `bob`"),
            (["push", full.string], "has no `.maestro/pulled.json`"),
            (["push", TemporaryFolder.path.appending("nowhere").string], "has no `.maestro/pulled.json`"),
            (["pull", ""], "name a folder"), (["push", ""], "name a folder"),
        ] {
            let finished = try await bench.maestro.run(arguments) { _ in }
            #expect(finished.code == 2, "\(arguments)")
            #expect(finished.err.contains(words), "\(arguments): \(finished.err)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: full.string) == ["thesis.txt"])
        #expect(!FileManager.default.fileExists(atPath: TemporaryFolder.path.appending("nowhere").string))
    }

    @Test(arguments: StoreKind.here)
    func `of a user whom nobody knows is empty, and may be where they begin`(
        _ kind: PulledBench.StoreKind
    ) async throws {
        let bench = try await PulledBench(kind)
        let first = try await bench.pull("--user", "new")
        #expect(first.code == 0)
        #expect(first.out.contains("The store never saw this user"))
        #expect(try bench.files().keys.sorted() == [".maestro/pulled.json"])

        try bench.write(PulledBench.text("Mine."))
        #expect(try await bench.push().code == 0)
        #expect(try await bench.pull().out.contains("2 documents of user `new`: 1 written"))
        #expect(try await bench.done("memory", "list", "--user", "new").contains("feedback-lint-before-push"))
    }

    @Test func `leaves out what cannot be read in the store, and says so`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        let before = try bench.files()
        let live = Binary.data.appending("users/ann").appending(PulledBench.entry).string
        try FileManager.default.moveItem(atPath: live, toPath: live + ".away")
        try FileManager.default.createSymbolicLink(atPath: live, withDestinationPath: live + ".away")

        let finished = try await bench.pull()
        #expect(finished.code == 0)
        #expect(finished.out.contains("`\(PulledBench.entry)` cannot be read in the store: it is a symbolic link"))
        #expect(try bench.files() == before)
        try bench.write(PulledBench.text("Mine."))
        #expect(try await bench.push().code == 1)
    }

    @Test func `is not emptied by another store`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        let before = try bench.files()
        for command in ["pull", "push"] {
            let data = TemporaryFolder.path.appending("other-data").string
            let finished = try await bench.maestro.run(command, PulledBench.folder.string, "--data", data)
            #expect(finished.code == 1)
            #expect(finished.err.contains("this store never saw user `ann`"))
        }
        #expect(try bench.files() == before)
    }

    @Test func `follows no link`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        let secret = TemporaryFolder.path.appending("secret.md").string
        try PulledBench.text("Not yours.").write(toFile: secret, atomically: true, encoding: .utf8)
        let link = PulledBench.folder.appending("memory/link.md").string
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: secret)
        let refused = try await bench.push()
        #expect(refused.code == 1)
        #expect(refused.err.contains("`memory/link.md` is refused: it is a symbolic link"))
        try bench.remove("memory/link.md")

        try bench.remove(PulledBench.entry)
        try FileManager.default.createSymbolicLink(
            atPath: PulledBench.folder.appending(PulledBench.entry).string,
            withDestinationPath: secret
        )
        for finished in [try await bench.pull(), try await bench.push()] {
            #expect(finished.code == 1)
            #expect(finished.err.contains("`\(PulledBench.entry)`") && finished.err.contains("symbolic link"))
        }
        let memory = PulledBench.folder.appending("memory").string
        try FileManager.default.moveItem(atPath: memory, toPath: "\(memory)-away")
        try FileManager.default.createSymbolicLink(atPath: memory, withDestinationPath: "\(memory)-away")
        for finished in [try await bench.pull(), try await bench.push()] {
            #expect(finished.code == 1)
            #expect(finished.err.contains("symbolic link"))
        }
        #expect(try String(contentsOfFile: secret, encoding: .utf8) == PulledBench.text("Not yours."))
        #expect(try await bench.commits() == 3)
    }

    @Test func `belongs to one command at a time`() async throws {
        let bench = try await PulledBench.filled(.embedded)
        let lock = PulledBench.folder.appending(".maestro/pulled.lock")
        let held = try FileDescriptor.open(lock, .readWrite)
        try #require(flock(held.rawValue, LOCK_EX | LOCK_NB) == 0)
        for finished in [try await bench.pull(), try await bench.push()] {
            #expect(finished.code == 1)
            #expect(finished.err.contains("another `maestro` is at work in "))
        }
        try held.close()
        #expect(try await bench.pull().code == 0)
    }
}
