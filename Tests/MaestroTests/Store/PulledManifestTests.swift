// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `The manifest of a pulled folder` {
    private let entry: DocumentPath
    private let piece: DocumentPath
    private let manifest: PulledManifest

    init() throws {
        let key = "github.com/acme/" + String(repeating: "a-long-name", count: 12)
        entry = .entry(.project(key), stem: try #require(EntryName("feedback-tabs")))
        piece = .piece(try #require(PieceName("fix-issue")))
        manifest = PulledManifest(
            user: UserID("Ann ä/1"),
            pulledAt: Date(timeIntervalSince1970: 1_800_000_000.25),
            documents: [
                entry: .init(version: 12, hash: ContentHash(of: "a")),
                .index(.global): .init(version: nil, hash: ContentHash(of: "b")),
            ],
            unfinished: [piece: .init(version: 13, hash: ContentHash(of: "c"))]
        )
    }

    @Test func `is read as it was written, and written the same for the same`() throws {
        let json = try manifest.json()
        #expect(try PulledManifest(json: json) == manifest)
        #expect(try PulledManifest(json: json).json() == json)
        #expect(json.contains("\"version\" : 12") && json.contains(ContentHash(of: "a").hex))
    }

    @Test(arguments: [
        ("", "it is not what `maestro pull` wrote"), ("{}", "it is not what `maestro pull` wrote"),
        ("[1]", "it is not what `maestro pull` wrote"), (#""maestro" : 1"#, #""maestro" : 2"#),
        ("2027-", "so-"),
        ("pieces/fix-issue.yaml", "pieces/../../fix-issue.yaml"),
        ("pieces/fix-issue.yaml", "/etc/fix-issue.yaml"),
        ("pieces/fix-issue.yaml", "pieces//fix-issue.yaml"),
        ("memory/MEMORY.md", "memory/.hidden.md"),
        ("memory/MEMORY.md", "projects/other/memory/MEMORY.md"),
    ])
    func `is refused where it is not ours or names a place that no document has`(old: String, new: String) throws {
        let json = try manifest.json()
        let spoilt = json.contains(old) && !old.isEmpty ? json.replacing(old, with: new) : old
        try #require(spoilt != json)
        let error = try #require(throws: StoreError.self) { try PulledManifest(json: spoilt) }
        #expect(error.sentence.contains("`.maestro/pulled.json` cannot be used"))
        #expect(error.sentence.contains("nothing was changed"))
    }

    /// A pull was cut off somewhere: each file stands as before it or after it, or as a person left it meanwhile.
    @Test(
        arguments: [
            // before, after, here: what counts as pulled
            ("a", "b", "a", "a"), ("a", "b", "b", "b"), ("a", "b", "c", "a"), ("a", "b", nil, "a"),
            (nil, "b", nil, nil), (nil, "b", "b", "b"), (nil, "b", "c", nil),
            ("a", nil, "a", "a"), ("a", nil, nil, nil), ("a", nil, "c", "a"),
            ("a", "a", "a", "a"), ("a", "a", "c", "a"),
        ] as [(String?, String?, String?, String?)]
    )
    func `of a pull that was cut off counts what stands here`(
        before: String?,
        after: String?,
        here: String?,
        pulled: String?
    ) {
        func facts(_ text: String?) -> [DocumentPath: PulledManifest.Fact] {
            text.map { [piece: .init(version: nil, hash: ContentHash(of: $0))] } ?? [:]
        }
        let cutOff = PulledManifest(
            user: .me,
            pulledAt: manifest.pulledAt,
            documents: facts(before),
            unfinished: facts(after)
        )
        let settled = cutOff.settled(beside: here.map { [piece: ContentHash(of: $0)] } ?? [:])
        #expect(settled.documents == facts(pulled))
        #expect(settled.unfinished == nil)
    }
}
