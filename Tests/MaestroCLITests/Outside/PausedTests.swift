// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MaestroTestServer
import MaestroTesting
import Subprocess
import SystemPackage
import Testing

@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `A paused process` {
    private static func reply(_ name: String) -> String {
        """
        {"reasoning":"r","memory_changes":[{"op":"add","name":"feedback-\(name)","type":"feedback",\
        "description":"Said \(name)","body":"It was \(name). **Why:** said so. **How to apply:** always.",\
        "merge_target":"","events":[1],"quote":""}],"piece_edit":{"why":"","events":[],"edits":[]}}
        """
    }

    /// The lease of whoever runs, as if a minute had passed.
    private func expireLease(in data: DataFolder) async throws {
        let database = try DatabaseQueue(path: data.path + "/maestro.sqlite")
        try await database.write { db in
            try db.execute(sql: "UPDATE jobs SET leased_until = 0 WHERE state = 'running'")
            #expect(db.changesCount == 1)
        }
        try database.close()
    }

    @Test(arguments: ["reflect", "work"])
    func `that wakes after its lease went to another finishes nothing`(command: String) async throws {
        let data = DataFolder(path: Binary.data.string)
        let gate = Gate()
        try await TestServer.run(gate.script(Self.reply("paused"), next: Self.reply("taken"))) { server in
            let maestro = Stage.maestro(data, server)
            _ = try await maestro.run(try Scenario.submit.command()) { _ in }
            let reflect = try Scenario.reflect.command()
            let paused = try await maestro.run(command == "work" ? ["work"] : reflect) { send in
                await gate.untilAsked()
                try send(.suspend)
                try await expireLease(in: data)
                gate.open()
                let taker = try await maestro.run("work", "--drain")
                #expect(taker.lines.first == "1 job ended: 1 applied", "\(taker.err)")
                try send(.resume)
                // A worker gives its call in flight the time to end.
                if command == "work" { try send(.terminate) }
            }
            #expect(paused.code == 0, "\(paused.status) \(paused.out) \(paused.err)")
            #expect(server.requests.count == 2)
            #expect(try data.documents().keys.sorted() == ["memory/MEMORY.md", "memory/feedback-taken.md"])
            let totals = try FolderTotals(of: data)
            #expect(totals.jobs == 1 && totals.reflections == 1 && totals.metrics == 1 && totals.lines == 1)
            let checked = try await maestro.run("fsck")
            #expect(checked.code == 0, "\(checked.out)")
            if command == "reflect" { #expect(paused.out.contains("feedback-taken")) }
        }
    }

    /// It was cancelled once, and the row of that is still there while it is reflected on again.
    @Test func `whose job went to another does not take an old cancellation for a new one`() async throws {
        let data = DataFolder(path: Binary.data.string)
        let gate = Gate()
        try await TestServer.run(gate.script(Self.reply("lost"), next: Self.reply("kept"))) { server in
            let maestro = Stage.maestro(data, server)
            _ = try await maestro.run(try Scenario.submit.command()) { _ in }
            #expect(try await maestro.run("cancel", "last").code == 0)
            let reflected = try await maestro.run(try Scenario.reflect.command()) { _ in
                await gate.untilAsked()
                let database = try DatabaseQueue(path: data.path + "/maestro.sqlite")
                try await database.write { db in
                    try db.execute(
                        sql: """
                            UPDATE jobs SET lease_token = 'other', attempt = attempt + 1, leased_until = 0
                            WHERE state = 'running'
                            """
                    )
                    #expect(db.changesCount == 1)
                }
                try database.close()
                gate.open()
            }
            #expect(reflected.code == 0, "\(reflected.err)")
            #expect(!reflected.err.contains("interrupted") && reflected.out.contains("feedback-kept"))
        }
    }
}
