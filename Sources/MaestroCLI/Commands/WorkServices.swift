// SPDX-License-Identifier: Apache-2.0
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
            return
        }
    }
}
