// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTranscripts

/// Looks at sessions, the cheap way first, and submits them.
struct SessionDesk {
    /// What a look at all files gave.
    struct Finding {
        var sessions: [FoundSession] = []
        var known = 0
        /// Files that could not be read, with the reason.
        var unreadable: [Failure] = []

        func count(_ state: SessionScan.State) -> Int { sessions.count { $0.state == state } }
    }

    let store: any Store
    let user: UserID
    let source: JobOptions

    /// As much of sessions as is held in memory at once to be submitted together.
    private static let batchBytes = 16_000_000

    func look(at files: [SessionFile], now: Date) async throws -> Finding {
        let scan = SessionScan(jobs: try await store.jobs(JobQuery(user: user, limit: nil)), now: now)
        var finding = Finding()
        for (index, file) in files.enumerated() {
            try Task.checkCancellation()
            if index % 100 == 99 { Terminal.progress("looked at \(index + 1) of \(files.count) sessions") }
            do {
                let found = try await look(at: file, scan)
                if found.state == .known { finding.known += 1 } else { finding.sessions.append(found) }
            } catch let error as CancellationError {
                throw error
            } catch let failure as Failure {
                finding.unreadable.append(failure)
            }
        }
        Terminal.progress("")
        return finding
    }

    private func look(at file: SessionFile, _ scan: SessionScan) async throws -> FoundSession {
        func found(_ state: SessionScan.State, _ head: SessionHead? = nil) -> FoundSession {
            let project = head?.folder.map { ProjectKey.scope(of: $0).text }
            return FoundSession(file: file, session: head?.sessionID ?? file.name, project: project, state: state)
        }
        if scan.state(of: file.name, changedAt: file.changedAt) == .known { return found(.known) }
        let head: SessionHead
        do { head = try SessionHead(of: file) } catch {
            throw Failure.work("`\(file.path)` cannot be read: \((error as NSError).localizedDescription)")
        }
        guard head.mayTeach else { return found(.known, head) }
        // A session that was resumed from another one keeps that one's id in its lines: what is known of that says nothing of
        // this file. Nor does the beginning of a file that names none there.
        let session = head.sessionID ?? file.name
        let mayBeOther = session != file.name || head.sessionID == nil && !head.isWhole
        switch scan.state(of: session, changedAt: file.changedAt) {
        case .inUse: return found(.inUse, head)
        case .known where !mayBeOther: return found(.known, head)
        case .new where !mayBeOther: return found(try head.isWhole && isWordless(file) ? .known : .new, head)
        case .known, .grown, .new:
            return found(scan.isInUse(file.changedAt) ? .inUse : try await state(of: file), head)
        }
    }

    /// As the store will see it when it is submitted.
    private func state(of file: SessionFile) async throws -> SessionScan.State {
        if try isWordless(file) { return .known }
        var state = SessionScan.State.known
        for found in try source.jobs(in: file.path, of: user) {
            switch try await store.previewSubmission(of: found) {
            case .existing: continue
            case .queued: state = .new
            case .grown, .continued: state = .grown
            }
        }
        return state
    }

    private func isWordless(_ file: SessionFile) throws -> Bool {
        try TranscriptFile.isWordless(file.path, as: .claudeCode)
    }

    /// Queues what is new and what went on; a file that cannot be read is said, and does not stop the others.
    func submit(_ sessions: [FoundSession]) async throws -> SubmitTally {
        let desk = SubmitDesk(store: store)
        var tally = SubmitTally()
        var batch: [FinishedJob] = []
        var bytes = 0
        for (index, session) in sessions.enumerated() {
            try Task.checkCancellation()
            Terminal.progress("submitting session \(index + 1) of \(sessions.count)")
            do {
                batch += try source.jobs(in: session.file.path, of: user)
                bytes += session.file.bytes
            } catch let failure as Failure {
                // A long one may hold no word all the same, and shows it only when it is read. Where it cannot be read a second
                // time either, the first error says why.
                let isSilent = (try? isWordless(session.file)) ?? false
                if !isSilent {
                    Terminal.error(failure.message, hint: failure.hint)
                    tally.unreadable += 1
                }
            }
            guard bytes >= Self.batchBytes || index == sessions.count - 1 else { continue }
            try await desk.submit(batch, adding: &tally) { _ in "submitting session \(index + 1) of \(sessions.count)" }
            batch = []
            bytes = 0
        }
        Terminal.progress("")
        return tally
    }
}
