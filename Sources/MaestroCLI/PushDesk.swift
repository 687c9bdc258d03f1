// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores

/// Sends the edits of a pulled folder, one commit a group, and tells what came of each.
struct PushDesk {
    let composition: Composition
    let argument: FolderArgument
    let folder: PulledFolder
    let manifest: PulledManifest

    static func open(_ argument: FolderArgument, _ options: GlobalOptions) async throws -> PushDesk {
        do {
            let folder = try await PulledFolder.open(argument.path)
            guard let manifest = try await folder.manifest() else {
                throw Failure.work("`\(argument.text)` lost its manifest meanwhile; nothing was changed")
            }
            let user = try PulledUser(manifest, named: options, folder: argument)
            return PushDesk(
                composition: try await Composition.open(options).speaking(of: user.id),
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

    /// What came of one group.
    struct Sent {
        let group: PushedGroup
        /// Nil where the store had all of it already, or nothing was sent.
        var receipt: Receipt?
        /// What was, or would be, decided.
        var decisions: [Decision] = []
        /// Why nothing of it was sent.
        var blocked: PushBlocked?

        /// Edited in the embedded store in the instant of the commit: theirs stayed.
        var superseded: [DocumentPath] { receipt?.superseded ?? [] }
    }

    /// What came of a push.
    struct Outcome {
        let user: UserID
        let folder: FolderArgument
        let isDryRun: Bool
        var groups: [Sent] = []
        /// Files that look like documents and are none.
        var strays: [String] = []
        /// Places where a person's lines stand in an index.
        var ownLines: [String] = []
        /// Documents that were not edited here and changed in the store.
        var behind = 0
        /// What ended the push before its last group.
        var error: (any Error)?

        /// All of which the store has everything now.
        var sent: [Sent] { groups.filter { $0.blocked == nil } }
    }

    func push(isDryRun: Bool) async throws -> Outcome {
        let contents = try await folder.contents(knowing: manifest.scopes)
        let settled = manifest.settled(beside: contents.hashes)
        let stored = try await composition.store.documents(of: composition.user)
        try await requireKnownUser(beside: stored)
        var outcome = Outcome(user: manifest.user, folder: argument, isDryRun: isDryRun)
        outcome.strays = contents.strays
        outcome.ownLines = ownLines(in: contents, settled)
        outcome.behind = behind(stored, settled, contents)
        for group in PushedGroup.all(in: contents.documents, pulled: settled.documents) {
            do {
                try Task.checkCancellation()
                outcome.groups.append(try await isDryRun ? preview(group) : send(group))
            } catch {
                // What was sent before is sent, and told.
                outcome.error = error
                break
            }
        }
        if !isDryRun { await note(&outcome, in: settled) }
        return outcome
    }

    private func preview(_ group: PushedGroup) async throws -> Sent {
        let now = try await composition.store.state(of: composition.user, in: group.place.scope)
        do {
            let judgement = try group.judgement(on: now, policy: policy)
            return Sent(group: group, decisions: judgement?.decisions ?? [])
        } catch {
            return Sent(group: group, blocked: error)
        }
    }

    private func send(_ group: PushedGroup) async throws -> Sent {
        let request = CommitRequest(
            reflection: composition.makeReflectionID(),
            kind: .person,
            user: composition.user,
            scope: group.place.scope,
            report: Report(reflector: "person", startedAt: Date())
        )
        do {
            let receipt = try await composition.store.commit(request) { now in
                guard let judgement = try group.judgement(on: now, policy: policy) else { throw NothingToSend() }
                return judgement
            }
            return Sent(group: group, receipt: receipt, decisions: receipt.decisions)
        } catch let blocked as PushBlocked {
            return Sent(group: group, blocked: blocked)
        } catch is NothingToSend {
            return Sent(group: group)
        }
    }

    /// The store has all of it: no commit is made, and no row.
    private struct NothingToSend: Error {}

    private var policy: JudgePolicy { JudgePolicy(settings: composition.settings.reflection) }

    /// What was sent counts as pulled from now on.
    ///
    /// Where that cannot be written down, the next push finds that the store has it already.
    private func note(_ outcome: inout Outcome, in settled: PulledManifest) async {
        do {
            let new = outcome.sent.isEmpty ? settled : try await noting(outcome.sent, in: settled)
            guard new != manifest else { return }
            try await folder.clear(after: manifest)
            try await folder.write(new)
        } catch {
            outcome.error = outcome.error ?? error
        }
    }

    private func noting(_ sent: [Sent], in settled: PulledManifest) async throws -> PulledManifest {
        let stored = try await composition.store.documents(of: composition.user)
        let byPath = Dictionary(stored.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
        var new = settled
        for sent in sent {
            for item in sent.group.items where !sent.superseded.contains(item.path) {
                new.documents[item.path] = item.fact(beside: byPath[item.path])
            }
        }
        return new
    }

    private func requireKnownUser(beside stored: [StoredDocument]) async throws {
        guard stored.isEmpty, !manifest.documents.isEmpty,
            try await !composition.store.users().contains(composition.user)
        else { return }
        throw PulledUser.unknown(manifest, argument)
    }

    private func ownLines(in contents: PulledFolder.Contents, _ settled: PulledManifest) -> [String] {
        contents.hashes.compactMap { path, hash in
            guard case .index = path, hash != settled.documents[path]?.hash else { return nil }
            return path.relative
        }.sorted()
    }

    private func behind(
        _ stored: [StoredDocument],
        _ settled: PulledManifest,
        _ contents: PulledFolder.Contents
    ) -> Int {
        let hashes = contents.hashes
        let now = Dictionary(stored.map { ($0.path, $0.hash) }, uniquingKeysWith: { $1 })
        return Set(now.keys).union(settled.documents.keys).count { path in
            if case .index = path { return false }
            let pulled = settled.documents[path]?.hash
            return now[path] != pulled && hashes[path] == pulled
        }
    }
}

extension PushedGroup.Item {
    /// As it is pulled after it was sent.
    fileprivate func fact(beside stored: StoredDocument?) -> PulledManifest.Fact? {
        guard let text = here?.text else { return nil }
        let hash = ContentHash(of: text)
        // Someone may have changed it again in the store: then its version is not that of our text.
        return PulledManifest.Fact(version: stored?.hash == hash ? stored?.version : nil, hash: hash)
    }
}
