// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import struct SystemPackage.FilePath

/// Brings a folder up to what the store has, and tells what that was.
struct PullDesk {
    let composition: Composition
    let argument: FolderArgument
    let folder: PulledFolder
    /// Nil: nothing was ever pulled into the folder.
    let manifest: PulledManifest?

    /// Opens the store first: where it cannot be reached no folder is made.
    static func open(_ argument: FolderArgument, _ options: GlobalOptions) async throws -> PullDesk {
        let composition = try await Composition.openToRead(options)
        do {
            let users = composition.data.appending("users").lexicallyNormalized()
            guard !argument.path.starts(with: users) else {
                throw Failure.use(
                    "`\(argument.text)` lies in `\(users)`, where the embedded store keeps its own files",
                    hint: "name another folder to pull into"
                )
            }
            let folder = try await PulledFolder.making(argument.path)
            let manifest = try await folder.manifest()
            let user = try PulledUser(manifest, named: options, folder: argument)
            return PullDesk(
                composition: composition.speaking(of: user.id),
                argument: argument,
                folder: folder,
                manifest: manifest
            )
        } catch let refusal as PulledFolderRefusal {
            throw Failure.use(refusal.sentence, hint: refusal.hint)
        } catch {
            throw Failure(error)
        }
    }

    /// What came of a pull.
    struct Outcome {
        let manifest: PulledManifest
        let folder: String
        let changes: PulledChanges
        var written: [String] = []
        var removed: [String] = []
        /// What stood in the way, and where it is kept.
        var setAside: [(path: String, kept: String)] = []
        /// Edited in the instant in which they were to be written.
        var superseded: [String] = []
        /// What the store has and cannot read.
        var missing: [StoredDocument] = []
        /// False where the store never saw the user: perhaps the name is not what was meant.
        var isUserKnown = true

        fileprivate mutating func note(_ writes: [DocumentWrite], without superseded: Set<DocumentPath>) {
            let done = writes.filter { !superseded.contains($0.path) }
            written = done.filter { $0.after != nil }.map(\.path.relative)
            removed = done.filter { $0.after == nil }.map(\.path.relative)
            self.superseded = superseded.map(\.relative).sorted()
        }
    }

    func pull(settingAside: Bool) async throws -> Outcome {
        let stored = try await composition.store.documents(of: composition.user)
        let isKnown = try await isKnownUser(beside: stored)
        let contents = try await folder.contents(
            knowing: Set(stored.compactMap(\.path.scope)).union(manifest?.scopes ?? [])
        )
        let settled = manifest?.settled(beside: contents.hashes)
        let changes = PulledChanges(of: stored, here: contents.documents, pulled: settled?.documents ?? [:])
        try refuse(changes, settingAside)
        if let manifest { try await folder.clear(after: manifest) }
        let new = PulledManifest(user: composition.user, pulledAt: Date(), documents: changes.facts)
        var outcome = Outcome(manifest: new, folder: argument.path.string, changes: changes)
        outcome.isUserKnown = isKnown
        outcome.missing = stored.filter { $0.problem != nil }
        try await write(new, over: settled, &outcome)
        return outcome
    }

    private func write(_ new: PulledManifest, over settled: PulledManifest?, _ outcome: inout Outcome) async throws {
        let isCurrent = settled?.documents == new.documents && manifest?.unfinished == nil
        guard !isCurrent || !outcome.changes.writes.isEmpty else { return }
        var begun = settled ?? PulledManifest(user: new.user, pulledAt: new.pulledAt)
        begun.unfinished = new.documents
        // From here on a crash at any moment leaves a folder that the next pull or push understands.
        try await folder.write(begun)
        for unsent in outcome.changes.unsent where unsent.isInTheWay {
            guard let text = unsent.here else { continue }
            outcome.setAside.append((unsent.path.relative, try await folder.setAside(text, of: unsent.path)))
        }
        let superseded = try await folder.apply(outcome.changes.writes)
        outcome.note(outcome.changes.writes, without: superseded)
        var finished = new
        for path in superseded { finished.documents[path] = settled?.documents[path] }
        try await folder.write(finished)
    }

    /// - Throws: ``Failure`` where the folder has documents of a user whom the store never saw: it is another store.
    private func isKnownUser(beside stored: [StoredDocument]) async throws -> Bool {
        guard stored.isEmpty, try await !composition.store.users().contains(composition.user) else { return true }
        if let manifest, !manifest.documents.isEmpty { throw PulledUser.unknown(manifest, argument) }
        return false
    }

    private func refuse(_ changes: PulledChanges, _ settingAside: Bool) throws {
        if !changes.unreadable.isEmpty {
            for place in changes.unreadable { Terminal.note("`\(place.path.relative)`: \(place.problem)") }
            throw Failure.work(
                "something in `\(argument.text)` is in the way of documents; nothing was changed",
                hint: "move away what is named above"
            )
        }
        guard !changes.unsent.isEmpty, !settingAside else { return }
        for unsent in changes.unsent { Terminal.note(unsent.sentence) }
        throw Failure.work(
            "`\(argument.text)` holds edits that were not sent; nothing was changed",
            hint:
                "`maestro push \(argument.word)` sends them; `maestro pull --set-aside \(argument.word)` keeps what is in "
                + "the way in .maestro/kept"
        )
    }
}
