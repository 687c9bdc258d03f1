// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import Testing

@Suite(.temporaryFolder, .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct `Real jobs, offline` {
    private func reflect(on path: String) async throws -> [[String: Any]] {
        let file = SharedData.folder.appending(path: path).path
        let finished = try await Binary().run("reflect", file, "--reflector", "offline", "--json")
        try #require(finished.code == 0, "\(finished.err)")
        return try finished.objects()
    }

    private static func decisions(_ object: [String: Any]) -> [[String: Any]] {
        object["decisions"] as? [[String: Any]] ?? []
    }

    private static func lines(_ decision: [String: Any]) -> [Int] {
        (decision["evidence"] as? [[String: Any]] ?? []).compactMap { $0["line"] as? Int }
    }

    @Test func `keep one refusal waiting with the person's words, and apply nothing`() async throws {
        let objects = try await reflect(on: "claude-code/7e-d4051c8a85-0.jsonl")
        let decisions = objects.flatMap(Self.decisions)

        #expect(decisions.map { $0["verdict"] as? String } == ["waiting"])
        #expect(decisions.flatMap(Self.lines) == [35])
        #expect(try Binary.documents() == [:])
    }

    @Test func `propose at most the recovered pair`() async throws {
        let decisions = try await reflect(on: "claude-code/28-a8bc758709-0.jsonl").flatMap(Self.decisions)

        #expect(decisions.count <= 1)
        #expect(
            decisions.allSatisfy {
                $0["verdict"] as? String == "waiting" && Set(Self.lines($0)).isSubset(of: [33, 41])
            }
        )
        #expect(try Binary.documents() == [:])
    }

    @Test(arguments: ["30-e81e82f6ba-0", "60-1ac0eb4d69-0", "ca-fca7ea73ac-0"])
    func `say nothing where nobody directed anything`(name: String) async throws {
        let objects = try await reflect(on: "claude-code/\(name).jsonl")

        #expect(objects.map { $0["outcome"] as? String } == ["abstained"])
        #expect(objects.allSatisfy { $0["jobOutcome"] as? String != "aborted" })
        #expect(try Binary.documents() == [:])
    }

    @Test func `of customers teach nothing, and no answer is stored`() async throws {
        let path = "tau-airline/gpt-4o-airline-trials-0-1.json"
        let objects = try await reflect(on: path)

        #expect(objects.count == 100)
        #expect(Set(objects.map { $0["job"] as? String ?? "" }).count == 100)
        #expect(objects.allSatisfy { ($0["job"] as? String)?.hasPrefix("tau-") == true })
        #expect(objects.flatMap(Self.decisions).isEmpty)
        #expect(try Binary.documents() == [:])
        let totals = try await Binary().run("stats", "--json").object()
        #expect((totals["total"] as? [String: Any])?["jobs"] as? Int == 100)
    }

    @Test func `of formats that are not read yet are refused by name`() async throws {
        for (path, name) in [
            ("swe-agent/pydicom-1458.traj", "SWE-agent"), ("otlp/trace.json", "OpenTelemetry"),
            ("gemini-cli/9c-53780d06b7-0.json", "Gemini CLI"), ("openhands/basic.json", "OpenHands"),
        ] {
            let finished = try await Binary().run("reflect", SharedData.folder.appending(path: path).path)
            #expect(finished.code == 1)
            #expect(finished.err.contains(name))
        }
    }
}
