// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Whether a worker may call the endpoint now: one value that learns from how each call ended.
///
/// Refused (a wrong key, no money, no such model) or unreachable, it is closed: said once, looked at again every minute
/// with a single job. Asked for a rest (429), or after several failures in a row, it rests; the first call after a rest
/// goes alone, too. So a bad night costs a call a minute and no job.
package struct EndpointGate: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        case open
        case resting(until: Date)
        case closed(sentence: String, hint: String?, until: Date)
    }

    /// What one finished job shows of the endpoint.
    package enum Lesson: Hashable, Sendable {
        /// It answered, whatever it said.
        case answered
        /// It would not have this one job; so many in a row, with none served between them, and it has nobody.
        case rejected(sentence: String, hint: String?)
        /// It failed in a way that passes: 5xx, a timeout, a cut connection.
        case failed
        /// It asked for a rest, of so many seconds where it said so.
        case askedForRest(seconds: Double?)
        /// Nobody will have more luck: what happened, and what to do.
        case refused(sentence: String, hint: String?)
    }

    /// What is worth saying, once.
    package enum Change: Hashable, Sendable {
        case closed(sentence: String, hint: String?)
        case rests(seconds: Double)
        case opened
    }

    package private(set) var state = State.open
    /// When it was last told something: a clock that shows less was set back, and a rest that it measures is over.
    private var learnedAt = Date.distantPast
    /// Failures and requests for a rest since the last answer.
    private var streak = 0
    /// Jobs in a row that it would not have.
    private var rejections = 0
    /// Since when nobody was served; nil where the last one was.
    package private(set) var failingSince: Date?
    /// Grows with every rest and every closing: what a call that began before shows of the time after, is nothing.
    package private(set) var era = 0

    /// How often a closed endpoint is looked at again.
    package static let lookAgain: TimeInterval = 60
    /// This many failures in a row make a rest: fewer are a bad job's, not the endpoint's.
    static let tolerance = 3
    /// A rest that nobody asked for.
    private static let longestOwnRest: TimeInterval = 60

    package init() {}

    /// How many calls may start now, where `slots` are free and `inFlight` began in this ``era``.
    ///
    /// Those from before say nothing of it, and may last for minutes.
    package func permits(_ slots: Int, inFlight: Int, at now: Date) -> Int {
        guard let until = restsUntil else { return slots }
        let isOver = until <= now || now < learnedAt
        return isOver && inFlight == 0 ? min(1, slots) : 0
    }

    /// When the next call may be tried; nil: now.
    package var restsUntil: Date? {
        switch state {
        case .open: nil
        case .resting(let until), .closed(_, _, let until): until
        }
    }

    package var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// `wait` is the length of an own rest after so many failures in a row; see ``RetryPolicy/wait(afterFailure:jitter:)``.
    ///
    /// `era` is the one in which the call began; nil: this one.
    ///
    /// - Returns: What to tell people; nil where it is no news.
    package mutating func learn(
        _ lesson: Lesson,
        at now: Date,
        since era: Int? = nil,
        wait: (_ streak: Int) -> TimeInterval
    ) -> Change? {
        learnedAt = now
        if lesson != .answered { failingSince = failingSince ?? now }
        switch lesson {
        case .answered:
            // A late answer does not end a rest that the endpoint asked for meanwhile.
            guard era == nil || era == self.era else { return nil }
            (streak, rejections, failingSince) = (0, 0, nil)
            return open()
        case .rejected(let sentence, let hint):
            rejections += 1
            if rejections >= Self.tolerance { return close(sentence, hint, at: now) }
            guard era == nil || era == self.era else { return nil }
            streak = 0
            return open()
        case .failed:
            streak += 1
            guard streak >= Self.tolerance else { return nil }
            return rest(min(wait(streak - Self.tolerance + 1), Self.longestOwnRest), from: now)
        case .askedForRest(let seconds):
            streak += 1
            return rest(
                // A rest of no length, such as a date that is past by our clock, is none: the next call would be refused, too.
                seconds.flatMap { $0 > 0 ? min($0, RetryPolicy.longestRest) : nil }
                    ?? min(wait(streak), Self.longestOwnRest),
                from: now
            )
        case .refused(let sentence, let hint): return close(sentence, hint, at: now)
        }
    }

    private mutating func open() -> Change? {
        let wasOpen = state == .open
        state = .open
        return wasOpen ? nil : .opened
    }

    private mutating func close(_ sentence: String, _ hint: String?, at now: Date) -> Change? {
        let isNews = !isClosed
        era += 1
        state = .closed(sentence: sentence, hint: hint, until: now + Self.lookAgain)
        return isNews ? .closed(sentence: sentence, hint: hint) : nil
    }

    /// A closed endpoint stays closed, and of two rests the longer counts.
    private mutating func rest(_ seconds: TimeInterval, from now: Date) -> Change? {
        era += 1
        switch state {
        case .closed(let sentence, let hint, let until):
            state = .closed(sentence: sentence, hint: hint, until: max(until, now + seconds))
            return nil
        case .resting(let until) where until > now:
            state = .resting(until: max(until, now + seconds))
            return nil
        case .open, .resting:
            state = .resting(until: now + seconds)
            return .rests(seconds: seconds)
        }
    }
}

extension EndpointGate.Lesson {
    /// What an error of a job shows of the endpoint; nil where it says nothing about it.
    package init?(_ error: any Error) {
        let remedy = Remedy(for: error)
        switch (error, remedy.retry) {
        case (is ReflectorError, .whenEndpointOpens): self = .refused(sentence: remedy.sentence, hint: remedy.hint)
        case (is ReflectorError, .afterRest(let seconds)): self = .askedForRest(seconds: seconds)
        case (is ReflectorError, .later): self = .failed
        case (ReflectorError.blocked, _), (is ReflectorError, .uselessIfOthersAreServed):
            self = .rejected(sentence: remedy.sentence, hint: remedy.hint)
        case (is ReflectorError, _), (is ReplyError, _): self = .answered
        default: return nil
        }
    }
}
