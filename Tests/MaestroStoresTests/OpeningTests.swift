// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `Opening a data folder` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    private func permissions(of path: FilePath) throws -> Int? {
        try (FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test func `makes folders and files that only their owner can read`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        for name in [
            "", "users", "users/me", "users/me/reflections", "users/me/projects", ".maestro", ".maestro/workers",
        ] {
            #expect(try permissions(of: local.data.appending(name)) == 0o700, "\(name)")
        }
        let entry = try bench.path("one").relative
        for name in ["maestro.sqlite", "maestro.sqlite-wal", "users/me/\(entry)", "users/me/reflections/index.jsonl"] {
            #expect(try permissions(of: local.data.appending(name)) == 0o600, "\(name)")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `lasts no longer than somebody holds the store`() async throws {
        weak var held: LocalStore?
        do {
            let store = try await LocalStore.open(LocalStore.Configuration(data: local.data))
            try await bench.reflect("a", [try bench.add("one")], in: store)
            held = store
        }
        // A store that is left behind keeps a dozen files open. The thread of its last call lets go right after the answer.
        while held != nil { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func `syncs every commit and never checkpoints by itself`() async throws {
        let store = try await local.open()
        let findings = try await store.diagnose(bench.user)
        #expect(findings.contains { $0.subject == "database" && $0.level == .good })
        _ = try await bench.claim("a", in: store)
        #expect(try await store.diagnose(bench.user).contains { $0.subject == "database" && $0.level == .good })
    }

    @Test func `refuses a database of a newer version with a sentence`() async throws {
        try await local.open().close()
        let queue = try DatabaseQueue(path: local.data.appending("maestro.sqlite").string)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 of the future')") }
        try queue.close()
        let error = await #expect(throws: StoreError.self) { try await local.open() }
        guard case .unusable(let sentence, _)? = error else { throw BenchFailure("refused for another reason") }
        #expect(sentence.contains("newer Maestro"))
    }

    @Test func `refuses what is not a database with a sentence`() async throws {
        try FileManager.default.createDirectory(atPath: local.data.string, withIntermediateDirectories: true)
        let text = String(repeating: "this is no database ", count: 100)
        try text.write(toFile: local.data.appending("maestro.sqlite").string, atomically: true, encoding: .utf8)
        let error = await #expect(throws: StoreError.self) { try await local.open() }
        guard case .unusable(let sentence, let hint)? = error else { throw BenchFailure("refused for another reason") }
        #expect(sentence.contains("maestro.sqlite"))
        #expect(hint.contains("move the database away"))
    }

    @Test(arguments: ["maestro.sqlite", "maestro.sqlite-wal"])
    func `with a folder in the database's place asks nobody to give the history up`(name: String) async throws {
        try await local.open().close()
        try local.closeAll()
        let place = local.data.appending(name).string
        if FileManager.default.fileExists(atPath: place) { try FileManager.default.removeItem(atPath: place) }
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        let error = await #expect(throws: StoreError.self) { try await local.open() }
        guard case .unusable(let sentence, let hint)? = error else { throw BenchFailure("refused for another reason") }
        #expect(sentence.contains("maestro.sqlite"))
        #expect(hint.contains("must be regular files") && !hint.contains("move the database away"), "\(hint)")
    }

    @Test(
        arguments: [
            (.SQLITE_NOTADB, "move the database away"), (.SQLITE_CORRUPT, "move the database away"),
            (.SQLITE_FULL, "make room"), (.SQLITE_IOERR, "look after its disk"), (.SQLITE_CANTOPEN, "allowed to read"),
            (.SQLITE_PERM, "allowed to read"), (.SQLITE_READONLY, "allowed to read"), (.SQLITE_AUTH, "allowed to read"),
            (.SQLITE_BUSY, "another program"), (.SQLITE_LOCKED, "another program"), (.SQLITE_NOMEM, "memory"),
            (.SQLITE_ERROR, "report this"),
        ] as [(ResultCode, String)]
    )
    func `that SQLite refuses is told with what helps against that, and only damage moves the database away`(
        code: ResultCode,
        advice: String
    ) {
        let hint = DatabaseProblem.hint(for: code)
        #expect(hint.contains(advice))
        #expect(hint.contains("move the database away") == [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(code))
        #expect(hint.contains("nothing was changed") != hint.contains("move the database away"))
    }

    @Test(arguments: [(0x6969, "NFS"), (0x6573_5546, "FUSE"), (0xFE53_4D42, "SMB2")] as [(UInt32, String)])
    func `on a network file system is refused unless it is allowed`(magic: UInt32, name: String) throws {
        let kind = FileSystemKind(magic: magic)
        #expect(kind.name == name)
        let error = #expect(throws: StoreError.self) { try kind.requireLocal("/data", isAllowed: false) }
        guard case .unusable(let sentence, let hint)? = error else { throw BenchFailure("refused for another reason") }
        #expect(sentence.contains("`/data`") && sentence.contains(name) && hint.contains("allowNetworkFileSystem"))
        try kind.requireLocal("/data", isAllowed: true)
    }

    @Test(arguments: [0xEF53, 0x0102_1994, 0x794C_7630, 0x1234] as [UInt32])
    func `on a local file system is accepted`(magic: UInt32) throws {
        try FileSystemKind(magic: magic).requireLocal("/data", isAllowed: false)
    }

    @Test func `with a large log folds it into the database, and nothing is lost`() async throws {
        let (store, other) = (try await local.open(), try await local.open())
        let large = Activity(
            format: "text",
            events: [
                Event(number: 1, actor: .tool, kind: .toolResult, text: String(repeating: "x", count: 3 << 20), line: 1)
            ]
        )
        for id in ["a", "b", "c", "d"] { _ = try await store.submit(bench.job(id), large) }
        let log = local.data.appending("maestro.sqlite-wal").string
        let size = try (FileManager.default.attributesOfItem(atPath: log)[.size] as? NSNumber)?.intValue
        #expect(try #require(size) < 4 << 20)
        for id in ["a", "b", "c", "d"] { #expect(try await other.activity(of: Job.ID(id), user: bench.user) == large) }
    }

    @Test func `named by a relative path still gives absolute ones`() async throws {
        let configuration = LocalStore.Configuration(data: "some/../data", allowNetworkFileSystem: true)
        let path = configuration.absolute.data
        #expect(path.isAbsolute && path.string.hasSuffix("/data") && !path.string.contains(".."))
    }

    @Test func `by several processes at once makes one database`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await local.open() } }
            try await group.waitForAll()
        }
        let store = try await local.open()
        #expect(try await bench.reflect("a", [], in: store).reflection.outcome == .abstained)
    }
}
