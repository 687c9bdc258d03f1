// SPDX-License-Identifier: Apache-2.0
import GRDB
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `A local store` {
    @Test(arguments: StoreConformance.all)
    func `keeps the promises of every store`(_ promise: StoreConformance) async throws {
        try await promise.check(LocalBench().bench)
    }

    @Test func `records a recall once, with a row for everything that was told`() async throws {
        let local = LocalBench()
        let store = try await local.open()
        let exposures = try ["one", "two"].enumerated().map { index, name in
            RecallRecord.Exposure(
                path: try local.bench.path(name),
                hash: ContentHash(of: name),
                rank: index + 1,
                inFull: index == 0
            )
        }
        let recall = RecallRecord(
            id: "r1",
            user: local.bench.user,
            scope: local.bench.project,
            time: local.clock.now,
            budgetTokens: 500,
            exposures: exposures
        )
        try await store.record(recall)
        try await store.record(recall)
        let queue = try DatabaseQueue(path: local.data.appending("maestro.sqlite").string)
        let rows = try await queue.read { db in
            try Row.fetchAll(db, sql: "SELECT path, in_full FROM recalls JOIN exposures ON recall = id ORDER BY rank")
                .map { "\($0["path"] as String) \($0["in_full"] as Int)" }
        }
        #expect(rows == [try local.bench.path("one").relative + " 1", try local.bench.path("two").relative + " 0"])
    }

    @Test(arguments: [true, false])
    func `keeps the words of a reply only where it was told to`(storeLlmRaw: Bool) async throws {
        let local = LocalBench()
        let store = try await local.open(storeLlmRaw: storeLlmRaw)
        let claim = try await local.bench.claim("a", in: store)
        let reply = StoredReply(
            reply: ReflectorReply(text: "the model's very words"),
            base: Base(),
            reflector: "scripted",
            digest: DigestSize(bytes: 1, ofBytes: 1)
        )
        try await store.keep(reply, for: claim, costing: local.bench.attempt(for: claim))
        _ = try await store.commit(local.bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
        for file in ["reflections/\(claim.reflection)/manifest.json", "reflections/index.jsonl"] {
            #expect(try local.read(file).contains("the model's very words") == storeLlmRaw)
        }
        #expect(
            try await store.storedReply(for: claim.reflection)?.reply.text
                == (storeLlmRaw ? "the model's very words" : nil)
        )
    }
}
