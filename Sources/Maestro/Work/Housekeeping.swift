// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// What a worker does beside its work: snapshots become durable, and activities that nobody needs any more go.
package struct Housekeeping: Sendable {
    /// How often snapshots are made durable.
    package static let interval = Duration.seconds(60)
    /// Activities are forgotten once in so many intervals.
    private static let intervalsPerTidying = 60
    /// Most activities that one transaction forgets, so that nobody waits for it.
    private static let batch = 500

    private let store: any Store
    private let keepActivityDays: Int
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let observe: @Sendable (WorkEvent) -> Void

    package init(
        store: any Store,
        settings: Settings.Worker,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date,
        observe: @escaping @Sendable (WorkEvent) -> Void = { _ in }
    ) {
        self.store = store
        keepActivityDays = settings.keepActivityDays
        self.clock = clock
        self.now = now
        self.observe = observe
    }

    /// Tidies up at once and then every hour, until the task is cancelled; ``end()`` does what is left.
    package func run() async throws {
        while true {
            try await reporting { _ = try await tidyUp() }
            for _ in 0..<Self.intervalsPerTidying {
                try await clock.sleep(for: Self.interval)
                try await reporting { try await store.syncSnapshots() }
            }
        }
    }

    /// What is to be done when the worker has ended.
    package func end() async throws {
        try await reporting { try await store.syncSnapshots() }
    }

    /// Tells an error of the store instead of throwing it: the work is done again at the next interval.
    private func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as StoreError {
            let remedy = Remedy(for: error)
            observe(.storeFailed(remedy.sentence, hint: remedy.hint))
        }
    }

    /// - Returns: How many activities were forgotten.
    package func tidyUp() async throws -> Int {
        let limit = now() - Double(keepActivityDays) * 86_400
        var forgotten = 0
        while true {
            let count = try await store.forgetActivities(endedBefore: limit, atMost: Self.batch)
            forgotten += count
            guard count == Self.batch else { return forgotten }
        }
    }
}
