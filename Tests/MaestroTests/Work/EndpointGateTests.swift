// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `The endpoint's gate` {
    private static let start = Date(timeIntervalSince1970: 1_780_000_000)
    private static let refused = EndpointGate.Lesson.refused(sentence: "wrong key", hint: "mend it")

    private static let rejected = EndpointGate.Lesson.rejected(sentence: "odd", hint: nil)

    private var gate = EndpointGate()

    /// What it says to each lesson, one second after the other, where own rests last so many seconds as failures came.
    private mutating func learn(_ lessons: [EndpointGate.Lesson], from second: Double = 0) -> [EndpointGate.Change?] {
        lessons.enumerated().map { index, lesson in
            let moment = Self.start + second + Double(index)
            return end(lesson, since: gate.began(1, at: moment), at: second + Double(index))
        }
    }

    private mutating func end(
        _ lesson: EndpointGate.Lesson?,
        since era: EndpointGate.Era,
        at second: Double
    ) -> EndpointGate.Change? {
        gate.ended(lesson, since: era, at: Self.start + second) { TimeInterval($0) }
    }

    private mutating func begin(_ calls: Int = 1, at second: Double) -> EndpointGate.Era {
        gate.began(calls, at: Self.start + second)
    }

    private func headStart(at second: Double) -> Double? { gate.headStart(at: Self.start + second) }

    private func permits(at second: Double) -> Int { gate.permits(8, at: Self.start + second) }

    @Test mutating func `lets every free slot through while calls are answered`() {
        #expect(learn([.answered]) == [nil])
        #expect(permits(at: 0) == 8)
    }

    /// A wrong key is refused sooner than a model answers: one permanent error costs one call.
    @Test mutating func `sends the first call ahead, for as long as a refusal takes or until it is answered`() {
        #expect(permits(at: 0) == 1)
        let era = begin(at: 0)
        #expect(permits(at: 0.1) == 0 && headStart(at: 0.1).map { abs($0 - 0.2) < 0.001 } == true)
        #expect(permits(at: 0.31) == 8 && headStart(at: 0.31) == nil)
        #expect(end(Self.rejected, since: era, at: 0.2) == nil)
        #expect(permits(at: 0.2) == 1)
        let second = begin(at: 0.2)
        #expect(permits(at: 0.4) == 0)
        #expect(end(.answered, since: second, at: 0.4) == nil)
        #expect(permits(at: 0.4) == 8 && headStart(at: 0.4) == nil)
    }

    @Test mutating func `closes at once, says so once, and looks again every minute with one call`() {
        let changes = learn([Self.refused, Self.refused, Self.refused])

        #expect(changes == [.closed(sentence: "wrong key", hint: "mend it"), nil, nil])
        #expect(gate.isClosed)
        #expect(permits(at: 30) == 0)
        #expect(permits(at: 62) == 1)
        let era = begin(at: 62)
        #expect(permits(at: 62) == 0)
        #expect(end(Self.refused, since: era, at: 62) == nil)
        #expect(permits(at: 63) == 0)
        #expect(learn([.answered], from: 130) == [.opened])
        #expect(permits(at: 131) == 8)
    }

    @Test mutating func `takes two failures for bad luck and the third for the endpoint's`() {
        #expect(learn([.answered, .failed, .failed]) == [nil, nil, nil])
        #expect(permits(at: 2) == 8)
        #expect(learn([.failed], from: 2) == [.rests(seconds: 1)])
        #expect(permits(at: 2.5) == 0)
        #expect(permits(at: 3) == 1)
        #expect(learn([.failed], from: 3) == [.rests(seconds: 2)])
        #expect(learn([.answered, .failed], from: 5) == [.opened, nil])
    }

    @Test(arguments: [(7.0, 7.0), (0, 1), (1e9, 3600), (nil, 1)])
    func `rests as long as it was asked to, within an hour`(asked: Double?, rest: Double) {
        var gate = EndpointGate()
        let era = gate.began(1, at: Self.start)
        let change = gate.ended(.askedForRest(seconds: asked), since: era, at: Self.start) { TimeInterval($0) }

        #expect(change == .rests(seconds: rest))
        #expect(gate.restsUntil == Self.start + rest)
    }

    /// Words for an empty account that nobody has told us of, or a filter before everybody.
    @Test mutating func `closes where it would have nobody, three times in a row, and stays so until one is served`() {
        let rejected = Self.rejected
        #expect(learn([rejected, rejected, .answered, rejected, rejected]) == [nil, nil, nil, nil, nil])
        #expect(learn([rejected], from: 5) == [.closed(sentence: "odd", hint: nil)])
        #expect(permits(at: 6) == 0 && permits(at: 66) == 1)
        #expect(learn([rejected], from: 66) == [nil])
        #expect(permits(at: 67) == 0)
        #expect(learn([.answered, rejected], from: 130) == [.opened, nil])
    }

    /// A small model spoils some, and each was paid for twice.
    @Test mutating func `closes where ten answers in a row were of no use`() {
        let unusable = EndpointGate.Lesson.unusable(sentence: "not JSON", hint: nil)
        #expect(learn(Array(repeating: unusable, count: 9) + [.answered]) == Array(repeating: nil, count: 10))
        #expect(learn(Array(repeating: unusable, count: 10), from: 10).last == .closed(sentence: "not JSON", hint: nil))
        #expect(permits(at: 20) == 0 && permits(at: 80) == 1)
        #expect(learn([unusable], from: 80) == [nil])
        #expect(permits(at: 81) == 0)
    }

    @Test mutating func `looks again after a minute, not at once, where what was tried out failed`() {
        _ = learn([Self.refused])
        #expect(learn([.failed], from: 61) == [nil])
        #expect(gate.isClosed && permits(at: 62) == 0 && permits(at: 121) == 1)
    }

    @Test mutating func `is tried out beside calls that began before it rested`() {
        _ = learn([.answered])
        let before = begin(2, at: 0)
        #expect(end(.askedForRest(seconds: 5), since: before, at: 1) == .rests(seconds: 5))
        #expect(permits(at: 5) == 0)
        #expect(permits(at: 6) == 1)
        let probe = begin(at: 6)
        #expect(permits(at: 6) == 0)
        // A failure of the older one says nothing of the time after the rest.
        #expect(end(.failed, since: before, at: 7) == nil)
        #expect(end(.answered, since: probe, at: 8) == .opened)
        #expect(permits(at: 8) == 8)
    }

    @Test mutating func `knows since when nobody was served`() {
        #expect(gate.failingSince == nil)
        _ = learn([.failed, .failed, .askedForRest(seconds: 1)], from: 7)
        #expect(gate.failingSince == Self.start + 7)
        _ = learn([.answered], from: 20)
        #expect(gate.failingSince == nil)
        // It answered, and another will be served.
        _ = learn([Self.rejected], from: 30)
        #expect(gate.failingSince == nil)
        _ = learn([.refusedUser], from: 40)
        #expect(gate.failingSince == Self.start + 40 && permits(at: 41) == 8)
    }

    /// Else a rest of a minute would last for as long as the clock was set back.
    @Test mutating func `looks again when the clock is set back`() {
        #expect(learn([.askedForRest(seconds: 60)], from: 10_000) == [.rests(seconds: 60)])
        #expect(permits(at: 10_001) == 0)
        #expect(permits(at: 9_000) == 1)
        let era = begin(at: 9_000)
        #expect(permits(at: 9_000) == 0)
        #expect(end(.askedForRest(seconds: 60), since: era, at: 9_001) == nil)
        #expect(permits(at: 9_002) == 0)
    }

    @Test mutating func `is not opened by the answer to a call that began before it rested`() {
        let before = begin(2, at: 0)
        #expect(end(.askedForRest(seconds: 60), since: before, at: 0) == .rests(seconds: 60))
        #expect(end(.answered, since: before, at: 1) == nil)
        #expect(permits(at: 2) == 0 && permits(at: 61) == 1)
        let probe = begin(at: 61)
        #expect(end(.answered, since: probe, at: 62) == .opened)
    }

    @Test mutating func `keeps the longer of two rests, and closed is more than resting`() {
        #expect(learn([.askedForRest(seconds: 60), .askedForRest(seconds: 5)]) == [.rests(seconds: 60), nil])
        #expect(gate.restsUntil == Self.start + 60)
        #expect(learn([Self.refused, .askedForRest(seconds: 5)], from: 2).last == .some(nil))
        #expect(gate.isClosed)
    }

    private static func unusable(_ error: any Error) -> EndpointGate.Lesson {
        .unusable(sentence: Remedy(for: error).sentence, hint: Remedy(for: error).hint)
    }

    private static let errors: [(any Error, EndpointGate.Lesson?)] = [
        (
            ReflectorError.refused("no", status: 403),
            .refused(sentence: "no", hint: Remedy(for: ReflectorError.refused("no", status: 403)).hint)
        ),
        (ReflectorError.rateLimited("wait", retryAfterSeconds: 3), .askedForRest(seconds: 3)),
        (ReflectorError.userRefused("budget", retryAfterSeconds: 60), .refusedUser),
        (
            ReflectorError.blocked("filter", status: 403),
            .rejected(sentence: "filter", hint: Remedy(for: ReflectorError.blocked("filter", status: 403)).hint)
        ),
        (ReflectorError.timedOut("late"), .failed),
        (ReflectorError.serverFailed("503", status: 503), .failed),
        (ReflectorError.unusable("empty"), unusable(ReflectorError.unusable("empty"))),
        (
            ReflectorError.rejected("bad", status: 400),
            .rejected(sentence: "bad", hint: Remedy(for: ReflectorError.rejected("bad", status: 400)).hint)
        ),
        (ReflectorError.filtered("content", status: 400), .answered),
        (ReplyError.notJSON, unusable(ReplyError.notJSON)),
        (StoreError.locked("busy"), nil),
        (CancellationError(), nil),
    ]

    @Test(arguments: errors.indices)
    func `learns from errors of the model, not from the store's`(index: Int) {
        let (error, lesson) = Self.errors[index]
        #expect(EndpointGate.Lesson(error) == lesson, "\(error)")
    }
}
