// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTranscripts

/// Looks at sessions, the cheap way first, and submits them.
struct SessionDesk {
    /// What a look at all files gave.
    struct Finding {
        /// What may be submitted, now or later.
        var sessions: [FoundSession] = []
        /// Known ones on which nobody will reflect.
        var over: [FoundSession] = []
        /// How many others there are: nothing is to be done about them.
        private(set) var others: [SessionScan.State: Int] = [:]
        /// Files that could not be read, with the reason.
        var unreadable: [Failure] = []

        func count(_ state: SessionScan.State) -> Int {
            others[state] ?? sessions.count { $0.state == state }
        }

        mutating func add(_ found: FoundSession) {
            switch found.state {
            case .new, .grown, .inUse: sessions.append(found)
            case .known where found.over != nil: over.append(found)
            case .known, .wordless, .foreign: others[found.state, default: 0] += 1
            }
        }
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
                finding.add(try await look(at: file, scan))
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
        func found(_ state: SessionScan.State, _ head: SessionHead? = nil, over: Job.ID? = nil) -> FoundSession {
            let project = head?.folder.map { ProjectKey.scope(of: $0).text }
            let session = head?.sessionID ?? file.name
            return FoundSession(file: file, session: session, project: project, state: state, over: over)
        }
        if scan.state(of: file.name, changedAt: file.changedAt) == .known {
            return found(.known, over: scan.over(file.name))
        }
        let head: SessionHead
        do { head = try SessionHead(of: file) } catch {
            throw Failure.work("`\(file.path)` cannot be read: \((error as NSError).localizedDescription)")
        }
        guard head.mayTeach else { return found(head.mayBeSession ? .wordless : .foreign, head) }
        // A session that was resumed from another one keeps that one's id in its lines: what is known of that says nothing of
        // this file. Nor does the beginning of a file that names none there.
        let session = head.sessionID ?? file.name
        let mayBeOther = session != file.name || head.sessionID == nil && !head.isWhole
        switch scan.state(of: session, changedAt: file.changedAt) {
        case .inUse: return found(.inUse, head)
        case .known where !mayBeOther: return found(.known, head, over: scan.over(session))
        case .new where !mayBeOther: return found(try head.isWhole && isWordless(file) ? .wordless : .new, head)
        case .known, .grown, .new, .wordless, .foreign:
            if scan.isInUse(file.changedAt) { return found(.inUse, head) }
            let (state, over) = try await state(of: file)
            return found(state, head, over: over)
        }
    }

    /// As the store will see it when it is submitted.
    private func state(of file: SessionFile) async throws -> (SessionScan.State, over: Job.ID?) {
        if try isWordless(file) { return (.wordless, nil) }
        var state = SessionScan.State.known
        var over: Job.ID?
        for found in try source.jobs(in: file.path, of: user) {
            switch try await store.previewSubmission(of: found) {
            case .existing(let id, let state): if state.isOver { over = id }
            case .queued: state = .new
            case .grown, .continued: state = .grown
            }
        }
        return (state, over)
    }

    private func isWordless(_ file: SessionFile) throws -> Bool {
        try TranscriptFile.isWordless(file.path, as: .claudeCode)
    }

    /// Queues what is new and what went on; a file that cannot be read is said, and does not stop the others.
    func submit(_ sessions: [FoundSession]) async throws -> SubmitTally {
        let desk = SubmitDesk(store: store, source: source)
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
