// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import SystemPackage
import Testing

@Suite(.temporaryFolder) struct `What happened` {
    private let maestro = Binary()

    private func applied() async throws -> (id: String, entry: String) {
        let object = try await maestro.reflectOnExample()
        let decisions = try #require(object["decisions"] as? [[String: Any]])
        let paths = try #require(decisions[0]["paths"] as? [String])
        return (try #require(object["reflection"] as? String), try #require(paths.first))
    }

    private func write(_ text: String, to document: String) throws {
        try Data(text.utf8).write(to: URL(filePath: Binary.data.appending("users/me").appending(document).string))
    }

    @Test func `is listed, shown and compared by id, by prefix and as last`() async throws {
        let (id, entry) = try await applied()
        let log = try await maestro.run("log")

        #expect(log.lines.count == 1)
        #expect(log.lines.first?.hasPrefix(id.prefix(8)) == true)
        for name in [id, String(id.prefix(8)), String(id.prefix(5)), "last"] {
            let shown = try await maestro.run("show", name)
            #expect(shown.code == 0)
            #expect(shown.out.contains("id        \(id)"))
            let diff = try await maestro.run("diff", name)
            #expect(diff.out.hasPrefix("--- /dev/null\n+++ b/\(entry)\n@@ "), "\(diff.out)")
        }
        #expect(try await maestro.run("show", "--json").object()["reflection"] as? String == id)
        #expect(try await maestro.run("diff", "last-1", "--json").object()["path"] as? String == entry)
    }

    @Test func `is limited by time and number`() async throws {
        _ = try await maestro.run("remember", "Never edit generated files")
        _ = try await maestro.run("remember", "Write dates as ISO 8601")

        #expect(try await maestro.run("log", "--json").objects().count == 2)
        #expect(try await maestro.run("log", "--json", "--limit", "1").objects().count == 1)
        #expect(try await maestro.run("log", "--json", "--since", "1h").objects().count == 2)
        #expect(try await maestro.run("log", "--json", "--since", "0m").objects().count == 0)
    }

    @Test func `as JSON has the decisions of every reflection`() async throws {
        _ = try await applied()
        let listed = try await maestro.run("log", "--json").object()

        #expect((listed["decisions"] as? [[String: Any]])?.map { $0["verdict"] as? String } == ["accepted", "waiting"])
        #expect(try await maestro.run("log", "--since", "0m").out == "Nothing since then\n")
    }

    @Test func `is taken back and brought back`() async throws {
        let (_, entry) = try await applied()
        let before = try Binary.documents()
        let revert = try await maestro.run("revert", "last")

        #expect(revert.code == 0)
        #expect(revert.out.contains("removed \(entry)"))
        #expect(try Binary.documents() == [:])
        let again = try await maestro.run("revert", "last", "--json")
        #expect(try again.object()["kind"] as? String == "revert")
        #expect(try Binary.documents() == before)
    }

    @Test func `is not taken back where a person edited since`() async throws {
        let (id, entry) = try await applied()
        let live = try #require(try Binary.documents()[entry]) + "\nMy own line.\n"
        try write(live, to: entry)
        let finished = try await maestro.run("revert", id)

        #expect(finished.code == 1)
        #expect(finished.out == "")
        #expect(finished.err.contains("+My own line."))
        #expect(finished.err.contains("nothing was changed"))
        #expect(try Binary.documents()[entry] == live)
    }

    @Test func `is taken back by time, back to what stood there`() async throws {
        _ = try await maestro.run("remember", "Never edit generated files", "--project", "global")
        let name = try #require(try Binary.documents().keys.first { !$0.hasSuffix("MEMORY.md") })
        _ = try await maestro.run("revert", "last")
        _ = try await maestro.run("revert", "last")
        try #require(try Binary.documents()[name] != nil)
        let finished = try await maestro.run("revert", "--since", "1h")

        #expect(finished.code == 0, "\(finished.err)")
        #expect(try Binary.documents() == [:])
        #expect(try await maestro.run("revert", "--since", "0m").out == "Nothing was changed since then\n")
    }

    @Test func `says so where there is nothing to take back`() async throws {
        _ = try await maestro.run("reflect", "-", input: Binary.chat(saying: "Which file was it?"))
        let finished = try await maestro.run("revert", "last")

        #expect(finished.code == 2)
        #expect(finished.err.contains("no file was changed"))
    }

    @Test func `is summed up by maestro alone`() async throws {
        let fresh = try await maestro.run()
        #expect(fresh.code == 0, "\(fresh.err)")
        #expect(fresh.out.contains("Since yesterday: nothing"))
        #expect(fresh.out.contains("Next: maestro reflect FILE"))

        _ = try await applied()
        let later = try await maestro.run()
        #expect(later.lines.count <= 8)
        #expect(later.out.contains("Since yesterday: 1 applied"))
        #expect(later.out.contains("Waiting for you: 1"))
        #expect(later.out.contains("Queue: 1 done; no worker runs"))
        #expect(later.out.contains("Next: maestro review --list"))
        #expect(try await maestro.run("--json").object()["waiting"] as? Int == 1)
    }
}
