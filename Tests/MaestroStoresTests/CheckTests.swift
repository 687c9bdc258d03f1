// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `A check` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    @Test func `of a whole folder finds nothing wrong, and changes nothing`() async throws {
        let checked = try await CheckBench.make(local)
        let store = try await local.open()
        let before = try files()
        let findings = try await store.check()
        #expect(findings.filter { $0.level == .wrong } == [])
        #expect(Set(findings.map(\.code)) == [.databaseVersions, .logSize])
        #expect(try await store.check(repair: true).allSatisfy { $0.mended == nil })
        #expect(try files() == before)
        #expect(checked.ids.count == 3)
    }

    private func files() throws -> [String: Data?] {
        let all = try #require(FileManager.default.enumerator(atPath: local.file("").string))
        let paths = all.compactMap { $0 as? String }
        return Dictionary(
            uniqueKeysWithValues: paths.map { ($0, FileManager.default.contents(atPath: local.file($0).string)) }
        )
    }

    static let damages: [Damage] =
        indexDamages + snapshotDamages + temporaryDamages + commitDamages + queueDamages + schemaDamages

    @Test(arguments: damages)
    func `finds what was damaged, and repairs it where nothing is lost by it`(_ damage: Damage) async throws {
        let checked = try await CheckBench.make(local)
        try await damage.doing(checked)
        let store = try await local.open()
        let found = try await store.check(user: nil, repair: false)
        #expect(checked.wrong(found).contains(damage.code), "\(found)")
        let again = try await store.check(user: nil, repair: false)
        #expect(again == found, "looking changed something")

        let repaired = try await store.check(user: nil, repair: true)
        #expect(checked.wrong(repaired) == damage.left, "\(repaired)")
        if !damage.left.contains(damage.code) {
            #expect(repaired.contains { $0.code == damage.code && $0.mended != nil }, "\(repaired)")
        }
        let after = try await store.check(user: nil, repair: true)
        #expect(checked.wrong(after) == damage.left, "\(after)")
        #expect(after.allSatisfy { $0.mended == nil }, "the second repair found more to do: \(after)")
    }

    @Test(arguments: remarks)
    func `says what is worth knowing, and calls it not wrong`(_ remark: Damage) async throws {
        let checked = try await CheckBench.make(local)
        try await remark.doing(checked)
        for repair in [false, true] {
            let findings = try await checked.check(repair: repair)
            #expect(findings.contains { $0.code == remark.code } || repair, "\(findings)")
            #expect(checked.wrong(findings) == [], "\(findings)")
        }
    }

    @Test(arguments: brokenFolders)
    func `of a folder without a usable database says what is unharmed`(_ damage: Damage) async throws {
        let checked = try await CheckBench.make(local)
        let entry = try local.read(try checked.entry("one"))
        try await damage.doing(checked)
        let found = try await checked.check()
        #expect(checked.wrong(found) == [damage.code], "\(found)")
        #expect(found.contains { $0.code == damage.code && $0.message.contains("unharmed") && !$0.mend.isEmpty })
        #expect(checked.wrong(try await checked.check(repair: true)) == damage.left)
        #expect(checked.wrong(try await checked.check(repair: true)) == damage.left)
        #expect(try local.read(try checked.entry("one")) == entry)
        #expect(IndexLine.firstBreak(in: try local.read(checked.index).split(separator: "\n").map(String.init)) == nil)
    }

    @Test func `without a database makes none by looking`() async throws {
        let checked = try await CheckBench.make(local)
        try checked.removeDatabase()
        _ = try await checked.check()
        #expect(!FileManager.default.fileExists(atPath: local.data.appending("maestro.sqlite").string))
    }

    /// The claim takes two effects, the commit is the third.
    @Test(arguments: Array(stride(from: 2, through: 40, by: 3)))
    func `after a crash finds the interrupted commit, and finishes it`(before effect: Int) async throws {
        let checked = try await CheckBench.make(local)
        let process = MortalProcess(diesBefore: effect)
        let dying = try await local.open(observer: process.observer)
        let claim = try await bench.claim("d", in: dying)
        let decisions = [
            try bench.update("one", from: "changed", to: "again"), try bench.add("three", ordinal: 2),
        ]
        await #expect(throws: MortalProcess.Death.self) {
            try await dying.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: decisions) }
        }
        let store = try await local.open()
        let found = try await store.check()
        let isCommitted = effect > 2
        #expect(checked.wrong(found) == (isCommitted ? [.planUnapplied] : []), "\(found)")
        #expect(checked.wrong(try await store.check(repair: true)) == [])
        #expect(checked.wrong(try await store.check()) == [])
        #expect(
            try await bench.entries(in: store)
                == (isCommitted ? ["one": "again", "three": "a rule"] : ["one": "changed"])
        )
    }

    @Test func `keeps what a person may have written, wherever it repairs`() async throws {
        let checked = try await CheckBench.make(local)
        let temporary = try checked.entry("one").replacing("one.md", with: ".one.md.\(checked.ids[1])~")
        try local.write("words in a temporary file", to: temporary)
        try local.write("words in a snapshot", to: "\(checked.snapshot(0))/manifest.json")
        try local.write(try local.read(checked.index) + "words in the index", to: checked.index)
        #expect(checked.wrong(try await checked.check(repair: true)) == [])
        let kept = try FileManager.default.subpathsOfDirectory(atPath: local.file("reflections/kept").string)
        let words = try kept.compactMap { path -> String? in
            var isFolder: ObjCBool = false
            let file = "reflections/kept/\(path)"
            _ = FileManager.default.fileExists(atPath: local.file(file).string, isDirectory: &isFolder)
            return isFolder.boolValue ? nil : try local.read(file)
        }
        for place in ["a temporary file", "a snapshot", "the index"] {
            #expect(words.contains { $0.hasSuffix("words in \(place)") }, "\(kept)")
        }
    }

    @Test func `while another has the user's lock looks at the database alone, and says who`() async throws {
        let checked = try await CheckBench.make(local)
        try await checked.sql("UPDATE plans SET applied = 0 WHERE reflection = '\(checked.ids[1])'")
        try checked.remove(checked.index)
        let other = try await local.open()
        var configuration = checked.configuration
        configuration.lockBound = .milliseconds(20)
        let findings = try await other.withUserLock(bench.user) { [configuration] in
            try await LocalStore.check(configuration, repair: true)
        }
        #expect(checked.wrong(findings) == [], "\(findings)")
        #expect(findings.contains { $0.code == .userBusy && $0.message.contains("pid \(getpid())") })
        #expect(findings.contains { $0.code == .planInProgress })
        #expect(!local.exists(checked.index))
    }

    @Test func `of one user leaves the others alone`() async throws {
        let checked = try await CheckBench.make(local)
        try checked.remove(checked.index)
        let store = try await local.open()
        #expect(checked.wrong(try await store.check(user: UserID("ada"), repair: true)) == [])
        #expect(checked.wrong(try await store.check(user: bench.user)) == [.indexMissing])
    }
}

@Suite struct `The codes of a check` {
    /// What no table can bring about by hand.
    private static let elsewhere: Set<CheckCode> = [.userBusy, .planInProgress]

    @Test func `are each found by a test`() {
        let tables = `A check`.damages + `A check`.remarks + `A check`.brokenFolders
        #expect(Set(tables.map(\.code)).union(Self.elsewhere) == Set(CheckCode.allCases))
    }

    @Test func `each stand with their sentence in the documentation`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/reliability.md"), encoding: .utf8)
        for code in CheckCode.allCases {
            #expect(text.contains("| `\(code.rawValue)` | \(code.level.rawValue) | \(code.sentence) |"))
        }
    }
}
