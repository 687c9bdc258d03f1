// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

/// What may stand, or appear in mid-commit, where a document belongs.
@Suite(.temporaryFolder) struct `A hostile path` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }
    private static let outside = "another user's words\n"

    /// A file that belongs to somebody else.
    private func outsider() throws -> String {
        let path = local.data.appending("users/other/memory/theirs.md")
        try FileManager.default.createDirectory(
            atPath: path.removingLastComponent().string,
            withIntermediateDirectories: true
        )
        try Self.outside.write(toFile: path.string, atomically: false, encoding: .utf8)
        return path.string
    }

    enum Thing: String, CaseIterable, Sendable {
        case link, danglingLink, hardLink, pipe, socket, device, folder
    }

    /// Puts the thing at the place; false where this process may not make one.
    private func put(_ thing: Thing, at path: String) throws -> Bool {
        let files = FileManager.default
        let folder = FilePath(path).removingLastComponent().string
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        switch thing {
        case .link: try files.createSymbolicLink(atPath: path, withDestinationPath: outsider())
        case .danglingLink: try files.createSymbolicLink(atPath: path, withDestinationPath: outsider() + ".none")
        case .hardLink: try files.linkItem(atPath: outsider(), toPath: path)
        case .pipe: return mkfifo(path, 0o600) == 0
        case .socket: return mknod(path, S_IFSOCK | 0o600, 0) == 0
        // The device that never ends: what is read as a file would be read for ever.
        case .device: return mknod(path, S_IFCHR | 0o600, 0x105) == 0
        case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        return true
    }

    /// Said, since nothing was tested then.
    private func notMade(_ thing: Thing) {
        Issue.record("this process may not make a \(thing.rawValue): not tested here", severity: .warning)
    }

    private func isOutsideUnharmed() throws -> Bool {
        let other = local.data.appending("users/other/memory")
        return try String(contentsOfFile: other.appending("theirs.md").string, encoding: .utf8) == Self.outside
            && FileManager.default.contentsOfDirectory(atPath: other.string) == ["theirs.md"]
    }

    @Test(arguments: Thing.allCases)
    func `in place of an entry is shown, blocks nothing, and is never written through`(_ thing: Thing) async throws {
        _ = try outsider()
        let store = try await local.open()
        let path = try bench.path("feedback-odd").relative
        guard try put(thing, at: local.file(path).string) else { return notMade(thing) }

        let state = try await store.state(of: bench.user, in: bench.project)
        #expect(state.entries.map(\.name.rawValue) == ["feedback-odd"])
        #expect(state.entries.allSatisfy { $0.problem != nil && $0.body.isEmpty })
        #expect(try await store.diagnose(bench.user).count { $0.subject == "document" && $0.level == .problem } == 1)
        #expect(judged("feedback-odd", on: state).code == .alreadyExists)

        try await bench.reflect("b", [try bench.add("fine")], in: store)
        #expect(try local.read(try bench.path("fine").relative).contains("a rule"))
        #expect(try isOutsideUnharmed())
        #expect(try await bench.entries(in: store).keys.sorted() == ["feedback-odd", "fine"])
    }

    /// What becomes of adding an entry of this name.
    private func judged(_ name: String, on state: UserState) -> Decision {
        let change = MemoryChange(
            operation: .add,
            name: name,
            type: .feedback,
            description: "Linting",
            body: "Lint first."
        )
        let proposed = ProposedChange(ordinal: 1, change: .memory(change), events: [1])
        let base = Base(shown: [], piece: nil, citable: nil)
        return Judge(JudgePolicy()).decide(
            Proposal(changes: [proposed]),
            base: base,
            job: bench.job("judged"),
            activity: bench.activity,
            now: state
        ).decisions[0]
    }

    @Test(arguments: Thing.allCases, CommitMoment.allCases)
    func `that appears in mid-commit wins, and is never written through`(
        _ thing: Thing,
        at moment: CommitMoment
    ) async throws {
        _ = try outsider()
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: first)
        let path = local.file(try bench.path("one").relative).string
        let isMade = Mutex(true)
        let this = self
        let store = try await local.open(
            observer: moment.doing {
                try FileManager.default.removeItem(atPath: path)
                let made = try this.put(thing, at: path)
                isMade.withLock { $0 = made }
            }
        )
        let decision = try bench.update("one", from: "a rule", to: "changed")
        let receipt = try await bench.reflect("b", [decision], in: store)
        guard isMade.withLock({ $0 }) else { return notMade(thing) }
        #expect(receipt.superseded == [try bench.path("one")])
        #expect(try isOutsideUnharmed())
        var info = stat()
        #expect(lstat(path, &info) == 0)
        let kind = info.st_mode & S_IFMT
        #expect(kind != S_IFREG || info.st_nlink == 2, "what appeared does not stand there any more")
        let folder = FilePath(path).removingLastComponent().string
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(".") } == [])
        #expect(try await bench.entries(in: store).count == 1)
    }

    @Test(arguments: CommitMoment.allCases)
    func `that is a link to a folder, swapped in between, leads nowhere`(at moment: CommitMoment) async throws {
        _ = try outsider()
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: first)
        let folder = local.file(DocumentPath.folder(of: bench.project)).string
        let elsewhere = local.data.appending("users/other/memory").string
        let store = try await local.open(
            observer: moment.doing {
                try FileManager.default.moveItem(atPath: folder, toPath: folder + ".moved")
                try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: elsewhere)
            }
        )
        let decision = try bench.add("two")
        // The folder that was opened is written to, or the link refused; what it leads to is not touched.
        let error = await #expect(throws: StoreError.self) { try await bench.reflect("b", [decision], in: store) }
        guard case .unusable(let sentence, _)? = error else { throw BenchFailure("refused for another reason") }
        #expect(sentence.contains("symbolic link"))
        #expect(try isOutsideUnharmed())

        try FileManager.default.removeItem(atPath: folder)
        try FileManager.default.moveItem(atPath: folder + ".moved", toPath: folder)
        let again = try await local.open()
        #expect(try await bench.entries(in: again).keys.sorted() == ["one", "two"])
        #expect(try isOutsideUnharmed())
        #expect(try await again.reflections(HistoryQuery(user: bench.user)).count == 2)
    }

    @Test func `differs from another by case or normal form alone, and all are left as they are`() async throws {
        let store = try await local.open()
        let folder = DocumentPath.folder(of: bench.project)
        let names = [
            "Feedback-Note.md", "feedback-note.md", "caf\u{E9}.md", "cafe\u{301}.md", "FEEDBACK-NOTE.MD", "con.md",
            "a .md", "a..md",
        ]
        for name in names { try local.write(bench.text("note", "words of \(name)"), to: "\(folder)/\(name)") }
        try await bench.reflect("a", [try bench.add("one")], in: store)
        for name in names where local.exists("\(folder)/\(name)") {
            #expect(try local.read("\(folder)/\(name)") == bench.text("note", "words of \(name)"))
        }
        let state = try await store.state(of: bench.user, in: bench.project)
        #expect(Set(state.entries.map(\.name.rawValue)).isSuperset(of: ["feedback-note", "one", "con"]))

        // A third spelling is taken for what exists, whatever the file system thinks of case.
        #expect(judged("feedback-nOtE", on: state).code == .alreadyExists)
    }

    @Test(arguments: [
        "ann", "Ann", "ANN", "..", ".", "../ann", "ann/", "/etc", "~", "C:\\x", "CON", ".git", ".maestro", "a\u{0}b",
        "a\nb", "a\u{2215}b", "a.", "a ", "caf\u{E9}", "cafe\u{301}", "\u{202E}nna", "👩‍💻", "%2e%2e", "..%2f",
        String(repeating: "x", count: 300), String(repeating: "👩‍💻", count: 40), "",
    ])
    func `in a user's id stays one folder of that user's own`(_ id: String) async throws {
        let user = UserID(id)
        let store = try await local.open()
        let job = bench.job("a", of: id)
        _ = try await store.submit(job, bench.activity)
        let claim = try #require(try await store.claim(upTo: 1).first)
        _ = try await store.state(of: user, in: .project(id))
        var request = bench.request(claim)
        request.user = user
        _ = try await store.commit(request) { _ in Judgement(reasoning: "", decisions: []) }
        let users = local.data.appending("users").string
        let folders = try FileManager.default.contentsOfDirectory(atPath: users)
        #expect(folders == [PathComponent.encoding(id)])
        #expect(folders.allSatisfy { $0.utf8.count <= 120 && !$0.hasPrefix(".") && $0 != "~" })
        let beside = try FileManager.default.contentsOfDirectory(atPath: local.data.string)
        #expect(beside.allSatisfy { $0.hasPrefix("maestro.") || [".maestro", "users"].contains($0) }, "\(beside)")
    }

    @Test func `of one user is never another's, however alike their ids`() {
        let ids = ["ann", "Ann", "ANN", "caf\u{E9}", "cafe\u{301}", "a.", "a", "a ", "%61nn", "", "%", ".", ".."]
        // Folded as file systems that ignore case and normal form do.
        let folders = ids.map { PathComponent.encoding($0).decomposedStringWithCanonicalMapping.lowercased() }
        #expect(Set(folders).count == ids.count)
    }
}
