// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

extension StoreConformance {
    static let reverts: [StoreConformance] = [
        StoreConformance("a revert restores every document, and a revert of it brings the change back") { bench in
            let store = try await bench.open()
            try await bench.reflect("a", [try bench.add("one"), try bench.add("two", ordinal: 2)], in: store)
            bench.clock.advance(seconds: 1)
            let change = try await bench.reflect(
                "b",
                [
                    try bench.update("one", from: "a rule", to: "changed"), try bench.remove("two", ordinal: 2),
                    try bench.add("three", ordinal: 3),
                ],
                in: store
            )
            #expect(try await bench.entries(in: store) == ["one": "changed", "three": "a rule"])
            bench.clock.advance(seconds: 1)
            let back = try await bench.revert([change.reflection.id], as: "back", in: store)
            #expect(back.reflection.kind == .revert)
            #expect(back.reflection.reverts == [change.reflection.id.rawValue])
            #expect(try await bench.entries(in: store) == ["one": "a rule", "two": "a rule"])
            bench.clock.advance(seconds: 1)
            try await bench.revert([back.reflection.id], as: "again", in: store)
            #expect(try await bench.entries(in: store) == ["one": "changed", "three": "a rule"])
            #expect(try await store.metrics(of: nil).count == 2)
        },
        StoreConformance("several reflections are taken back together") { bench in
            let store = try await bench.open()
            let first = try await bench.reflect("a", [try bench.add("one")], in: store)
            let second = try await bench.reflect(
                "b",
                [try bench.update("one", from: "a rule", to: "changed")],
                in: store
            )
            try await bench.revert([second.reflection.id, first.reflection.id], as: "back", in: store)
            #expect(try await bench.entries(in: store).isEmpty)
        },
        StoreConformance("a later change stands in the way of a revert, and nothing is taken back") { bench in
            let store = try await bench.open()
            let first = try await bench.reflect(
                "a",
                [try bench.add("one"), try bench.add("two", ordinal: 2)],
                in: store
            )
            try await bench.reflect("b", [try bench.update("one", from: "a rule", to: "changed")], in: store)
            let blocked = await #expect(throws: RevertBlocked.self) {
                try await bench.revert([first.reflection.id], as: "back", in: store)
            }
            #expect(blocked?.conflicts.map(\.path) == [try bench.path("one")])
            #expect(blocked?.conflicts.first?.diff.lines.contains("-description: a rule") == true)
            #expect(try await bench.entries(in: store) == ["one": "changed", "two": "a rule"])
        },
        StoreConformance("a piece edit counts for the cooldown until it is taken back") { bench in
            let store = try await bench.open()
            let name = try #require(PieceName("fix-issue"))
            let edit = Decision(
                ordinal: 1,
                operation: .pieceEdit,
                name: "fix-issue",
                verdict: .accepted,
                message: "edited",
                writes: [DocumentWrite(path: .piece(name), before: nil, after: "name: fix-issue\n")]
            )
            let receipt = try await bench.reflect("a", [edit], in: store)
            #expect(receipt.reflection.pieceEdited)
            #expect(receipt.reflection.memoryChanges == 0)
            let state = try await store.state(of: bench.user, in: bench.project)
            #expect(state.pieceEdits == ["fix-issue": receipt.reflection.createdAt])
            #expect(state.pieces.ownCopy(named: name)?.text == "name: fix-issue\n")
            let back = try await bench.revert([receipt.reflection.id], as: "back", in: store)
            #expect(back.reflection.pieceEdited)
            let after = try await store.state(of: bench.user, in: bench.project)
            #expect(after.pieceEdits.isEmpty)
            #expect(after.pieces.ownCopy(named: name) == nil)
        },
    ]

    static let history: [StoreConformance] = [
        StoreConformance("reflections are found by prefix, by kind, and as the last one") { bench in
            let store = try await bench.open()
            let first = try await bench.reflect("a", [try bench.add("one")], in: store)
            bench.clock.advance(seconds: 1)
            let second = try await bench.reflect("b", [], in: store)
            let prefix = String(first.reflection.id.rawValue.prefix(9))
            #expect(try await store.reflections(withPrefix: prefix, of: bench.user).map(\.id) == [first.reflection.id])
            #expect(try await store.reflections(withPrefix: "last", of: bench.user).map(\.id) == [second.reflection.id])
            #expect(try await store.reflections(withPrefix: "last", of: UserID("other")).isEmpty)
            let since = HistoryQuery(user: bench.user, since: second.reflection.createdAt)
            #expect(try await store.reflections(since).map(\.id) == [second.reflection.id])
            #expect(try await store.receipt(for: first.reflection.id, of: UserID("other")) == nil)
        },
        StoreConformance("an entry's author is the reflection whose text it still has") { bench in
            let store = try await bench.open()
            let first = try await bench.reflect(
                "a",
                [try bench.add("one"), try bench.add("two", ordinal: 2)],
                in: store
            )
            bench.clock.advance(seconds: 1)
            let second = try await bench.reflect(
                "b",
                [try bench.update("one", from: "a rule", to: "changed")],
                in: store
            )
            #expect(
                try await store.authors(of: bench.user) == [
                    try bench.path("one"): second.reflection.id, try bench.path("two"): first.reflection.id,
                ]
            )
        },
        StoreConformance("confirmations are counted by entry") { bench in
            let store = try await bench.open()
            try await bench.reflect("a", [try bench.add("one")], in: store)
            let confirmation = bench.decision(.confirm, "one")
            try await bench.reflect("b", [confirmation], in: store)
            try await bench.reflect("c", [confirmation], in: store)
            #expect(try await store.confirmations(of: bench.user) == [try bench.path("one").relative: 2])
        },
        StoreConformance("a recall is recorded once, with what was told") { bench in
            let store = try await bench.open()
            let exposure = RecallRecord.Exposure(
                path: try bench.path("one"),
                hash: ContentHash(of: "x"),
                rank: 1,
                inFull: true
            )
            let recall = RecallRecord(
                id: "r1",
                user: bench.user,
                scope: bench.project,
                time: bench.clock.now,
                budgetTokens: 500,
                exposures: [exposure]
            )
            try await store.record(recall)
            try await store.record(recall)
        },
        StoreConformance("users with history are known, and findings hold no problem") { bench in
            let store = try await bench.open()
            try await bench.reflect("a", [try bench.add("one")], in: store)
            #expect(try await store.users() == [bench.user])
            let findings = try await store.diagnose(bench.user)
            #expect(findings.filter { $0.level == .problem }.isEmpty)
            #expect(findings.isEmpty == false)
        },
    ]
}
