// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// Runs a command of the system; false where it is missing or fails.
private func system(_ path: String, _ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}

/// What this machine lets a test do.
private enum Privilege {
    /// A file system of one's own.
    static let mounts: Bool = probe { folder in
        system("/usr/bin/mount", "-t", "tmpfs", "-o", "size=64k", "none", folder)
            && system("/usr/bin/umount", folder)
    }
    /// Files that not even root may change.
    static let pins: Bool = probe { folder in
        system("/usr/bin/chattr", "+i", folder) && system("/usr/bin/chattr", "-i", folder)
    }

    private static func probe(_ body: (String) -> Bool) -> Bool {
        let url = FileManager.default.temporaryDirectory.appending(path: "maestro-probe-\(UUID().uuidString)")
        do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch {
            return false
        }
        defer { try? FileManager.default.removeItem(at: url) }
        return body(url.path)
    }
}

@Suite(.temporaryFolder) struct `A folder that takes nothing` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }
    private var folder: String { DocumentPath.folder(of: bench.project) }

    private func sentence(_ error: StoreError?) throws -> (String, hint: String) {
        guard case .unusable(let sentence, let hint)? = error else { throw BenchFailure("refused for another reason") }
        return (sentence, hint)
    }

    /// After the trouble is over, whoever comes next finishes what was committed, once.
    private func expectFinished(_ entries: [String: String], reflections: Int) async throws {
        let store = try await local.open()
        #expect(try await bench.entries(in: store) == entries)
        #expect(try await store.reflections(HistoryQuery(user: bench.user)).count == reflections)
        #expect(try await store.diagnose(bench.user).allSatisfy { $0.level == .good })
        let lines = try local.read("reflections/index.jsonl").split(separator: "\n").map(String.init)
        #expect(lines.count == reflections)
        #expect(IndexLine.firstBreak(in: lines) == nil)
    }

    @Test(
        .enabled(if: Privilege.pins, "`chattr +i` needs root and a file system that knows it"),
        arguments: ["folder", "file", "reflections"]
    )
    func `because it is pinned keeps the commit in the database, says so, and is finished later`(
        what: String
    ) async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        let pinned =
            switch what {
            case "folder": local.file(folder).string
            case "file": local.file(try bench.path("one").relative).string
            default: local.file("reflections").string
            }
        try #require(system("/usr/bin/chattr", "+i", pinned))
        defer { _ = system("/usr/bin/chattr", "-i", pinned) }
        let decisions = [try bench.update("one", from: "a rule", to: "changed")]
        let error = await #expect(throws: StoreError.self) { try await bench.reflect("b", decisions, in: store) }
        let (sentence, hint) = try sentence(error)
        #expect(sentence.contains("Operation not permitted"))
        #expect(hint.contains("what was committed is kept in the database"))

        try #require(system("/usr/bin/chattr", "-i", pinned))
        try await expectFinished(["one": "changed"], reflections: 2)
    }

    @Test(.enabled(if: Privilege.mounts, "a read-only file system needs the right to mount"))
    func `because it is read-only says so, and is finished later`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        let path = local.file(folder).string
        try #require(system("/usr/bin/mount", "--bind", path, path))
        defer { _ = system("/usr/bin/umount", "-l", path) }
        try #require(system("/usr/bin/mount", "-o", "remount,bind,ro", path))
        let decisions = [try bench.add("two")]
        let error = await #expect(throws: StoreError.self) { try await bench.reflect("b", decisions, in: store) }
        #expect(try sentence(error).0.contains("Read-only file system"))
        // What stands there is still read, by whoever has no plan to finish first.
        #expect(try local.read(try bench.path("one").relative) == bench.text("one", "a rule"))
        try #require(system("/usr/bin/umount", "-l", path))
        try await expectFinished(["one": "a rule", "two": "a rule"], reflections: 2)
    }

    @Test(.enabled(if: Privilege.mounts, "a small file system needs the right to mount"))
    func `because its disk is full leaves the old memory, and is finished when there is room`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        try store.close()
        let path = local.file("").string
        try FileManager.default.moveItem(atPath: path, toPath: path + ".kept")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try #require(system("/usr/bin/mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "none", path))
        defer { _ = system("/usr/bin/umount", "-l", path) }
        try #require(system("/bin/cp", "-a", path + ".kept/.", path))

        let full = try await local.open()
        let filler = local.file("filler").string
        try Data().write(to: URL(filePath: filler))
        let handle = try #require(FileHandle(forWritingAtPath: filler))
        while (try? handle.write(contentsOf: Data(count: 4096))) != nil {}
        try? handle.close()
        let decisions = [try bench.update("one", from: "a rule", to: "changed")]
        let error = await #expect(throws: StoreError.self) { try await bench.reflect("b", decisions, in: full) }
        #expect(try sentence(error).0.contains("No space left on device"))
        #expect(try local.read(try bench.path("one").relative) == bench.text("one", "a rule"))
        try FileManager.default.removeItem(atPath: filler)
        try await expectFinished(["one": "changed"], reflections: 2)
    }

    @Test(.enabled(if: Privilege.mounts, "a small file system needs the right to mount"))
    func `because the database's disk is full loses no job that was taken`() async throws {
        let data = local.data.string
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try #require(system("/usr/bin/mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "none", data))
        defer { _ = system("/usr/bin/umount", "-l", data) }
        let store = try await local.open()
        var taken: [Job.ID] = []
        var failure: (any Error)?
        let large = Activity(
            format: "text",
            events: [
                Event(number: 1, actor: .tool, kind: .toolResult, text: String(repeating: "x", count: 50_000), line: 1)
            ]
        )
        while failure == nil, taken.count < 1000 {
            let job = bench.job("job-\(taken.count)")
            do {
                _ = try await store.submit(job, large)
                taken.append(job.id)
            } catch { failure = error }
        }
        let remedy = Remedy(for: try #require(failure))
        #expect(remedy.sentence.contains("full"), "\(remedy.sentence)")
        #expect(!taken.isEmpty)

        try #require(system("/usr/bin/mount", "-o", "remount,size=32m", data))
        let again = try await local.open()
        for id in taken { #expect(try await again.activity(of: id, user: bench.user) == large) }
        #expect(try await again.jobs(JobQuery(user: bench.user, limit: .max)).count == taken.count)
        let claim = try #require(try await again.claim(upTo: 1).first)
        _ = try await again.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
    }

    @Test(arguments: ["users", "users/me", ".maestro", "maestro.sqlite", "users/me/.maestro"])
    func `because another kind of thing has its name is refused with a sentence`(name: String) async throws {
        let place = local.data.appending(name)
        try FileManager.default.createDirectory(
            atPath: place.removingLastComponent().string,
            withIntermediateDirectories: true
        )
        if name.hasSuffix(".sqlite") {
            try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
        } else {
            try "a file".write(toFile: place.string, atomically: false, encoding: .utf8)
        }
        let decisions = [try bench.add("one")]
        let error = await #expect(throws: StoreError.self) {
            let store = try await local.open()
            try await bench.reflect("a", decisions, in: store)
        }
        #expect(try sentence(error).0.contains("maestro.sqlite") || sentence(error).0.contains(place.string))
    }
}
