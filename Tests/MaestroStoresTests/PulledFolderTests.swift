// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `The files of a pulled folder` {
    private let path = TemporaryFolder.path.appending("pulled")
    private let entry: DocumentPath

    init() throws { entry = .entry(.global, stem: try #require(EntryName("one"))) }

    private func write(_ text: String, to place: String) throws {
        let file = path.appending(place)
        let folder = file.removingLastComponent().string
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: file.string, atomically: false, encoding: .utf8)
    }

    private func read(_ place: String) throws -> String {
        try String(contentsOfFile: path.appending(place).string, encoding: .utf8)
    }

    @Test func `are made, replaced and removed, and nothing else stays beside them`() async throws {
        let folder = try await PulledFolder.making(path)
        for (before, after) in [(nil, "1"), ("1", "2"), ("2", nil)] as [(String?, String?)] {
            let superseded = try await folder.apply([DocumentWrite(path: entry, before: before, after: after)])
            #expect(superseded.isEmpty)
            #expect(try await folder.contents(knowing: []).documents == (after.map { [entry: .text($0)] } ?? [:]))
            let names = try FileManager.default.contentsOfDirectory(atPath: path.appending("memory").string)
            #expect(names == (after == nil ? [] : ["one.md"]))
        }
    }

    @Test(arguments: [(nil, "store"), ("pulled", "store"), ("pulled", nil)] as [(String?, String?)])
    func `that someone edits in that instant stay as they are`(before: String?, after: String?) async throws {
        let folder = try await PulledFolder.making(path)
        try write("a person's", to: "memory/one.md")
        #expect(try await folder.apply([DocumentWrite(path: entry, before: before, after: after)]) == [entry])
        #expect(try read("memory/one.md") == "a person's")
    }

    @Test func `are put aside under names of their own`() async throws {
        let folder = try await PulledFolder.making(path)
        for number in 1...3 {
            #expect(try await folder.setAside("\(number)", of: entry) == ".maestro/kept/memory-one.md.\(number)")
        }
        #expect(try read(".maestro/kept/memory-one.md.2") == "2")
    }

    /// What a pull that was cut off had in hand, and whether it is a person's.
    @Test(arguments: [("pulled", false), ("store", false), ("a person's", true)])
    func `that a pull left in hand are kept only where a person may have written them`(
        leftover: String,
        isKept: Bool
    ) async throws {
        let folder = try await PulledFolder.making(path)
        try write("store", to: "memory/one.md")
        try write(leftover, to: "memory/.one.md.pull~")
        let manifest = PulledManifest(
            user: .me,
            pulledAt: Date(timeIntervalSince1970: 0),
            documents: [entry: .init(version: 1, hash: ContentHash(of: "pulled"))],
            unfinished: [entry: .init(version: 2, hash: ContentHash(of: "store"))]
        )
        try await folder.clear(after: manifest)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path.appending("memory").string) == ["one.md"])
        let kept = path.appending(".maestro/kept/memory-one.md.1").string
        #expect(FileManager.default.fileExists(atPath: kept) == isKept)
        if isKept { #expect(try read(".maestro/kept/memory-one.md.1") == leftover) }
    }

    @Test func `have a manifest that is replaced as a whole`() async throws {
        let folder = try await PulledFolder.making(path)
        #expect(try await folder.manifest() == nil)
        await #expect(throws: PulledFolderRefusal.self) { try await PulledFolder.open(path) }
        for seconds in [1.0, 2.0] {
            let manifest = PulledManifest(user: .me, pulledAt: Date(timeIntervalSince1970: seconds))
            try await folder.write(manifest)
            #expect(try await folder.manifest() == manifest)
        }
        await #expect(throws: StoreError.self) { try await PulledFolder.open(path) }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path.appending(".maestro").string).sorted()
                == ["pulled.json", "pulled.lock"]
        )
    }

    @Test func `cannot have been replaced by a pipe or a link where the manifest is`() async throws {
        let folder = try await PulledFolder.making(path)
        try write("{}", to: "elsewhere.json")
        try FileManager.default.createSymbolicLink(
            atPath: path.appending(".maestro/pulled.json").string,
            withDestinationPath: path.appending("elsewhere.json").string
        )
        let error = try await #require(throws: StoreError.self) { try await folder.manifest() }
        #expect(error.sentence.contains("symbolic link"))
    }
}
