// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import Maestro
import ServiceLifecycle
import Synchronization

/// The worker as a service: a graceful shutdown lets calls in flight end.
final class WorkerService: Service {
    private let worker: Worker
    private let result = Mutex(Worker.Summary())

    init(worker: Worker) { self.worker = worker }

    /// What was done; complete when ``run()`` has returned.
    var summary: Worker.Summary { result.withLock { $0 } }

    func run() async throws {
        let summary = try await withGracefulShutdownHandler {
            try await worker.run()
        } onGracefulShutdown: {
            self.worker.stop()
        }
        result.withLock { $0 = summary }
    }
}

/// Tidying up, for as long as the worker works.
struct HousekeepingService: Service {
    let housekeeping: Housekeeping

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await housekeeping.run() }
        } catch is CancellationError {
            // The worker has ended.
            try await housekeeping.end()
        }
    }
}

/// Looks at the queue once a second, for the gauges and the progress line.
struct BacklogService: Service {
    let store: any Store
    let watch: WorkWatch

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    do {
                        watch.note(try await store.backlog(of: nil))
                    } catch let error as StoreError {
                        // The worker meets the same error and says it; here only a figure is missing.
                        watch.note(WorkEvent.storeFailed(Remedy(for: error).sentence, hint: nil))
                    }
                    try await Task.sleep(for: .seconds(1))
                }
            }
        } catch is CancellationError {
            // The worker has ended.
            return
        }
    }
}

extension ServiceGroup {
    /// The worker, housekeeping and the look at the queue: the worker's end ends all.
    init(beside worker: WorkerService, _ composition: Composition, _ watch: WorkWatch) {
        let housekeeping = Housekeeping(
            store: composition.store,
            settings: composition.settings.worker,
            now: { Date() },
            observe: { watch.note($0) }
        )
        self.init(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: HousekeepingService(housekeeping: housekeeping)),
                    .init(service: BacklogService(store: composition.store, watch: watch)),
                    .init(service: worker, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                // What services come and go is no news to an operator.
                logger: Logger(label: "maestro.services") { _ in SwiftLogNoOpLogHandler() }
            )
        )
    }
}
