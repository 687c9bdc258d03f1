// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro review`: decide about what waits, on the state of this moment.
struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Decide about changes that wait for you."
    )

    @Flag(name: .long, help: "List what waits (the default).")
    var list = false
    @Option(name: .long, help: ArgumentHelp("Accept a waiting change.", valueName: "id"))
    var accept: [String] = []
    @Option(name: .long, help: ArgumentHelp("Reject a waiting change; needs --reason.", valueName: "id"))
    var reject: [String] = []
    @Option(name: .long, help: ArgumentHelp("Why it is rejected.", valueName: "text"))
    var reason: String?
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        if !reject.isEmpty, reason?.isEmpty ?? true { throw ValidationError("--reject needs --reason \"…\"") }
        if list, !(accept + reject).isEmpty { throw ValidationError("--list stands alone") }
    }

    func run() async throws {
        let composition = try await Composition.openToRead(options)
        guard !(accept + reject).isEmpty else { return try await tellWaiting(composition) }
        var refusals: [String] = []
        for id in accept + reject {
            let isAccepted = accept.contains(id)
            let waiting = try await IDs(store: composition.store, user: composition.user).waiting(id)
            let decision = try await settle(waiting, isAccepted, composition)
            if report.json {
                Terminal.json(ReceiptJSON.decision(decision, of: waiting.id.reflection))
            } else {
                Terminal.result("\(decision.verdict.rawValue) \(decision.name): \(decision.message)")
                Terminal.result(decision.writes.map { "  \($0.path.relative)" })
            }
            if isAccepted, decision.verdict != .accepted { refusals.append(decision.message) }
        }
        if let refusal = refusals.first {
            throw Failure.work("could not be accepted: \(refusal)", hint: "the memory is unchanged by it")
        }
    }

    private func settle(
        _ waiting: WaitingChange,
        _ isAccepted: Bool,
        _ composition: Composition
    ) async throws -> Decision {
        let judge = Judge(JudgePolicy(settings: composition.settings.reflection))
        do {
            let (job, activity) = try await origin(of: waiting, composition)
            let receipt = try await composition.store.settle(
                waiting.id,
                of: composition.user,
                resolver: "person",
                reason: reason
            ) { [reason] decision, base, now in
                if isAccepted { return judge.decideAgain(decision, base: base, job: job, activity: activity, now: now) }
                var declined = decision
                declined.verdict = .rejected
                declined.code = .declined
                declined.message = "\(Rejection.declined.sentence): \(reason ?? "")"
                return declined
            }
            guard let decision = receipt.decisions.first(where: { $0.ordinal == waiting.id.ordinal }) else {
                throw Failure.work("change `\(waiting.id)` is gone")
            }
            return decision
        } catch {
            throw Failure(error)
        }
    }

    private func origin(of waiting: WaitingChange, _ composition: Composition) async throws -> (Job?, Activity?) {
        guard let id = waiting.reflection.job else { return (nil, nil) }
        return (
            try await composition.store.job(id, user: composition.user),
            try await composition.store.activity(of: id, user: composition.user)
        )
    }

    private func tellWaiting(_ composition: Composition) async throws {
        let waiting = try await composition.store.waiting(of: composition.user)
        if report.json {
            return Terminal.json(waiting.map { ReceiptJSON.decision($0.decision, of: $0.id.reflection) })
        }
        guard !waiting.isEmpty else { return Terminal.result("Nothing waits") }
        for change in waiting { Terminal.result(Self.lines(change)) }
        Terminal.result("Decide: maestro review --accept ID, or --reject ID --reason \"…\"")
    }

    static func lines(_ change: WaitingChange) -> [String] {
        var lines = [
            "\(change.id.short)  \(change.decision.operation.rawValue) \(Terminal.bold(change.decision.name)): \(change.decision.message)"
        ]
        switch change.decision.proposed?.change {
        case .memory(let memory):
            if !memory.description.isEmpty { lines.append("  \(memory.description)") }
            lines += memory.body.split(whereSeparator: \.isNewline).map { "    \($0)" }
        case .piece(let edit):
            lines.append("  \(edit.why)")
            for replacement in edit.edits {
                lines.append("    \(replacement.field)")
                if !replacement.old.isEmpty { lines.append("    - \(replacement.old.onOneLine)") }
                if !replacement.new.isEmpty { lines.append("    + \(replacement.new.onOneLine)") }
            }
        case nil: break
        }
        return lines
            + change.decision.evidence.map {
                "  event \($0.event), line \($0.line), \($0.actor.rawValue): “\($0.text.onOneLine.cut(toBytes: 200))”"
            }
    }
}
