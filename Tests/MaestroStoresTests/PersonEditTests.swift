// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Maestro
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

@testable import MaestroStores

@Suite(.temporaryFolder) struct `A person who edits the folder` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    private func ofPerson(as id: Reflection.ID) -> CommitRequest {
        CommitRequest(
            reflection: id,
            kind: .person,
            user: bench.user,
            scope: bench.project,
            report: Report(reflector: "person", startedAt: local.clock.now)
        )
    }

    @Test(arguments: ["update", "remove", "add"], CommitMoment.allCases)
    func `in the instant of the commit wins`(against operation: String, at moment: CommitMoment) async throws {
        let first = try await local.open()
        if operation != "add" { try await bench.reflect("a", [try bench.add("one")], in: first) }
        let claim = try await bench.claim("b", in: first)
        let path = try bench.path("one").relative
        let theirs = bench.text("one", "a person's words")
        let local = local
        let store = try await local.open(observer: moment.doing { try local.write(theirs, to: path) })
        let decision =
            switch operation {
            case "update": try bench.update("one", from: "a rule", to: "changed")
            case "remove": try bench.remove("one")
            default: try bench.add("one")
            }
        let receipt = try await store.commit(bench.request(claim)) { _ in
            Judgement(reasoning: "because", decisions: [decision])
        }
        #expect(try local.read(path) == theirs)
        #expect(receipt.superseded == [try bench.path("one")])
        #expect(try await store.operations(of: receipt.reflection.id, user: bench.user).map(\.isSuperseded) == [true])
        #expect(try local.read("reflections/\(receipt.reflection.id)/manifest.json").contains("\"superseded\" : true"))
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let names = try FileManager.default.contentsOfDirectory(atPath: local.file(folder).string)
        #expect(names.filter { $0.hasPrefix(".") } == [])
    }

    @Test(arguments: CommitMoment.allCases)
    func `and deletes an entry in the instant of the commit wins`(at moment: CommitMoment) async throws {
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: first)
        let claim = try await bench.claim("b", in: first)
        let path = try bench.path("one").relative
        let file = local.file(path).string
        let store = try await local.open(observer: moment.doing { try FileManager.default.removeItem(atPath: file) })
        let decisions = [try bench.update("one", from: "a rule", to: "changed"), try bench.add("two", ordinal: 2)]
        let receipt = try await store.commit(bench.request(claim)) { _ in
            Judgement(reasoning: "because", decisions: decisions)
        }
        #expect(receipt.superseded == [try bench.path("one")])
        #expect(!local.exists(path))
        #expect(try local.exists(bench.path("two").relative))
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let names = try FileManager.default.contentsOfDirectory(atPath: local.file(folder).string)
        #expect(names.filter { $0.hasPrefix(".") } == [])
    }

    /// What a text of ours looks like that a crash cut off.
    @Test func `and deletes the last lines of an entry in the instant of the exchange wins, too`() async throws {
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: first)
        let claim = try await bench.claim("b", in: first)
        let path = try bench.path("one").relative
        let mine = bench.text("one", "a rule", body: "Do it.\n\nAnd th")
        let write = DocumentWrite(
            path: try bench.path("one"),
            before: bench.text("one", "a rule"),
            after: String(mine.dropLast()) + "is, too.\n"
        )
        let file = local.file(path).string
        let store = try await local.open(
            observer: CommitMoment.beforeTheExchange.doing {
                try String(mine.dropLast()).write(toFile: file, atomically: true, encoding: .utf8)
            }
        )
        let decision = bench.decision(.update, "one", writes: [write])
        let receipt = try await store.commit(bench.request(claim)) { _ in
            Judgement(reasoning: "because", decisions: [decision])
        }
        #expect(receipt.superseded == [try bench.path("one")])
        #expect(try local.read(path) == String(mine.dropLast()))
    }

    /// The claim of a job that changed entry `one`, whose process died between the commit and its files.
    private func claimOfUpdateThatDied() async throws -> Claim {
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: first)
        let claim = try await bench.claim("b", in: first)
        let decision = try bench.update("one", from: "a rule", to: "changed")
        let process = MortalProcess(diesAfter: .commit(isSynced: true))
        let dying = try await local.open(observer: process.observer)
        await #expect(throws: MortalProcess.Death.self) {
            try await dying.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: [decision]) }
        }
        return claim
    }

    /// They saved over our text in the instant of the exchange, then the process died, then they brought the old text back.
    @Test func `and brings the old text back finds both their texts`() async throws {
        let claim = try await claimOfUpdateThatDied()
        let file = try #require(FilePath(try bench.path("one").relative).lastComponent).string
        let folder = FilePath(try bench.path("one").relative).removingLastComponent().string
        try local.write("mine", to: "\(folder)/.\(file).\(claim.reflection)~")
        #expect(try await bench.entries(in: local.open()) == ["one": "changed"])
        #expect(try local.read(".maestro/kept/\(file).1") == "mine")
    }

    /// A disk that has room for the entries and for no more may stay so for hours.
    @Test(arguments: ["index", "snapshot", "line", "sync"])
    func `deletes an entry for good, also where a commit is not whole yet`(missing: String) async throws {
        struct Refusal: Error {}
        let isRefused = Mutex(true)
        let rewritings = Atomic(0)
        let store = try await local.open { effect in
            let isHere =
                switch effect {
                case .makeFile(let path):
                    missing == "snapshot" && path.string.contains("/reflections/")
                        || missing == "index" && path.lastComponent?.string.contains("MEMORY.md") == true
                case .syncFile(let path): missing == "sync" && path.lastComponent == "index.jsonl"
                case .write(let path, _): missing == "line" && path.lastComponent == "index.jsonl"
                default: false
                }
            if isHere, isRefused.withLock({ $0 }) { throw Refusal() }
            if case .rename(_, let path) = effect, path.lastComponent == "index.jsonl" {
                rewritings.add(1, ordering: .relaxed)
            }
        }
        let claim = try await bench.claim("a", in: store)
        let decisions = [try bench.add("one"), try bench.add("two", ordinal: 2)]
        let request = bench.request(claim)
        let commit = { try await store.commit(request) { _ in Judgement(reasoning: "", decisions: decisions) } }
        await #expect(throws: Refusal.self) { try await commit() }
        try FileManager.default.removeItem(atPath: local.file(try bench.path("one").relative).string)
        // The line is written to another file then, whose sync nobody refuses.
        if missing != "sync" { await #expect(throws: Refusal.self) { try await store.finishInterrupted() } }

        isRefused.withLock { $0 = false }
        try await store.finishInterrupted()
        #expect(try await bench.entries(in: store).keys.sorted() == ["two"])
        #expect(try local.read("reflections/index.jsonl").split(separator: "\n").count == 1)
        #expect(try await store.receipt(for: claim.reflection, of: bench.user)?.snapshot != nil)
        // A sync that failed is not believed when it succeeds the next time.
        #expect(rewritings.load(ordering: .relaxed) == (missing == "sync" ? 1 : 0))
        let marks = try FileManager.default.contentsOfDirectory(atPath: local.file(".maestro").string)
        #expect(!marks.contains { $0.hasPrefix("done.") })
    }

    /// The same where one of the files gave way to what they wrote: that, too, has to be known when the rest can be done.
    @Test(arguments: ["index", "row"])
    func `wins, and deletes for good, also where a commit is not whole yet`(missing: String) async throws {
        struct Refusal: Error {}
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: first)
        let claim = try await bench.claim("b", in: first)
        let (path, theirs) = (try bench.path("one").relative, bench.text("one", "a person's words"))
        let isRefused = Mutex(true)
        let commits = Mutex(0)
        let local = local
        let write = CommitMoment.beforeTheExchange.doing { try local.write(theirs, to: path) }
        let store = try await local.open { effect in
            try write(effect)
            let isHere =
                switch effect {
                case .makeFile(let path):
                    missing == "index" && path.lastComponent?.string.contains("MEMORY.md") == true
                // The first is the commit itself.
                case .commit(isSynced: true):
                    missing == "row"
                        && commits.withLock {
                            $0 += 1; return $0
                        } == 2
                default: false
                }
            if isHere, isRefused.withLock({ $0 }) { throw Refusal() }
        }
        let decisions = [
            try bench.update("one", from: "a rule", to: "changed"), try bench.add("two", ordinal: 2),
        ]
        let request = bench.request(claim)
        await #expect(throws: Refusal.self) {
            try await store.commit(request) { _ in Judgement(reasoning: "", decisions: decisions) }
        }
        try FileManager.default.removeItem(atPath: local.file(try bench.path("two").relative).string)

        isRefused.withLock { $0 = false }
        try await store.finishInterrupted()
        #expect(try await bench.entries(in: store) == ["one": "a person's words"])
        let receipt = try #require(try await store.receipt(for: claim.reflection, of: bench.user))
        #expect(receipt.superseded == [try bench.path("one")])
    }

    @Test func `while the process is dead keeps what they wrote`() async throws {
        let claim = try await claimOfUpdateThatDied()
        let path = try bench.path("one").relative
        try local.write(bench.text("one", "mine"), to: path)
        let other = try await local.open()
        #expect(try await bench.entries(in: other) == ["one": "mine"])
        let receipt = try #require(try await other.receipt(for: claim.reflection, of: bench.user))
        #expect(receipt.superseded == [try bench.path("one")])
        #expect(try await other.authors(of: bench.user).isEmpty)
    }

    /// The line of the index says that the files were done, until the next line stands behind it.
    @Test func `deletes an entry for good, also where the mark of its plan was lost again and again`() async throws {
        let isRefused = Mutex(false)
        struct Refusal: Error {}
        let store = try await local.open { effect in
            if effect == .commit(isSynced: false), isRefused.withLock({ $0 }) { throw Refusal() }
        }
        let (first, second) = (try await bench.claim("a", in: store), Reflection.ID("second"))
        let adding = try bench.add("one")
        isRefused.withLock { $0 = true }
        _ = try await store.commit(bench.request(first)) { _ in Judgement(reasoning: "", decisions: [adding]) }

        let path = try bench.path("one").relative
        try FileManager.default.removeItem(atPath: local.file(path).string)
        let request = ofPerson(as: second)
        let other = try bench.add("two")
        let commit = { try await store.commit(request) { _ in Judgement(reasoning: "", decisions: [other]) } }
        await #expect(throws: Refusal.self) { try await commit() }
        #expect(try await store.receipt(for: second, of: bench.user) == nil)

        isRefused.withLock { $0 = false }
        _ = try await commit()
        try await store.finishInterrupted()
        #expect(try await bench.entries(in: store).keys.sorted() == ["two"])
    }

    /// Its mark is left with whoever has the database, who may be asked for the next commit before it is written.
    @Test(.timeLimit(.minutes(5)))
    func `right after a commit does not have it carried out again`() async throws {
        let (inside, door) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let opened = Mutex<LocalStore?>(nil)
        let syncs = Mutex(0)
        let store = try await local.open { effect in
            guard case .syncFile(let file) = effect, file.lastComponent == "index.jsonl" else { return }
            let isFirst = syncs.withLock { count in
                count += 1
                return count == 1
            }
            guard isFirst, let ledger = opened.withLock({ $0?.ledger }) else { return }
            Thread {
                _ = Result {
                    try ledger.read { _ in
                        inside.signal()
                        door.wait()
                    }
                }
            }.start()
            inside.wait()
        }
        opened.withLock { $0 = store }
        defer { opened.withLock { $0 = nil } }
        try await bench.reflect("a", [try bench.add("one")], in: store)

        let request = ofPerson(as: Reflection.ID("second"))
        let other = try bench.add("two")
        async let second = store.commit(request) { _ in Judgement(reasoning: "", decisions: [other]) }
        // The mark, and the first question of the second commit.
        while store.ledger.waiting < 2 { try await Task.sleep(for: .milliseconds(5)) }
        door.signal()
        _ = try await second
        #expect(syncs.withLock { $0 } == 2)
        #expect(try await bench.entries(in: store).keys.sorted() == ["one", "two"])
    }

    @Test func `adds and deletes entries, and that is simply so`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one"), try bench.add("two", ordinal: 2)], in: store)
        try FileManager.default.removeItem(atPath: local.file(try bench.path("one").relative).string)
        try local.write(bench.text("theirs", "by hand"), to: try bench.path("theirs").relative)
        try local.write("not an entry", to: "projects/notes.txt")
        #expect(try await bench.entries(in: store) == ["two": "a rule", "theirs": "by hand"])
        try await bench.reflect("b", [try bench.add("three")], in: store)
        let index = try local.read(DocumentPath.index(bench.project).relative)
        #expect(index.contains("theirs.md") && !index.contains("one.md"))
    }

    @Test func `is read again, although the store remembers what it has read`() async throws {
        var configuration = LocalStore.Configuration(data: local.data, allowNetworkFileSystem: true)
        // Far ahead of the file times, so that everything may be remembered.
        configuration.now = { Date(timeIntervalSince1970: 9_000_000_000) }
        let store = try await LocalStore.open(configuration)
        let paths = [try bench.path("one"), try bench.path("two")].map(\.relative)
        for path in paths { try local.write(bench.text("one", "first words"), to: path) }
        #expect(try await bench.entries(in: store) == ["one": "first words", "two": "first words"])
        try local.write(bench.text("one", "the second words"), to: paths[0])
        #expect(try await bench.entries(in: store) == ["one": "the second words", "two": "first words"])
        try FileManager.default.removeItem(atPath: local.file(paths[0]).string)
        try FileManager.default.moveItem(atPath: local.file(paths[1]).string, toPath: local.file(paths[0]).string)
        #expect(try await bench.entries(in: store) == ["one": "first words"])
    }

    @Test func `writes their own lines into MEMORY.md and finds them untouched`() async throws {
        let store = try await local.open()
        let path = DocumentPath.index(bench.project).relative
        try local.write("# Mine\r\n\r\nread this first\n", to: path)
        try await bench.reflect("a", [try bench.add("one")], in: store)
        try local.write(try local.read(path) + "\nand this last, without a line break", to: path)
        try await bench.reflect("b", [try bench.add("two")], in: store)
        let index = try local.read(path)
        #expect(index.hasPrefix("# Mine\r\n\r\nread this first\n"))
        #expect(index.hasSuffix("\nand this last, without a line break"))
        #expect(index.contains("[one.md](one.md)") && index.contains("[two.md](two.md)"))
    }

    @Test func `makes entries that cannot be read, and they are left and shown`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        let folder = DocumentPath.folder(of: bench.project)
        try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: local.file("\(folder)/bytes.md").string))
        try local.write(String(repeating: "x", count: 1 << 20 + 1), to: "\(folder)/large.md")
        try FileManager.default.createSymbolicLink(
            atPath: local.file("\(folder)/link.md").string,
            withDestinationPath: local.file("\(folder)/one.md").string
        )
        try FileManager.default.linkItem(
            atPath: local.file("\(folder)/bytes.md").string,
            toPath: local.file("\(folder)/second.md").string
        )
        let state = try await store.state(of: bench.user, in: bench.project)
        let problems = Set(state.entries.filter { $0.problem != nil }.map(\.name.rawValue))
        #expect(problems == ["bytes", "large", "link", "second"])
        let findings = try await store.diagnose(bench.user).filter { $0.level == .problem }
        #expect(findings.count == 4)
    }

    @Test(arguments: ["memory", "projects", "pieces", "reflections"])
    func `puts a link where a folder belongs, and nothing is written through it`(folder: String) async throws {
        let store = try await local.open()
        let elsewhere = TemporaryFolder.path.appending("elsewhere").string
        try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: local.file("").string, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: local.file(folder).string, withDestinationPath: elsewhere)
        let decision = try bench.add("one")
        let error = await #expect(throws: StoreError.self) { try await bench.reflect("a", [decision], in: store) }
        guard case .unusable(let sentence, _)? = error else { throw BenchFailure("refused for another reason") }
        #expect(sentence.contains("symbolic link") && sentence.contains(folder))
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere) == [])
        try FileManager.default.removeItem(atPath: local.file(folder).string)
        #expect(try await store.reflections(HistoryQuery()).isEmpty)
        #expect(try await bench.entries(in: store).isEmpty)
    }
}
