// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: the first lets the work put its state in order, the second ends it in a moment, the third at once.
///
/// A command that says nothing about the second ends at once by it.
final class Interrupts: Sendable {
    static let shared = Interrupts()

    private struct State {
        var count = InterruptCount()
        var first: (@Sendable () -> Void)?
        var second: (@Sendable () -> Void)?
        var signal: Int32?
    }

    private let state = Mutex(State())
    private static let queue = DispatchQueue(label: "maestro.interrupts")
    /// How long the second signal lets the work hand back what it holds.
    private static let lastMoment = 2.0

    /// The signal that came first; nil: none came.
    var signal: Int32? { state.withLock { $0.signal } }
    /// Whether the second came, too.
    var isHurried: Bool { state.withLock { $0.count.number > 1 } }

    /// Listens for the life of the process, from when it returns.
    ///
    /// Until then a signal ends the process as it does any program: one that is ignored before somebody listens is lost, and
    /// a worker that was told to stop would work on. The sources are the caller's to keep.
    func listen() async -> [any DispatchSourceSignal] {
        var sources: [any DispatchSourceSignal] = []
        for number in [SIGINT, SIGTERM] + (Self.isHangUpIgnored ? [] : [SIGHUP]) {
            let source = DispatchSource.makeSignalSource(signal: number, queue: Self.queue)
            source.setEventHandler { self.note(number) }
            await withCheckedContinuation { continuation in
                source.setRegistrationHandler {
                    #if canImport(Darwin)
                    // Here a source only watches. Elsewhere it has its own handler by now, which this would take away.
                    Foundation.signal(number, SIG_IGN)
                    #endif
                    continuation.resume()
                }
                source.resume()
            }
            sources.append(source)
        }
        return sources
    }

    /// Whether the process is to outlive its terminal: `nohup` has said so.
    private static var isHangUpIgnored: Bool {
        var action = sigaction()
        guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #else
        let handler = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// What the first signal does; the latest word counts.
    ///
    /// Where one has come already, it is done at once.
    func onFirst(_ body: @escaping @Sendable () -> Void) {
        let hasCome = state.withLock { state in
            state.first = body
            return state.count.number > 0
        }
        if hasCome { body() }
    }

    /// What the second signal does; the process ends two seconds later if it has not by itself.
    func onSecond(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.second = body } }

    private func note(_ number: Int32) {
        let (step, first, second) = state.withLock { state in
            state.signal = state.signal ?? number
            return (state.count.note(at: .now), state.first, state.second)
        }
        switch step {
        case .none: return
        case .first: first?()
        case .second:
            guard let second else { _exit(128 + number) }
            // Each on a thread of its own: words that nobody reads must not keep the process, nor the third signal.
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.lastMoment) {
                Terminal.error("ended before all was handed back: what it still held is taken over from it", hint: nil)
                _exit(128 + number)
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.lastMoment + 1) { _exit(128 + number) }
            second()
        case .third: _exit(128 + number)
        }
    }
}

/// Which signal it is that came: some senders send two at once, such as GNU `timeout`, to the process and to its group.
struct InterruptCount {
    enum Step { case none, first, second, third }

    private(set) var number = 0
    private var last: ContinuousClock.Instant?

    /// No person is as quick.
    private static let sameTime = Duration.milliseconds(100)

    /// What is to be done now.
    mutating func note(at now: ContinuousClock.Instant) -> Step {
        if let last, now - last < Self.sameTime { return .none }
        (number, last) = (number + 1, now)
        return switch number {
        case 1: .first
        case 2: .second
        default: .third
        }
    }
}
