// SPDX-License-Identifier: Apache-2.0
#if os(Linux)
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `A watched folder` {
    private let path = TemporaryFolder.path.appending("watched")

    private func make(_ name: String, _ text: String = "x") throws {
        try text.write(toFile: path.appending(name).string, atomically: false, encoding: .utf8)
    }

    private func opened() throws -> Directory {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        return try #require(try Directory.open(path, .none))
    }

    @Test func `is unknown at first, then says what was touched and nothing else`() throws {
        let (folder, watch) = (try opened(), FolderWatch())
        try make("a.md")
        try make("b.md")
        let first = try #require(watch.touched(in: folder, after: nil))
        #expect(first.names == nil)

        #expect(watch.touched(in: folder, after: first.moment)?.names == [])
        try make("a.md", "saved in place")
        try make("c.md", "new")
        let second = try #require(watch.touched(in: folder, after: first.moment))
        #expect(second.names == ["a.md", "c.md"])
        // Whoever asked earlier is told as much.
        #expect(watch.touched(in: folder, after: first.moment)?.names == ["a.md", "c.md"])
        #expect(watch.touched(in: folder, after: second.moment)?.names == [])
    }

    @Test(arguments: [
        "mv a.md b.md", "rm a.md", "cp a.md b.md", "chmod 600 a.md", "touch a.md", "printf y >> a.md", "ln a.md b.md",
        "mv a.md ..", "printf y > .new && mv .new a.md",
    ])
    func `notes what people and their tools do`(command: String) throws {
        let (folder, watch) = (try opened(), FolderWatch())
        try make("a.md")
        let before = try #require(watch.touched(in: folder, after: nil)).moment
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", command]
        shell.currentDirectoryURL = URL(filePath: path.string)
        try shell.run()
        shell.waitUntilExit()
        let names = try #require(watch.touched(in: folder, after: before)?.names)
        #expect(names.contains("a.md") || names.contains("b.md"))
    }

    @Test func `is another where its path leads to another`() throws {
        let (folder, watch) = (try opened(), FolderWatch())
        let first = try #require(watch.touched(in: folder, after: nil))
        try FileManager.default.moveItem(atPath: path.string, toPath: path.string + "-old")
        #expect(watch.touched(in: try opened(), after: first.moment)?.names == nil)
        // The one that moved is watched anew.
        #expect(watch.touched(in: folder, after: first.moment)?.names == nil)
    }

    @Test func `is not told of temporary files`() throws {
        let (folder, watch) = (try opened(), FolderWatch())
        let first = try #require(watch.touched(in: folder, after: nil))
        try make(".a.md.0123~")
        #expect(watch.touched(in: folder, after: first.moment)?.names == [])
    }

    @Test func `gives way to others where too many are watched, and is unknown then`() throws {
        let (folder, watch) = (try opened(), FolderWatch())
        let first = try #require(watch.touched(in: folder, after: nil))
        for number in 0..<FolderWatch.maxFolders {
            let other = try folder.making("folder-\(number)", isDurable: false)
            #expect(watch.touched(in: other, after: nil) != nil)
        }
        #expect(watch.touched(in: folder, after: first.moment)?.names == nil)
    }

    @Test func `is unknown again when more was touched than is kept`() throws {
        let (folder, watch) = (try opened(), FolderWatch())
        let first = try #require(watch.touched(in: folder, after: nil))
        for number in 0..<5000 { try make("\(number).md", "") }
        let second = try #require(watch.touched(in: folder, after: first.moment))
        #expect(second.names == nil)
        try make("1.md", "again")
        #expect(watch.touched(in: folder, after: second.moment)?.names == ["1.md"])
    }
}

@Suite(.temporaryFolder) struct `A memory folder of many files` {
    private static let scope = Scope.global
    private let path = TemporaryFolder.path.appending("memory")
    private let cache = FolderCache()
    private static let start = Date(timeIntervalSince1970: 2_000_000_000)

    private func save(_ stem: String, _ description: String) throws {
        try "---\nname: \(stem)\ndescription: \(description)\ntype: project\n---\n\nText.\n"
            .write(toFile: path.appending("\(stem).md").string, atomically: false, encoding: .utf8)
    }

    private func fill(_ count: Int) throws -> Directory {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        for number in 0..<count { try save("entry-\(number)", "First.") }
        return try #require(try Directory.open(path, .none))
    }

    private func descriptions(
        _ folder: Directory,
        _ freshness: MemoryFolder.Freshness,
        after seconds: TimeInterval = 0
    ) throws -> [String: String] {
        let memory = MemoryFolder(scope: .global, folder: folder, cache: cache, now: Self.start + seconds)
        let entries = try memory.entries(freshness)
        #expect(entries.map { "\($0.name).md" } == entries.map { "\($0.name).md" }.sorted())
        return Dictionary(uniqueKeysWithValues: entries.map { ($0.name.rawValue, $0.description) })
    }

    @Test(arguments: [MemoryFolder.Freshness.ofFiles, .ofTouched], [3, 200])
    func `is read as it is, whatever a person does`(freshness: MemoryFolder.Freshness, count: Int) throws {
        let folder = try fill(count)
        var expected = try descriptions(folder, freshness)
        #expect(expected.count == count)
        for round in 0..<6 {
            try save("entry-1", "Saved \(round).")
            expected["entry-1"] = "Saved \(round)."
            try save("new-\(round)", "New.")
            expected["new-\(round)"] = "New."
            if round > 0 {
                try FileManager.default.removeItem(atPath: path.appending("new-\(round - 1).md").string)
                expected["new-\(round - 1)"] = nil
            }
            // A look at names alone must not hide from later ones what was saved in place.
            if round % 2 == 0 { _ = try descriptions(folder, .ofNames, after: Double(round) * 25) }
            #expect(try descriptions(folder, freshness, after: Double(round) * 25) == expected)
        }
    }

    @Test func `is read anew where its path leads to another, whatever is known of that`() throws {
        let users = TemporaryFolder.path
        let (here, there) = (users.appending("ada"), users.appending("ada.bak"))
        func move(_ from: FilePath, to: FilePath) throws {
            try FileManager.default.moveItem(atPath: from.string, toPath: to.string)
        }
        func read() throws -> [String: String] {
            let memory = here.appending("memory")
            let folder = try #require(try Directory.open(memory, .none))
            let entries = try MemoryFolder(scope: .global, folder: folder, cache: cache, now: Self.start)
                .entries(.ofTouched)
            return Dictionary(uniqueKeysWithValues: entries.map { ($0.name.rawValue, $0.description) })
        }
        func fill(_ description: String) throws {
            let memory = here.appending("memory")
            try FileManager.default.createDirectory(atPath: memory.string, withIntermediateDirectories: true)
            for number in 0..<100 {
                try "---\nname: entry-\(number)\ndescription: \(description)\ntype: project\n---\n\nText.\n"
                    .write(toFile: memory.appending("entry-\(number).md").string, atomically: false, encoding: .utf8)
            }
        }
        try fill("Original.")
        for _ in 0..<3 { #expect(try read()["entry-1"] == "Original.") }
        // No event tells of a parent that is renamed.
        try move(here, to: there)
        try fill("Copy.")
        for _ in 0..<3 { #expect(try read()["entry-1"] == "Copy.") }
        try FileManager.default.removeItem(atPath: here.string)
        try move(there, to: here)
        for _ in 0..<3 { #expect(try read()["entry-1"] == "Original.") }
    }

    @Test func `is asked about file by file once a minute: a write through shared memory is found then`() throws {
        let folder = try fill(100)
        _ = try descriptions(folder, .ofTouched)
        _ = try descriptions(folder, .ofTouched)
        let file = open(path.appending("entry-1.md").string, O_RDWR)
        defer { close(file) }
        // While the file is open no event tells of what is written to its pages.
        let bytes = try #require(mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0))
        defer { munmap(bytes, 4096) }
        let place = "---\nname: entry-1\ndescription: ".utf8.count
        bytes.storeBytes(of: UInt8(ascii: "X"), toByteOffset: place, as: UInt8.self)
        msync(bytes, 4096, MS_SYNC)

        #expect(try descriptions(folder, .ofTouched, after: 1)["entry-1"] == "First.")
        #expect(try descriptions(folder, .ofTouched, after: 70)["entry-1"] == "Xirst.")
    }
}
#endif
