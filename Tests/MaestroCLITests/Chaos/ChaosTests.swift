// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MaestroTestServer
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// Workers, `reflect`, a person's commands, editors and a sync tool on one data folder, killed and stopped at any moment.
@Suite(.temporaryFolder, .timeLimit(.minutes(60))) struct `Several processes` {
    @Test func `that are killed at random lose no job and no words, and do nothing twice`() async throws {
        try await TestServer.run(ChaosModel.script) { server in
            let turmoil = Turmoil(server)
            try await turmoil.rage()
            try await settle(turmoil.maestro)

            #expect(turmoil.values.crashes == [])
            let data = DataFolder(path: Binary.data.string)
            let words = try await checkWords(of: turmoil, in: data)
            try checkJobs(of: turmoil, in: data)
            try await checkFolders(turmoil.maestro)
            OutsideForm.say("chaos: \(turmoil.line), \(words), \(server.requests.count) calls")
        }
    }

    @Test(arguments: [
        [["maestro.sqlite", "maestro.sqlite-wal", "maestro.sqlite-shm"]],
        Turmoil.users.map { ["users/\($0)/reflections"] },
    ])
    func `whose history is deleted meanwhile keep the documents whole`(removing targets: [[String]]) async throws {
        try await TestServer.run(ChaosModel.script) { server in
            let turmoil = Turmoil(server)
            try await turmoil.rage(removing: targets)
            try await settle(turmoil.maestro)

            #expect(turmoil.values.crashes == [])
            for user in Turmoil.users {
                for (path, text) in try Binary.documents(of: user) where !path.hasSuffix("/MEMORY.md") {
                    #expect(isWhole(text), "\(path) of \(user): \(text)")
                }
            }
            // Temporary files whose plan went with the database, an index that was deleted: what no history tells of any more.
            let repaired = try await turmoil.maestro.run("fsck", "--repair")
            #expect(repaired.code == 0, "\(repaired.out) \(repaired.err)")
            try await checkFolders(turmoil.maestro)
            OutsideForm.say("chaos without \(targets[0][0]): \(turmoil.line), deleted \(turmoil.values.removals) times")
        }
    }

    /// Brings everything to its end.
    private func settle(_ maestro: Binary) async throws {
        _ = try await maestro.run("work", "--drain")
        // A job whose worker was killed three times is dead by then: it may have been what killed them.
        for user in Turmoil.users { _ = try await maestro.run("retry", "--dead", "--user", user) }
        let drained = try await maestro.run("work", "--drain")
        #expect(drained.code == 0, "\(drained.err)")
        // What a person's command left half done is finished by whatever uses the folder next.
        for user in Turmoil.users {
            let listed = try await maestro.run("memory", "list", "--project", "global", "--user", user)
            #expect(listed.code == 0, "\(listed.err)")
        }
    }

    /// Every job that was taken is done, and every job once.
    private func checkJobs(of turmoil: Turmoil, in data: DataFolder) throws {
        let jobs = try data.ask { try Row.fetchAll($0, sql: "SELECT id, state FROM jobs") } ?? []
        #expect(jobs.allSatisfy { $0["state"] == "done" })
        #expect(turmoil.values.taken.isSubset(of: Set(jobs.map { $0["id"] as String })))
        let reflected =
            try data.ask { try String.fetchAll($0, sql: "SELECT job FROM reflections WHERE kind = 'job'") } ?? []
        #expect(reflected.count == jobs.count && Set(reflected).count == jobs.count)
        let metrics = try data.ask { try String.fetchAll($0, sql: "SELECT job FROM metrics WHERE job <> ''") } ?? []
        #expect(metrics.count == jobs.count && Set(metrics).count == jobs.count)
        for user in Turmoil.users {
            let sql = """
                SELECT created_at - duration_ms AS start, created_at AS end FROM reflections
                WHERE kind = 'job' AND user = ? ORDER BY created_at
                """
            let spans = try data.ask { try Row.fetchAll($0, sql: sql, arguments: [user]) } ?? []
            for (one, next) in zip(spans, spans.dropFirst()) {
                #expect(next["start"] as Int >= one["end"] as Int, "two reflections of \(user) at one time")
            }
        }
    }

    /// Every version that a person saved and somebody else replaced is live or in history.
    private func checkWords(of turmoil: Turmoil, in data: DataFolder) async throws -> String {
        var (saves, late, replaced) = (0, 0, 0)
        let history =
            try data.ask { db in
                Set(try String.fetchAll(db, sql: "SELECT before FROM operations WHERE before IS NOT NULL"))
            } ?? []
        for (user, editor) in zip(Turmoil.users, turmoil.editors) {
            let live = Set(try Binary.documents(of: user).values)
            let kept = try keptTexts(of: user)
            for (path, text) in await editor.owed where !live.contains(text) && !history.contains(text) {
                #expect(kept.contains(text), "\(user) saved `\(path)`, and it is gone: \(text)")
            }
            saves += await editor.saves
            late += await editor.late
            replaced += await editor.replaced.count
        }
        return "\(saves) saves of which \(replaced) were replaced and \(late) came too late for any file"
    }

    /// What a commit or a check found in its way and moved aside.
    private func keptTexts(of user: String) throws -> Set<String> {
        let folder = Binary.data.appending("users/\(user)").string
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return Set(
            try files.filter { $0.contains("kept/") }.map {
                try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
            }
        )
    }

    private func checkFolders(_ maestro: Binary) async throws {
        for user in Turmoil.users {
            let files =
                FileManager.default.enumerator(atPath: Binary.data.appending("users/\(user)").string)?
                .compactMap { $0 as? String } ?? []
            #expect(files.filter { $0.hasSuffix("~") } == [])
        }
        let checked = try await maestro.run("fsck")
        #expect(checked.code == 0, "\(checked.out) \(checked.err)")
    }

    private func isWhole(_ text: String) -> Bool {
        text.contains("machine") || (text.hasPrefix("---\n") && text.contains("\n---\n") && text.hasSuffix("\n"))
    }
}
