// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath

/// What is worth knowing about a data folder and is not wrong; and what leaves it without a database.
extension `A check` {
    static let remarks = folderRemarks + olderRemarks + documentRemarks + jobRemarks

    private static let folderRemarks = [
        Damage("nothing at all", .databaseVersions) { _ in },
        Damage("a log", .logSize) { _ in },
        Damage("no data folder", .dataMissing) { try FileManager.default.removeItem(atPath: $0.local.data.string) },
        Damage("a folder that others may read", .permissionsOpen) {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: $0.local.data.string)
        },
        Damage("a process that died", .processGone) {
            let file = $0.local.data.appending(".maestro/workers/died.lock").string
            try Data().write(to: URL(filePath: file))
        },
        Damage("a folder beside the users'", .strayUserFolder) {
            try $0.makeFolder($0.local.data.appending("users/My Backup"))
        },
        Damage("a user's folder without row", .userWithoutRow) {
            try $0.makeFolder($0.local.data.appending("users/ada/memory"))
        },
        Damage("a user without folder", .userWithoutFolder) {
            try FileManager.default.removeItem(atPath: $0.local.file("").string)
            try await $0.sql(
                "DELETE FROM index_lines; DELETE FROM operations; DELETE FROM plans; DELETE FROM changes; "
                    + "DELETE FROM reflections; DELETE FROM metrics; DELETE FROM jobs"
            )
        },
        Damage("a file beside the snapshots", .strayFile) {
            try $0.local.write("{}", to: "reflections/index (conflicted copy).jsonl")
        },
        Damage("words that were kept", .keptAside) { try $0.local.write("mine", to: ".maestro/kept/one.md.1") },
    ]

    private static let olderRemarks = [
        Damage("an index older than the database", .indexOlder) { try await $0.replaceDatabase() },
        Damage("snapshots older than the database", .snapshotOlder) { try await $0.replaceDatabase() },
        Damage("the older lines gone", .indexOlderGone) { bench in
            try await bench.replaceDatabase()
            try bench.editLines { $0.removeFirst(3) }
            for number in 0..<3 { try bench.remove(bench.snapshot(number)) }
        },
    ]

    private static let documentRemarks = [
        Damage("an edited entry", .documentEdited) {
            try $0.local.write($0.bench.text("one", "mine"), to: $0.entry("one"))
        },
        Damage("a removed entry", .documentEdited) { try $0.remove($0.entry("one")) },
        Damage("an entry put back", .documentPutBack) {
            try $0.local.write($0.bench.text("one", "a rule"), to: $0.entry("one"))
        },
    ]

    private static let jobRemarks = [
        Damage("a lease that ran out", .leaseOver) {
            _ = try await $0.bench.claim("d", in: try await $0.local.open())
            $0.local.clock.advance(seconds: 61)
        },
        Damage("a reply that was to be kept", .replyKept) { bench in
            let store = try await bench.local.open(storeLlmRaw: true)
            let claim = try await bench.bench.claim("d", in: store)
            let reply = StoredReply(
                reply: ReflectorReply(text: "the words"),
                base: Base(),
                reflector: "scripted",
                digest: DigestSize(bytes: 1, ofBytes: 1)
            )
            try await store.keep(reply, for: claim, costing: bench.bench.attempt(for: claim))
            _ = try await store.commit(bench.bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
        },
    ]

    static let brokenFolders = [
        Damage("no database", .databaseMissing) { try $0.removeDatabase() },
        Damage("a truncated database", .databaseUnusable, left: [.databaseUnusable]) {
            try $0.damageDatabase { $0 = $0.prefix($0.count * 9 / 10) }
        },
        Damage("a database cut off in its first page", .databaseUnusable, left: [.databaseUnusable]) {
            try $0.damageDatabase { $0 = $0.prefix(1000) }
        },
        Damage("another file for a database", .databaseUnusable, left: [.databaseUnusable]) {
            try $0.damageDatabase { $0 = Data(repeating: 65, count: 5000) }
        },
        Damage("a database of a later version", .databaseUnusable, left: [.databaseUnusable]) {
            try await $0.sql("INSERT INTO grdb_migrations VALUES ('999 of the future')")
        },
        Damage("a damaged page", .databaseDamaged, left: [.databaseDamaged]) {
            try $0.damageDatabase { $0.replaceSubrange(8192..<12288, with: Data(repeating: 0xAA, count: 4096)) }
        },
    ]
}
