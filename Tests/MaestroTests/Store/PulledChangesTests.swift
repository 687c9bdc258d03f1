// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `What a pull does` {
    private let one: DocumentPath
    private let two: DocumentPath
    private let index = DocumentPath.index(.global)

    init() throws {
        one = .entry(.global, stem: try #require(EntryName("one")))
        two = .entry(.global, stem: try #require(EntryName("two")))
    }

    private func stored(_ texts: [DocumentPath: String], version: Int? = 7) -> [StoredDocument] {
        texts.map { StoredDocument(document: Document(path: $0, text: $1), version: version) }
    }

    private func facts(_ texts: [DocumentPath: String]) -> [DocumentPath: PulledManifest.Fact] {
        texts.mapValues { PulledManifest.Fact(version: 1, hash: ContentHash(of: $0)) }
    }

    private func here(_ texts: [DocumentPath: String]) -> [DocumentPath: FolderText] { texts.mapValues { .text($0) } }

    @Test func `into an empty folder writes everything, the index last`() {
        let texts = [one: "1", two: "2", index: "i"]
        let changes = PulledChanges(of: stored(texts), here: [:], pulled: [:])
        #expect(changes.writes.map(\.path) == [one, two, index])
        #expect(changes.writes.allSatisfy { $0.before == nil && $0.after == texts[$0.path] })
        #expect(changes.facts == texts.mapValues { .init(version: 7, hash: ContentHash(of: $0)) })
        #expect(changes.unsent.isEmpty && changes.unreadable.isEmpty)
    }

    @Test func `a second time is nothing`() {
        let texts = [one: "1", index: "i"]
        let changes = PulledChanges(of: stored(texts, version: 1), here: here(texts), pulled: facts(texts))
        #expect(changes.writes.isEmpty)
        #expect(changes.facts == facts(texts))
    }

    @Test func `removes what the store lost and nobody edited`() {
        let changes = PulledChanges(of: [], here: here([one: "1"]), pulled: facts([one: "1"]))
        #expect(changes.writes == [DocumentWrite(path: one, before: "1", after: nil)])
        #expect(changes.facts.isEmpty)
    }

    @Test func `tells edits apart, and says which are in the way`() {
        let changes = PulledChanges(
            of: stored([one: "1", two: "there"]),
            here: here([one: "edited", two: "here"]),
            pulled: facts([one: "1", two: "2"])
        )
        #expect(changes.unsent.map(\.path) == [one, two])
        #expect(changes.unsent.map(\.isInTheWay) == [false, true])
        #expect(changes.unsent[0].sentence == "`memory/one.md` was edited here")
        #expect(changes.unsent[1].sentence == "`memory/two.md` was edited here, and the store has another text")
        #expect(changes.writes == [DocumentWrite(path: two, before: "here", after: "there")])
    }

    @Test func `reads no link, and says so only where a document belongs`() {
        let link = FolderText.unreadable("it is a symbolic link")
        let changes = PulledChanges(of: stored([one: "1"]), here: [one: link, two: link], pulled: [:])
        #expect(changes.unreadable.map(\.path) == [one])
        #expect(changes.writes.isEmpty)
    }

    @Test func `leaves alone what cannot be read in the store`() {
        let broken = StoredDocument(document: Document(path: one, text: ""), version: nil, problem: "it is a pipe")
        let changes = PulledChanges(of: [broken], here: here([one: "1"]), pulled: facts([one: "1"]))
        #expect(changes.writes.isEmpty)
        #expect(changes.facts == facts([one: "1"]))
    }

    @Test func `keeps a person's lines in an index and takes our part from the store`() {
        let (old, new) = (
            "\(MemoryIndex.begin)\n- old\n\(MemoryIndex.end)\n", "\(MemoryIndex.begin)\n- new\n\(MemoryIndex.end)\n"
        )
        func after(_ here: String, store: String?) -> String?? {
            let changes = PulledChanges(
                of: store.map { stored([index: $0]) } ?? [],
                here: self.here([index: here]),
                pulled: facts([index: old])
            )
            #expect(changes.unsent.isEmpty)
            return changes.writes.first?.after
        }
        #expect(after(old, store: new) == new)
        #expect(after(old, store: "# Theirs\n" + new) == "# Theirs\n" + new)
        #expect(after("# Mine\n\n\(old)tail\n", store: new) == "# Mine\n\n\(new)tail\n")
        #expect(after("# Mine\n\n\(new)tail\n", store: new) == .none)
        #expect(after("# Mine\n", store: new) == "# Mine\n\n\(new)")
        #expect(after("# Mine\n\n\(old)", store: nil) == "# Mine\n\n")
        #expect(after("\n\(old)", store: nil) == .some(nil))
    }
}
