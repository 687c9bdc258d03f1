// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// What a worker tidies up beside its work: activities that nobody needs any more.
package struct Housekeeping: Sendable {
    /// How often it is done.
    package static let interval = Duration.seconds(3600)
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

    /// Tidies up at once and then every hour, until the task is cancelled.
    package func run() async throws {
        while true {
            do {
                _ = try await tidyUp()
            } catch let error as StoreError {
                // Nothing depends on it today: it is said, and done an hour later.
                let remedy = Remedy(for: error)
                observe(.storeFailed(remedy.sentence, hint: remedy.hint))
            }
            try await clock.sleep(for: Self.interval)
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
