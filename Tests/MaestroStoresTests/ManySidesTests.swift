// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `A job from many sides` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    @Test func `submitted a hundred times at once, through several stores, is queued once`() async throws {
        let stores = [try await local.open(), try await local.open(), try await local.open(), try await local.open()]
        let (job, activity) = (bench.job("a"), bench.activity)
        let answers = try await withThrowingTaskGroup(of: Submission.self) { group in
            for number in 0..<100 {
                group.addTask { try await stores[number % stores.count].submit(job, activity) }
            }
            return try await group.reduce(into: [Submission]()) { $0.append($1) }
        }
        #expect(answers.count { $0 == .queued(job.id) } == 1)
        #expect(answers.count { $0 == .existing(job.id, .queued) } == 99)
        #expect(try await stores[0].jobs(JobQuery(user: bench.user, limit: .max)).count == 1)
        let claims = try await withThrowingTaskGroup(of: [Claim].self) { group in
            for store in stores { group.addTask { try await store.claim(upTo: 10) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claims.map(\.job.id) == [job.id])
    }

    @Test func `whose user's folder goes between claim and commit is committed into a new one`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        let claim = try await bench.claim("b", in: store)
        try FileManager.default.removeItem(atPath: local.file("").string)
        let decisions = [try bench.add("two")]
        let receipt = try await store.commit(bench.request(claim)) { _ in
            Judgement(reasoning: "", decisions: decisions)
        }
        #expect(receipt.reflection.outcome == .applied)
        #expect(try await bench.entries(in: store) == ["two": "a rule"])
    }
}
