// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Whether a worker may call the endpoint now: one value that learns from how each call ended.
///
/// Refused (a wrong key, no money, no such model) or unreachable, it is closed: said once, looked at again every minute
/// with a single job. Asked for a rest (429), or after several failures in a row, it rests; the first call after a rest
/// goes alone, too, and so does the very first one. So a bad night costs a call a minute and no job. The store, which may
/// fail likewise, has one of its own: see ``ofStore``.
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
        /// It answered, and nothing could be made of it; so many in a row, and this model is not for the work.
        case unusable(sentence: String, hint: String?)
        /// It would not have this one job; so many in a row, with none served between them, and it has nobody.
        case rejected(sentence: String, hint: String?)
        /// It serves nothing to this one user for a while.
        case refusedUser
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

    /// What a call shows that began in one era is nothing in the next; see ``began(_:at:)``.
    package typealias Era = Int

    package private(set) var state = State.open
    /// Grows with every rest and every closing.
    private var era: Era = 0
    /// Calls that have begun and not ended, by their era.
    private var inFlight: [Era: Int] = [:]
    /// Whether it has answered since the worker began.
    private var hasAnswered = false
    /// When the first call of those in flight now began, as long as it has not answered.
    private var triedSince: Date?
    /// When it was last told something: a clock that shows less was set back, and a rest that it measures is over.
    private var learnedAt = Date.distantPast
    /// Failures and requests for a rest since the last answer.
    private var streak = 0
    /// Jobs in a row that it would not have.
    private var rejections = 0
    /// Jobs in a row with answers of no use.
    private var unusables = 0
    /// When the first call failed since the last one that was answered; nil where none did.
    ///
    /// A job that was rejected changes nothing.
    package private(set) var failingSince: Date?

    /// How often a closed endpoint is looked at again.
    package static let lookAgain: TimeInterval = 60
    /// By so much the very first call goes ahead of the others: a wrong key is refused sooner than a model answers.
    package static let headStart: TimeInterval = 0.3
    /// This many failures in a row make a rest: fewer are a bad job's, not the endpoint's.
    static let tolerance = 3
    /// This many answers of no use in a row close it: a small model spoils some, and each was paid for.
    static let toleranceOfUnusables = 10
    /// A rest that nobody asked for.
    private static let longestOwnRest: TimeInterval = 60

    package init() {}

    /// A store is used before the first job is: nothing goes ahead.
    static var ofStore: EndpointGate {
        var gate = EndpointGate()
        gate.hasAnswered = true
        return gate
    }

    /// How many calls may start now, where so many `slots` are free.
    ///
    /// Calls from before a rest do not count: they say nothing of the time after, and may last for minutes.
    package func permits(_ slots: Int, at now: Date) -> Int {
        let running = inFlight[era] ?? 0
        guard let until = restsUntil else {
            guard !hasAnswered else { return slots }
            guard running > 0, let since = triedSince else { return min(1, slots) }
            return isPast(since + Self.headStart, at: now) ? slots : 0
        }
        return isPast(until, at: now) && running == 0 ? min(1, slots) : 0
    }

    private func isPast(_ moment: Date, at now: Date) -> Bool { moment <= now || now < learnedAt }

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

    /// For how long the first call still goes ahead of the others; nil where it does not.
    package func headStart(at now: Date) -> TimeInterval? {
        guard state == .open, !hasAnswered, (inFlight[era] ?? 0) > 0, let since = triedSince else { return nil }
        let left = since.timeIntervalSince(now) + Self.headStart
        return left > 0 && left <= Self.headStart ? left : nil
    }

    /// So many calls begin; the era in which they do, for ``ended(_:since:at:wait:)``.
    package mutating func began(_ calls: Int, at now: Date) -> Era {
        guard calls > 0 else { return era }
        if (inFlight[era] ?? 0) == 0 { triedSince = now }
        inFlight[era, default: 0] += calls
        return era
    }

    /// A call ended, with what it shows of the endpoint; nil: nothing.
    ///
    /// `wait` is the length of an own rest after so many failures in a row; see ``RetryPolicy/wait(afterFailure:jitter:)``.
    ///
    /// - Returns: What to tell people; nil where it is no news.
    package mutating func ended(
        _ lesson: Lesson?,
        since era: Era,
        at now: Date,
        wait: (_ streak: Int) -> TimeInterval
    ) -> Change? {
        let left = (inFlight[era] ?? 1) - 1
        inFlight[era] = left > 0 ? left : nil
        guard let lesson else { return nil }
        learnedAt = now
        return learn(lesson, isLate: era != self.era, at: now, wait: wait)
    }

    /// `isLate`: the call began before the endpoint was closed or rested.
    private mutating func learn(
        _ lesson: Lesson,
        isLate: Bool,
        at now: Date,
        wait: (_ streak: Int) -> TimeInterval
    ) -> Change? {
        switch lesson {
        case .answered:
            // A late answer does not end a rest that the endpoint asked for meanwhile.
            guard !isLate else { return nil }
            (streak, rejections, unusables, failingSince, hasAnswered) = (0, 0, 0, nil, true)
            return open()
        case .unusable(let sentence, let hint):
            unusables += 1
            if unusables >= Self.toleranceOfUnusables { return close(sentence, hint, at: now) }
            guard !isLate else { return nil }
            (streak, rejections, failingSince, hasAnswered) = (0, 0, nil, true)
            return open()
        case .rejected(let sentence, let hint):
            rejections += 1
            if rejections >= Self.tolerance { return close(sentence, hint, at: now) }
            guard !isLate else { return nil }
            streak = 0
            return open()
        case .refusedUser:
            failingSince = failingSince ?? now
            return nil
        case .failed:
            failingSince = failingSince ?? now
            streak += 1
            // What was tried out and failed needs no third witness.
            guard !isLate, streak >= Self.tolerance || restsUntil != nil else { return nil }
            return rest(min(wait(max(1, streak - Self.tolerance + 1)), Self.longestOwnRest), from: now)
        case .askedForRest(let seconds):
            failingSince = failingSince ?? now
            streak += 1
            return rest(
                // A rest of no length, such as a date that is past by our clock, is none: the next call would be refused, too.
                seconds.flatMap { $0 > 0 ? min($0, RetryPolicy.longestRest) : nil }
                    ?? min(wait(streak), Self.longestOwnRest),
                from: now
            )
        case .refused(let sentence, let hint):
            failingSince = failingSince ?? now
            return close(sentence, hint, at: now)
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
            state = .closed(sentence: sentence, hint: hint, until: max(until, now + max(seconds, Self.lookAgain)))
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
        case (ReflectorError.blocked, _), (ReflectorError.rejected, _):
            self = .rejected(sentence: remedy.sentence, hint: remedy.hint)
        case (ReflectorError.unusable, _), (ReflectorError.contextTruncated, _), (is ReplyError, _):
            self = .unusable(sentence: remedy.sentence, hint: remedy.hint)
        case (ReflectorError.userRefused, _): self = .refusedUser
        case (is ReflectorError, _): self = .answered
        default: return nil
        }
    }
}
