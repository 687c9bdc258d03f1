// SPDX-License-Identifier: Apache-2.0

/// How often a worker tries a job again, and how long it waits: arithmetic on what ``Remedy`` says.
///
/// What counts is what may be the job's own fault, and failures of server, filter or store that pass. A server that cannot be
/// reached, refuses the key or asks for a rest fails no job.
package struct RetryPolicy: Hashable, Sendable {
    /// What becomes of a job after an error.
    package enum Disposition: Hashable, Sendable {
        /// It is over: dead or cancelled, with its row.
        case end
        /// It goes back into the queue, due after the wait.
        case postpone(Duration, isCounted: Bool)
        /// It is another process's now: nothing is written.
        case leave
    }

    /// The failure with this number ends the job.
    package var maxFailures = 5
    /// The wait after the first failure, before jitter.
    package var firstWait = Duration.seconds(2)
    /// Each further wait is so many times longer, up to ``longestWait``.
    package var factor = 4

    package var longestWait = Duration.seconds(300)

    /// No server's request for a rest is believed beyond this, in seconds: it may be a mistake, and one call an hour is
    /// little.
    package static let longestRest = 3600.0

    package init(firstWait: Duration = .seconds(2)) { self.firstWait = firstWait }

    /// A job that tried out an endpoint of which nothing good is known, and was rejected or got no usable reply, leaves the next try to another.
    private static let restOfProbe = Duration.seconds(600)

    /// `failures` are those before this one; `jitter` is a random number from 0 to 1; `isProbe` is whether the endpoint, or
    /// the store, rested or was closed, and this job was to show how it does.
    package func disposition(of remedy: Remedy, failures: Int, jitter: Double, isProbe: Bool = false) -> Disposition {
        let next = wait(afterFailure: failures + 1, jitter: jitter)
        return switch remedy.retry {
        case .uselessIfOthersAreServed where isProbe: .postpone(Self.restOfProbe, isCounted: false)
        case .useless, .uselessIfOthersAreServed: .end
        case .whenStoreWorks where isProbe: .postpone(next, isCounted: false)
        case .later, .whenStoreWorks: counted(next, failures)
        case .afterRest(let seconds): .postpone(.seconds(min(seconds ?? 0, Self.longestRest)), isCounted: false)
        case .afterOwnRest(let seconds, let isCounted):
            isCounted ? counted(ownRest(seconds), failures) : .postpone(ownRest(seconds), isCounted: false)
        case .whenEndpointOpens, .whenWanted: .postpone(.zero, isCounted: false)
        case .byOther: .leave
        }
    }

    private func counted(_ wait: Duration, _ failures: Int) -> Disposition {
        failures + 1 >= maxFailures ? .end : .postpone(wait, isCounted: true)
    }

    private func ownRest(_ seconds: Double?) -> Duration {
        .seconds(min(seconds.flatMap { $0 > 0 ? $0 : nil } ?? .infinity, Self.longestRest))
    }

    /// In the foreground every error ends the job, and a person decides what next; only a reply that was paid for and
    /// could not be committed is kept for the next try.
    package static func dispositionInForeground(of remedy: Remedy) -> Disposition {
        switch remedy.retry {
        case .byOther: .leave
        case .whenStoreWorks: .postpone(.zero, isCounted: false)
        case .useless, .uselessIfOthersAreServed, .later, .afterRest, .afterOwnRest,
            .whenEndpointOpens,
            .whenWanted:
            .end
        }
    }

    /// The wait after the `number`-th failure in a row (1 is the first), a quarter more or less by `jitter`.
    package func wait(afterFailure number: Int, jitter: Double) -> Duration {
        var wait = firstWait
        for _ in 1..<max(1, number) where wait < longestWait { wait *= factor }
        return min(wait, longestWait) * (0.75 + jitter / 2)
    }
}
