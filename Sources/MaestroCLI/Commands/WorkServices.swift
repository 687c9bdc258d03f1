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
