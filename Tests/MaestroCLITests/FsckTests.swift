// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import SystemPackage
import Testing

@Suite(.temporaryFolder) struct `Fsck` {
    private let maestro = Binary()
    private let index = Binary.data.appending("users/me/reflections/index.jsonl").string
    private let database = Binary.data.appending("maestro.sqlite").string

    private func wrongCodes(_ report: [String: Any]) throws -> [String] {
        let findings = try #require(report["findings"] as? [[String: Any]])
        return findings.filter { $0["level"] as? String == "wrong" }.compactMap { $0["code"] as? String }
    }

    @Test func `of a whole folder ends with 0 and says so`() async throws {
        try await maestro.reflectOnExample()
        let finished = try await maestro.run("fsck")
        let report = try await maestro.run("fsck", "--json").object()

        #expect(finished.code == 0, "\(finished.out)")
        #expect(finished.lines.last == "nothing is wrong")
        #expect(finished.err == "")
        #expect(report["wrong"] as? Int == 0)
        #expect(try wrongCodes(report) == [])
    }

    @Test func `of a damaged one ends with 1 and names what mends it, until it is repaired`() async throws {
        try await maestro.reflectOnExample()
        let whole = try String(contentsOfFile: index, encoding: .utf8)
        try FileManager.default.removeItem(atPath: index)
        let found = try await maestro.run("fsck")
        let listed = try await maestro.run("fsck", "--json")

        #expect(found.code == 1)
        #expect(found.lines.first?.hasPrefix("WRONG  index_missing  me: reflections/index.jsonl: ") == true)
        #expect(found.err == "error: 1 thing is wrong\nhint: `maestro fsck --repair` mends all of it\n")
        #expect(listed.code == 1)
        #expect(try wrongCodes(listed.object()) == ["index_missing"])
        #expect(!FileManager.default.fileExists(atPath: index))

        let repaired = try await maestro.run("fsck", "--repair")
        #expect(repaired.code == 0, "\(repaired.out)")
        #expect(repaired.lines.contains { $0.hasPrefix("mended  index_missing  me: ") })
        #expect(try String(contentsOfFile: index, encoding: .utf8) == whole)
        #expect(try await wrongCodes(maestro.run("fsck", "--repair", "--json").object()) == [])
    }

    @Test func `gives each finding the same keys`() async throws {
        try await maestro.reflectOnExample()
        try FileManager.default.removeItem(atPath: index)
        let report = try await maestro.run("fsck", "--json").object()
        let findings = try #require(report["findings"] as? [[String: Any]])

        #expect(Set(report.keys) == ["wrong", "mended", "findings"])
        let keys: Set = ["code", "level", "user", "place", "message", "mend", "mendable", "mended"]
        #expect(!findings.isEmpty && findings.allSatisfy { Set($0.keys) == keys })
    }

    @Test func `without a database says what is unharmed and makes none`() async throws {
        try await maestro.reflectOnExample()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database + suffix) }
        let finished = try await maestro.run("fsck")

        #expect(finished.code == 1)
        #expect(finished.lines.first?.hasPrefix("WRONG  database_missing  ") == true)
        #expect(finished.out.contains("unharmed"))
        #expect(!FileManager.default.fileExists(atPath: database))
    }

    @Test func `where nothing was ever kept makes no folder`() async throws {
        let finished = try await maestro.run("fsck")

        #expect(finished.code == 0)
        #expect(finished.out.contains("data_missing"))
        #expect(!FileManager.default.fileExists(atPath: Binary.data.string))
    }

    @Test func `of one user says nothing of another`() async throws {
        try await maestro.reflectOnExample()
        try FileManager.default.removeItem(atPath: index)

        #expect(try await maestro.run("fsck", "--user", "ada").code == 0)
        #expect(try await maestro.run("fsck", "--user", "me").code == 1)
    }

    @Test func `ends with 2 where it is used wrongly`() async throws {
        #expect(try await maestro.run("fsck", "--mend").code == 2)
    }
}
