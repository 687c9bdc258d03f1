// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

extension StoreConformance {
    static let documents: [StoreConformance] = [
        StoreConformance("all documents of a user are read in the order of their paths, and nobody else's") { bench in
            let store = try await bench.open()
            #expect(try await store.documents(of: bench.user).isEmpty)
            // The name of this project's folder does not tell its key.
            let long = Scope.project("github.com/acme/" + String(repeating: "a-long-name-", count: 12))
            let piece = DocumentPath.piece(try #require(PieceName("mine")))
            let texts: [DocumentPath: String] = [
                try bench.path("one"): bench.text("one", "a rule"),
                try bench.path("two", in: .global): bench.text("two", "global"),
                try bench.path("broken"): "no front matter, kept as it is\r\n",
                try bench.path("three", in: long): bench.text("three", "Gro\u{0308}\u{00DF}e"),
                piece: "name: mine\n",
            ]
            for (path, text) in texts {
                let scope = path.scope ?? .global
                try await bench.write([DocumentWrite(path: path, before: nil, after: text)], in: scope, store)
            }
            let other = DocumentWrite(path: try bench.path("other"), before: nil, after: bench.text("other", "x"))
            try await bench.write([other], in: bench.project, of: UserID("somebody"), store)

            for store in [store, try await bench.open()] {
                let documents = try await store.documents(of: bench.user)
                let indexes = [Scope.global, bench.project, long].map { DocumentPath.index($0) }
                #expect(documents.map(\.path.relative) == (texts.keys + indexes).map(\.relative).sorted())
                for document in documents where !indexes.contains(document.path) {
                    #expect(document.hash == texts[document.path].map { ContentHash(of: $0) })
                    #expect(document.hash == ContentHash(of: document.text))
                    #expect(document.problem == nil)
                }
            }
        },
        StoreConformance("a document's version grows with it, and stays where nothing changed") { bench in
            let store = try await bench.open()
            let (one, two) = (try bench.path("one"), try bench.path("two"))
            try await bench.reflect("a", [try bench.add("one"), try bench.add("two", ordinal: 2)], in: store)
            let before = try await bench.stored(in: store)
            bench.clock.advance(seconds: 1)
            try await bench.reflect("b", [try bench.update("one", from: "a rule", to: "changed")], in: store)
            let after = try await bench.stored(in: store)
            #expect(after[two] == before[two])
            #expect(after[one]?.hash != before[one]?.hash)
            // A store of files numbers none, and then none at all.
            #expect((before[one]?.version == nil) == (after[one]?.version == nil))
            if let old = before[one]?.version, let new = after[one]?.version { #expect(new > old) }
            bench.clock.advance(seconds: 1)
            try await bench.reflect("c", [try bench.remove("two")], in: store)
            #expect(try await bench.stored(in: store)[two] == nil)
            bench.clock.advance(seconds: 1)
            try await bench.reflect("d", [try bench.add("two")], in: store)
            let again = try await bench.stored(in: store)
            #expect(again[two]?.hash == before[two]?.hash)
            if let old = before[two]?.version, let new = again[two]?.version { #expect(new > old) }
        },
        StoreConformance("edits of whole documents are one commit of a person, all or none, and taken back as one") {
            bench in
            let store = try await bench.open()
            try await bench.reflect("a", [try bench.add("one"), try bench.add("two", ordinal: 2)], in: store)
            let before = try await bench.stored(in: store)
            let edits = [
                DocumentEdits.Edit(path: try bench.path("one"), text: bench.text("one", "edited")),
                DocumentEdits.Edit(path: try bench.path("two"), text: nil),
                DocumentEdits.Edit(path: try bench.path("three"), text: bench.text("three", "new")),
            ]
            bench.clock.advance(seconds: 1)
            let refused = DocumentEdits(edits + [.init(path: try bench.path("four"), text: "no front matter")])
            await #expect(throws: BenchFailure.self) { try await bench.commit(refused, as: "p1", in: store) }
            #expect(try await bench.stored(in: store) == before)
            let receipt = try await bench.commit(DocumentEdits(edits), as: "p2", in: store)
            #expect(receipt.reflection.kind == .person)
            #expect(try await bench.entries(in: store) == ["one": "edited", "three": "new"])
            let index = try #require(try await bench.stored(in: store)[.index(bench.project)])
            #expect(index.text.contains("three.md") && !index.text.contains("two.md"))
            bench.clock.advance(seconds: 1)
            try await bench.revert([receipt.reflection.id], as: "back", in: store)
            #expect(try await bench.entries(in: store) == ["one": "a rule", "two": "a rule"])
        },
    ]
}

extension StoreBench {
    fileprivate func stored(in store: any Store) async throws -> [DocumentPath: StoredDocument] {
        Dictionary(uniqueKeysWithValues: try await store.documents(of: user).map { ($0.path, $0) })
    }

    /// Puts documents where they belong, whatever they hold.
    fileprivate func write(
        _ writes: [DocumentWrite],
        in scope: Scope,
        of user: UserID? = nil,
        _ store: any Store
    ) async throws {
        var decision = decision(.add, "any", writes: writes)
        decision.scope = scope
        let request = CommitRequest(
            reflection: Reflection.ID("write-\(writes.map(\.path.name).joined())"),
            kind: .person,
            user: user ?? self.user,
            scope: scope,
            report: report
        )
        _ = try await store.commit(request) { [decision] _ in Judgement(reasoning: "", decisions: [decision]) }
    }

    fileprivate func commit(_ edits: DocumentEdits, as id: String, in store: any Store) async throws -> Receipt {
        let request = CommitRequest(
            reflection: Reflection.ID(id),
            kind: .person,
            user: user,
            scope: project,
            report: report
        )
        return try await store.commit(request) { now in
            let judgement = edits.judgement(on: now)
            guard judgement.decisions.allSatisfy({ $0.verdict == .accepted }) else { throw BenchFailure("refused") }
            return judgement
        }
    }
}
