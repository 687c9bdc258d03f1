// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Logging
import Maestro
import ServiceLifecycle

/// `maestro work`: reflect on queued jobs in the background, until it is told to stop.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Reflect on queued jobs until told to stop.",
        discussion: """
            SIGTERM, SIGHUP or Ctrl-C: claims nothing more, gives calls in flight `worker.stopSeconds`, and hands back the rest; a \
            second one cuts the calls and hands all back. Several workers may share one data folder. With --drain it ends \
            when nothing runs or is due within five minutes; what a pause holds back stays. Exit codes: 0 done, 1 jobs died \
            or had to be left, 2 wrong use, 129, 130 or 143 told twice to stop.
            """
    )

    @Flag(name: .long, help: "End when nothing is left to do soon.")
    var drain = false
    /// Of all other commands; here it can only be meant wrongly.
    @Option(name: .long, help: .hidden)
    var user: String?
    @OptionGroup var place: DataOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard user != nil else { return }
        throw ValidationError("`--user`: a worker serves all users, in turns; leave it out")
    }

    func run() async throws {
        let composition = try await Composition.openForWorker(place, flags: model.flags)
        let deadBefore = try await composition.store.backlog(of: nil).counts[.dead] ?? 0
        // Where a person looks, the progress line says what a line for each job would.
        let logger = try log.logger(quiet: Terminal.showsProgress ? .notice : .info)
        let summary = try await composition.withReflector(mayLackKey: true) { reflector in
            do {
                return try await work(composition, reflector, logger)
            } catch {
                throw Failure(error)
            }
        }
        Terminal.status.clear()
        let outcome = WorkReport(summary: summary, left: try await composition.store.backlog(of: nil))
        if report.json { Terminal.json(outcome.json) } else { Terminal.result(outcome.lines) }
        let signal = Interrupts.shared.signal
        if let signal, Interrupts.shared.isHurried { throw Failure.stopped(by: signal) }
        guard drain else { return }
        if let failure = outcome.failure(deadBefore: deadBefore, isToldToStop: signal != nil) { throw failure }
    }

    /// Runs the worker and what goes beside it until it ends.
    private func work(
        _ composition: Composition,
        _ reflector: any Reflector,
        _ logger: Logger
    ) async throws -> Worker.Summary {
        let (slots, stopSeconds) = (composition.slots, composition.settings.worker.stopSeconds)
        let watch = WorkWatch(logger)
        let worker = Worker(
            store: composition.store,
            reflector: reflector,
            settings: composition.settings,
            configuration: composition.workerConfiguration(slots: slots, isDraining: drain),
            now: { Date() },
            observe: { watch.note($0) }
        )
        let service = WorkerService(worker: worker)
        let group = ServiceGroup(beside: service, composition, watch)
        // A signal's handler cannot wait. The task only rings the group's bell, and `group.run()` below ends by it.
        Interrupts.shared.onFirst {
            // Not where it had not begun: see below.
            if worker.calls > 0 {
                logger.notice(
                    "worker is told to stop; told once more it cuts its calls",
                    metadata: [LogKeys.calls: "\(worker.calls)", LogKeys.stopSeconds: "\(stopSeconds)"]
                )
            }
            Task { await group.triggerGracefulShutdown() }
        }
        Interrupts.shared.onSecond { worker.stop(isHurried: true) }
        // Told to stop before that, it ends as any command does, and says no word of having begun.
        try Task.checkCancellation()
        logger.notice(
            "worker starts",
            metadata: [
                LogKeys.worker: "pid \(ProcessInfo.processInfo.processIdentifier)", LogKeys.slots: "\(slots)",
                LogKeys.reflector: "\(reflector.name)", LogKeys.data: "\(composition.data)",
            ]
        )
        defer { logger.notice("worker stops") }
        try await group.run()
        return service.summary
    }
}
