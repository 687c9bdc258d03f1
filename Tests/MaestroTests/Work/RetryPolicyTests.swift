// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `A retry policy` {
    private struct Case: Sendable {
        let error: any Error
        let failures: Int
        let inBackground: RetryPolicy.Disposition
        let inForeground: RetryPolicy.Disposition
    }

    /// With a jitter of one half, which changes nothing.
    private static let cases = [
        Case(error: ReplyError.notJSON, failures: 0, inBackground: .end, inForeground: .end),
        Case(error: ReflectorError.unusable("empty"), failures: 0, inBackground: .end, inForeground: .end),
        Case(error: ReflectorError.rejected("bad", status: 400), failures: 0, inBackground: .end, inForeground: .end),
        Case(
            error: ReflectorError.contextOverflow("long", limitTokens: 9, promptTokens: nil),
            failures: 0,
            inBackground: .end,
            inForeground: .end
        ),
        Case(
            error: ReflectorError.serverFailed("503", status: 503),
            failures: 0,
            inBackground: .postpone(.seconds(2), isCounted: true),
            inForeground: .end
        ),
        Case(
            error: ReflectorError.timedOut("late"),
            failures: 3,
            inBackground: .postpone(.seconds(128), isCounted: true),
            inForeground: .end
        ),
        Case(
            error: ReflectorError.unreachable("cut", wasSent: true),
            failures: 4,
            inBackground: .end,
            inForeground: .end
        ),
        Case(
            error: ReflectorError.unreachable("refused", wasSent: false),
            failures: 4,
            inBackground: .postpone(.zero, isCounted: false),
            inForeground: .end
        ),
        Case(
            error: ReflectorError.refused("key", status: 401),
            failures: 4,
            inBackground: .postpone(.zero, isCounted: false),
            inForeground: .end
        ),
        Case(
            error: ReflectorError.rateLimited("slow down", retryAfterSeconds: 7),
            failures: 4,
            inBackground: .postpone(.seconds(7), isCounted: false),
            inForeground: .end
        ),
        Case(
            error: ReflectorError.userRefused("its budget is spent", retryAfterSeconds: nil),
            failures: 4,
            inBackground: .postpone(.seconds(3600), isCounted: false),
            inForeground: .end
        ),
        Case(
            error: ReflectorError.blocked("a filter", status: 403),
            failures: 3,
            inBackground: .postpone(.seconds(3600), isCounted: true),
            inForeground: .end
        ),
        Case(
            error: ReflectorError.blocked("a filter", status: 403),
            failures: 4,
            inBackground: .end,
            inForeground: .end
        ),
        Case(
            error: ReflectorError.userRefused("its minute is used up", retryAfterSeconds: 60),
            failures: 4,
            inBackground: .postpone(.seconds(60), isCounted: false),
            inForeground: .end
        ),
        Case(
            error: StoreError.locked("busy"),
            failures: 0,
            inBackground: .postpone(.seconds(2), isCounted: true),
            inForeground: .postpone(.zero, isCounted: false)
        ),
        Case(
            error: CancellationError(),
            failures: 0,
            inBackground: .postpone(.zero, isCounted: false),
            inForeground: .end
        ),
        Case(error: StoreError.leaseLost, failures: 0, inBackground: .leave, inForeground: .leave),
    ]

    /// Where nobody is served, the prompt is not to blame; one that can never be read is.
    @Test func `lets no job die that tries out an endpoint and is rejected`() {
        func disposition(_ error: ReflectorError, isProbe: Bool) -> RetryPolicy.Disposition {
            RetryPolicy().disposition(of: Remedy(for: error), failures: 0, jitter: 0.5, isProbe: isProbe)
        }
        #expect(disposition(.rejected("odd", status: 400), isProbe: true) == .postpone(.seconds(600), isCounted: false))
        #expect(disposition(.rejected("odd", status: 400), isProbe: false) == .end)
        #expect(disposition(.unusable("empty"), isProbe: true) == .postpone(.seconds(600), isCounted: false))
        #expect(disposition(.filtered("bad words", status: 400), isProbe: true) == .end)
    }

    @Test func `counts no failure where a job shows how a store does that takes nobody's commit`() {
        let busy = Remedy(for: StoreError.locked("busy"))
        let probe = RetryPolicy().disposition(of: busy, failures: 4, jitter: 0.5, isProbe: true)
        #expect(probe == .postpone(.seconds(300), isCounted: false))
    }

    @Test(arguments: cases.indices)
    func `ends, postpones or leaves a job by what its error is worth`(index: Int) {
        let row = Self.cases[index]
        let remedy = Remedy(for: row.error)

        #expect(
            RetryPolicy().disposition(of: remedy, failures: row.failures, jitter: 0.5) == row.inBackground,
            "\(row.error)"
        )
        #expect(RetryPolicy.dispositionInForeground(of: remedy) == row.inForeground, "\(row.error)")
    }

    @Test(arguments: [(1, 2), (2, 8), (3, 32), (4, 128), (5, 300), (60, 300)])
    func `waits four times longer each time, up to five minutes`(failure: Int, seconds: Int) {
        #expect(RetryPolicy().wait(afterFailure: failure, jitter: 0.5) == .seconds(seconds))
    }

    @Test func `spreads its waits by a quarter`() {
        #expect(RetryPolicy().wait(afterFailure: 1, jitter: 0) == .milliseconds(1500))
        #expect(RetryPolicy().wait(afterFailure: 1, jitter: 1) == .milliseconds(2500))
    }
}
