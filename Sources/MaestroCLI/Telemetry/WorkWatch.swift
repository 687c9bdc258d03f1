// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import Maestro
import Synchronization

/// Passes a worker's events on to its log, its metrics and, on a terminal, its progress line.
final class WorkWatch: Sendable {
    private let log: WorkLog
    private let metrics: WorkMetrics
    private let progress: Mutex<WorkProgress>
    private let now: @Sendable () -> Date

    init(_ logger: Logger, metrics: WorkMetrics = WorkMetrics(), now: @escaping @Sendable () -> Date = { Date() }) {
        log = WorkLog(logger)
        self.metrics = metrics
        self.now = now
        progress = Mutex(WorkProgress(startedAt: now()))
    }

    func note(_ event: WorkEvent) {
        log.write(event)
        metrics.add(event)
        update { $0.add(event, at: now()) }
    }

    func note(_ backlog: Backlog) {
        metrics.set(backlog, at: now())
        update { $0 = $0.adding(backlog) }
    }

    private func update(_ change: (inout WorkProgress) -> Void) {
        progress.withLock { progress in
            change(&progress)
            let (copy, now) = (progress, now())
            Terminal.status.show(copy.text(width: Terminal.width, at: now))
        }
    }
}
