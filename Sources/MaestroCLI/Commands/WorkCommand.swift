// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import ServiceLifecycle

/// `maestro work`: reflect on queued jobs in the background, until it is told to stop.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Reflect on queued jobs until told to stop.",
        discussion: """
            SIGTERM or Ctrl-C: claims nothing more, gives calls in flight `worker.stopSeconds`, and hands back the rest; a \
            second one ends at once. Several workers may share one data folder. With --drain it ends when nothing runs or \
            is due within five minutes. Exit codes: 0 done, 1 jobs died or had to be left, 2 wrong use.
            """
    )

    @Flag(name: .long, help: "End when nothing is left to do soon.")
    var drain = false
    @OptionGroup var options: GlobalOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let composition = try await Composition.open(options, flags: model.flags)
        let summary = try await composition.withReflector { reflector in
            let slots = composition.slots
            Terminal.note(
                "worker pid \(ProcessInfo.processInfo.processIdentifier): \(slots) at once, reflector \(reflector.name), "
                    + "data \(composition.data)"
            )
            do {
                return try await work(composition, reflector, slots: slots)
            } catch {
                throw Failure(error)
            }
        }
        let left = try await composition.store.backlog(of: nil)
        if report.json {
            Terminal.json(WorkReport(summary: summary, left: left).json)
        } else {
            Terminal.result(WorkReport(summary: summary, left: left).lines)
        }
        guard drain else { return }
        if let reason = summary.leftBecause {
            throw Failure.work("\(left.queued) jobs were left: \(reason)", hint: summary.hint ?? "run it again later")
        }
        let died = summary.outcomes[.failed] ?? 0
        guard died > 0 else { return }
        throw Failure.work(
            "\(died) job\(died == 1 ? "" : "s") died",
            hint: "`maestro jobs --state dead --all` says why, `maestro retry` brings them back"
        )
    }

    /// Worker and housekeeping, each a service; the worker's end ends both.
    private func work(
        _ composition: Composition,
        _ reflector: any Reflector,
        slots: Int
    ) async throws -> Worker.Summary {
        let worker = Worker(
            store: composition.store,
            reflector: reflector,
            settings: composition.settings,
            configuration: composition.workerConfiguration(slots: slots, isDraining: drain),
            now: { Date() }
        )
        let service = WorkerService(worker: worker)
        let housekeeping = HousekeepingService(
            housekeeping: Housekeeping(store: composition.store, settings: composition.settings.worker, now: { Date() })
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: housekeeping),
                    .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                logger: WorkLogger.quiet
            )
        )
        Interrupts.shared.onFirst { Task { await group.triggerGracefulShutdown() } }
        try await group.run()
        return service.summary
    }
}
