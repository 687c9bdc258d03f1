// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import struct SystemPackage.FilePath

/// Reflects on jobs one after the other and tells what came of each.
struct ReflectDesk {
    let composition: Composition
    /// What the caller said of the jobs.
    let source: JobOptions
    let reflector: any Reflector
    let printsJSON: Bool
    let isDryRun: Bool
    let showsExample: Bool

    private var store: any Store { composition.store }

    /// - Throws: ``Failure`` at the end where at least one reflection failed; the others are done all the same.
    func reflect(on jobs: [FinishedJob]) async throws {
        var outcomes: [Reflection.Outcome: Int] = [:]
        var failure: Failure?
        for (index, found) in jobs.enumerated() {
            try checkCancellation(before: found.job)
            Terminal.progress(
                jobs.count > 1 ? "\(index + 1) of \(jobs.count): \(found.job.id)" : "reflecting on \(found.job.id)"
            )
            do {
                let receipt = try await isDryRun ? preview(found) : receipt(for: found)
                Terminal.progress("")
                outcomes[receipt.reflection.outcome, default: 0] += 1
                try await tell(receipt, of: found, isOnly: jobs.count == 1)
                if receipt.reflection.outcome == .failed, !receipt.wasDoneBefore || jobs.count == 1 {
                    failure = Failure.work(
                        "the reflection on job `\(found.job.id)` failed: \(receipt.reflection.error ?? "")",
                        hint: "the memory is unchanged; "
                            + (receipt.reflection.notes.last ?? "run the same command again to retry")
                    )
                }
                if receipt.reflection.outcome == .cancelled { throw CancellationError() }
            } catch is CancellationError {
                Terminal.progress("")
                throw Failure.work(
                    "interrupted while reflecting on job `\(found.job.id)`",
                    hint: "nothing of it was changed; run the same command again to do it"
                )
            }
        }
        if jobs.count > 1, !printsJSON { Terminal.result(Self.summary(outcomes, of: jobs.count)) }
        if let failure { throw failure }
    }

    private func checkCancellation(before job: Job) throws {
        guard Task.isCancelled else { return }
        throw Failure.work(
            "interrupted before job `\(job.id)`",
            hint: "what was told above is done; run the same command for the rest"
        )
    }

    private static func summary(_ outcomes: [Reflection.Outcome: Int], of count: Int) -> String {
        let parts = Reflection.Outcome.allCases.compactMap { outcome in
            outcomes[outcome].map { "\($0) \(outcome.rawValue)" }
        }
        return "\(count) jobs: \(parts.joined(separator: ", "))"
    }

    // MARK: - One job

    private func receipt(for found: FinishedJob) async throws -> Receipt {
        do {
            let submission = try await store.submit(found)
            try await remark(on: submission, found)
            var hasSaid = false
            while true {
                switch try await store.claim(submission.job, of: found.job.user) {
                case .claimed(let claim):
                    let outcome = await composition.jobRun(reflector).run(claim)
                    if case .ended(let receipt) = outcome.ending { return receipt }
                    // Lost to another process, which will have its receipt soon; anything else is the store's trouble.
                    if let error = outcome.error, error as? StoreError != .leaseLost { throw error }
                    // Or to a person, and to claim it again would bring it back.
                    if try await isCancelled(claim.job),
                        let receipt = try await store.receipt(for: claim.reflection, of: found.job.user)
                    {
                        return receipt
                    }
                case .finished(var receipt):
                    receipt.wasDoneBefore = true
                    // The process that committed may have died before the files: this reads them, after finishing them.
                    _ = try await store.state(of: found.job.user, in: found.job.scope)
                    return receipt
                case .unknown: throw Failure.work("job `\(found.job.id)` is gone from the store")
                case .busy(let sentence):
                    if !hasSaid { Terminal.note("waiting: \(sentence)") }
                    hasSaid = true
                    try await Task.sleep(for: .milliseconds(250))
                }
            }
        } catch let error where !(error is CancellationError) {
            throw Failure(error)
        }
    }

    /// Whether the job is cancelled now; its receipt may still be that of an earlier time.
    private func isCancelled(_ job: Job) async throws -> Bool {
        let query = JobQuery(user: job.user, states: [.cancelled], prefix: job.id.rawValue, limit: nil)
        return try await store.jobs(query).contains { $0.job.id == job.id }
    }

    /// A session that went on after it was reflected on: what came since is a job of its own.
    private func remark(on submission: Submission, _ found: FinishedJob) async throws {
        if case .continued(let id, let first) = submission {
            Terminal.note(
                "note: job `\(found.job.id)` went on since it was reflected on; `\(id)` learns from event \(first) on"
            )
        }
        submission.note(about: found.job).map(Terminal.note)
        var unapplied = UnappliedOptions()
        try await unapplied.add(submission, of: found.job, said: source, store: store)
        unapplied.note.map(Terminal.note)
    }

    private func preview(_ found: FinishedJob) async throws -> Receipt {
        do {
            let (judgement, digest) = try await composition.runner(reflector).preview(found.job, found.activity)
            var reflection = Reflection(
                id: Reflection.ID(user: found.job.user, job: found.job.id),
                kind: .job,
                job: found.job.id,
                user: found.job.user,
                scope: found.job.scope,
                piece: found.job.piece,
                jobOutcome: found.job.outcome,
                outcome: Reflection.Outcome(of: judgement.decisions),
                reasoning: judgement.reasoning,
                reflector: reflector.name,
                digest: digest.size,
                notes: ["dry run: nothing was written"] + judgement.notes,
                createdAt: Date()
            )
            let accepted = judgement.decisions.filter { $0.verdict == .accepted }
            reflection.memoryChanges = accepted.count { $0.operation != .pieceEdit }
            reflection.pieceEdited = accepted.contains { $0.operation == .pieceEdit }
            return Receipt(reflection: reflection, decisions: judgement.decisions)
        } catch let error where !(error is CancellationError) {
            throw Failure(error)
        }
    }

    // MARK: - Telling

    private func tell(_ receipt: Receipt, of found: FinishedJob, isOnly: Bool) async throws {
        if printsJSON { return Terminal.json(json(receipt, found)) }
        let isQuiet = !isOnly && receipt.decisions.isEmpty
        guard !isQuiet else { return }
        var text = ReceiptText(receipt: receipt, userFolder: composition.userFolder)
        let events = found.activity.events.count
        text.source = "\(found.activity.format), \(events) event\(events == 1 ? "" : "s")"
        text.isDryRun = isDryRun
        text.showsError = !isOnly
        if isOnly, !isDryRun, receipt.reflection.outcome == .applied {
            let state = try await store.state(of: found.job.user, in: found.job.scope)
            text.recall = Recall(
                task: found.job.task ?? "",
                state: state,
                budgetTokens: composition.settings.reflection.entryBudgetTokens
            )
            if text.recall?.items.isEmpty == true {
                let learned = receipt.decisions.map(\.name).joined(separator: " ")
                text.recall = Recall(task: learned, state: state, budgetTokens: 300)
            }
        }
        Terminal.result(text.lines)
        if isDryRun { Terminal.result("Dry run: nothing was written") }
        if isOnly { Terminal.result(remarks(found.activity)) }
        if showsExample { Terminal.result(NewestSession.suggestion()) }
    }

    private func remarks(_ activity: Activity) -> [String] {
        let secrets = activity.redactions.values.reduce(0, +)
        let kinds = activity.redactions.keys.sorted().joined(separator: ", ")
        let unknown = activity.unknownRecords.values.reduce(0, +)
        return activity.notes.prefix(Self.maxNotes).map { "Note: \($0)" }
            + (secrets > 0
                ? ["\(secrets) secret\(secrets == 1 ? "" : "s") replaced before anything was stored (\(kinds))"] : [])
            + (unknown > 0 ? ["\(unknown) record\(unknown == 1 ? "" : "s") of unknown kinds passed over"] : [])
    }

    /// Most notes on the source that are told: all stands on one page.
    private static let maxNotes = 3

    private func json(_ receipt: Receipt, _ found: FinishedJob) -> JSONValue {
        guard case .object(let members) = ReceiptJSON.value(receipt) else { return .null }
        return .object(
            members + [
                .init(key: "format", value: .string(found.activity.format)),
                .init(key: "events", value: .number("\(found.activity.events.count)")),
                .init(key: "dryRun", value: .bool(isDryRun)),
                .init(key: "redactions", value: Self.counts(found.activity.redactions)),
                .init(key: "unknownRecords", value: Self.counts(found.activity.unknownRecords)),
                .init(key: "sourceNotes", value: .array(found.activity.notes.map { .string($0) })),
            ]
        )
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .make(counts.sorted { $0.key < $1.key }.map { ($0.key, .number("\($0.value)")) })
    }
}
