// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `The endpoint's gate` {
    private static let start = Date(timeIntervalSince1970: 1_780_000_000)
    private static let refused = EndpointGate.Lesson.refused(sentence: "wrong key", hint: "mend it")

    private var gate = EndpointGate()

    /// What it says to each lesson, one second after the other, where own rests last so many seconds as failures came.
    private mutating func learn(_ lessons: [EndpointGate.Lesson], from second: Double = 0) -> [EndpointGate.Change?] {
        lessons.enumerated().map { index, lesson in
            gate.learn(lesson, at: Self.start + second + Double(index)) { TimeInterval($0) }
        }
    }

    private func permits(at second: Double, inFlight: Int = 0) -> Int {
        gate.permits(8, inFlight: inFlight, at: Self.start + second)
    }

    @Test func `lets every free slot through while calls are answered`() {
        #expect(permits(at: 0) == 8)
    }

    @Test mutating func `closes at once, says so once, and looks again every minute with one call`() {
        let changes = learn([Self.refused, Self.refused, Self.refused])

        #expect(changes == [.closed(sentence: "wrong key", hint: "mend it"), nil, nil])
        #expect(gate.isClosed)
        #expect(permits(at: 30) == 0)
        #expect(permits(at: 62) == 1)
        #expect(permits(at: 62, inFlight: 1) == 0)
        #expect(learn([Self.refused], from: 62) == [nil])
        #expect(permits(at: 63) == 0)
        #expect(learn([.answered], from: 130) == [.opened])
        #expect(permits(at: 131) == 8)
    }

    @Test mutating func `takes two failures for bad luck and the third for the endpoint's`() {
        #expect(learn([.failed, .failed]) == [nil, nil])
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
        let change = gate.learn(.askedForRest(seconds: asked), at: Self.start) { TimeInterval($0) }

        #expect(change == .rests(seconds: rest))
        #expect(gate.restsUntil == Self.start + rest)
    }

    /// Words for an empty account that nobody has told us of, or a filter before everybody.
    @Test mutating func `closes where it would have nobody, three times in a row, and stays so until one is served`() {
        let rejected = EndpointGate.Lesson.rejected(sentence: "odd", hint: nil)
        #expect(learn([rejected, rejected, .answered, rejected, rejected]) == [nil, nil, nil, nil, nil])
        #expect(learn([rejected], from: 5) == [.closed(sentence: "odd", hint: nil)])
        #expect(permits(at: 6) == 0 && permits(at: 66) == 1)
        #expect(learn([rejected], from: 66) == [nil])
        #expect(permits(at: 67) == 0)
        #expect(learn([.answered, rejected], from: 130) == [.opened, nil])
    }

    @Test mutating func `is tried out beside calls that began before it rested`() {
        _ = learn([.askedForRest(seconds: 5)])
        #expect(permits(at: 5, inFlight: 0) == 1)
        #expect(permits(at: 5, inFlight: 1) == 0)
    }

    @Test mutating func `knows since when nobody was served`() {
        #expect(gate.failingSince == nil)
        _ = learn([.failed, .failed, .askedForRest(seconds: 1)], from: 7)
        #expect(gate.failingSince == Self.start + 7)
        _ = learn([.answered], from: 20)
        #expect(gate.failingSince == nil)
    }

    /// Else a rest of a minute would last for as long as the clock was set back.
    @Test mutating func `looks again when the clock is set back`() {
        #expect(learn([.askedForRest(seconds: 60)], from: 10_000) == [.rests(seconds: 60)])
        #expect(permits(at: 10_001) == 0)
        #expect(permits(at: 9_000) == 1 && permits(at: 9_000, inFlight: 1) == 0)
        #expect(learn([.askedForRest(seconds: 60)], from: 9_001) == [nil])
        #expect(permits(at: 9_002) == 0)
    }

    @Test mutating func `is not opened by the answer to a call that began before it rested`() {
        let before = gate.era
        #expect(learn([.askedForRest(seconds: 60)]) == [.rests(seconds: 60)])
        let late = gate.learn(.answered, at: Self.start + 1, since: before) { TimeInterval($0) }
        #expect(late == nil && permits(at: 2) == 0)
        #expect(permits(at: 61) == 1)
        let probe = gate.era
        #expect(gate.learn(.answered, at: Self.start + 62, since: probe) { TimeInterval($0) } == .opened)
    }

    @Test mutating func `keeps the longer of two rests, and closed is more than resting`() {
        #expect(learn([.askedForRest(seconds: 60), .askedForRest(seconds: 5)]) == [.rests(seconds: 60), nil])
        #expect(gate.restsUntil == Self.start + 60)
        #expect(learn([Self.refused, .askedForRest(seconds: 5)], from: 2).last == .some(nil))
        #expect(gate.isClosed)
    }

    private static let errors: [(any Error, EndpointGate.Lesson?)] = [
        (
            ReflectorError.refused("no", status: 403),
            .refused(sentence: "no", hint: Remedy(for: ReflectorError.refused("no", status: 403)).hint)
        ),
        (ReflectorError.rateLimited("wait", retryAfterSeconds: 3), .askedForRest(seconds: 3)),
        (ReflectorError.userRefused("budget", retryAfterSeconds: 60), .answered),
        (
            ReflectorError.blocked("filter", status: 403),
            .rejected(sentence: "filter", hint: Remedy(for: ReflectorError.blocked("filter", status: 403)).hint)
        ),
        (ReflectorError.timedOut("late"), .failed),
        (ReflectorError.unusable("empty"), .answered),
        (
            ReflectorError.rejected("bad", status: 400),
            .rejected(sentence: "bad", hint: Remedy(for: ReflectorError.rejected("bad", status: 400)).hint)
        ),
        (ReflectorError.filtered("content", status: 400), .answered), (ReplyError.notJSON, .answered),
        (StoreError.locked("busy"), nil),
        (CancellationError(), nil),
    ]

    @Test(arguments: errors.indices)
    func `learns from errors of the model, not from the store's`(index: Int) {
        let (error, lesson) = Self.errors[index]
        #expect(EndpointGate.Lesson(error) == lesson, "\(error)")
    }
}
