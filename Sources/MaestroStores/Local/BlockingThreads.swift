// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization

/// A few threads for calls that block (SQLite, fsync), in lanes: each lane first come first served, so many of it at once.
///
/// On the shared pool they would stop other tasks. There are so many that a disk has several syncs to do at once, and so few
/// that hundreds of reflections on a few cores end one after another: side by side all would end at the end, and the calls
/// of the model after them begin together again. No call may wait for another.
final class BlockingThreads: Sendable {
    enum Lane: Int, CaseIterable {
        case ordinary
        case commits
        /// What nothing may hold up: a heartbeat, or the lease runs out; a claim, which leads to the next call of the model.
        case urgent
    }

    private let work: Work

    /// `widths`: how many calls of each lane run at once.
    ///
    /// Threads are made when they are needed, and end with this object.
    init(_ widths: [Lane: Int]) { work = Work(widths) }

    deinit { work.end() }

    /// Runs `body` when it is its turn.
    ///
    /// It is not told where the task is cancelled.
    func run<T: Sendable>(_ lane: Lane, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            work.add(lane) {
                let result = Result(catching: body)
                return { continuation.resume(with: result) }
            }
        }
    }

    /// How many calls wait for their turn.
    var waiting: Int { work.waiting }

    /// What waits for a thread; outlives the object while threads are at work.
    private final class Work: Sendable {
        /// Gives back how its caller is told that it is done.
        typealias Body = @Sendable () -> @Sendable () -> Void
        typealias Call = (lane: Lane, body: Body)

        /// A thread that has nothing to do.
        private final class Sleeper: Sendable {
            private let bell = DispatchSemaphore(value: 0)
            private let call = Mutex<Call?>(nil)

            /// Without a call it ends.
            func wake(for call: Call?) {
                self.call.withLock { $0 = call }
                bell.signal()
            }

            /// The next call; nil where there is to be none.
            func sleep() -> Call? {
                bell.wait()
                return call.withLock { $0.take() }
            }
        }

        private struct Queue {
            let width: Int
            var running = 0
            /// In the order they came; those before `next` were taken.
            var bodies: [Body?] = []
            var next = 0

            var waiting: Int { bodies.count - next }

            mutating func take() -> Body? {
                guard waiting > 0 else { return nil }
                let body = bodies[next]
                bodies[next] = nil
                next += 1
                if next * 2 > bodies.count {
                    bodies.removeFirst(next)
                    next = 0
                }
                return body
            }
        }

        private struct State {
            var queues: [Queue]
            /// The one that fell asleep last is woken first, for whichever lane: what it worked on is still warm, and calls
            /// one after another stay on one thread.
            var sleepers: [Sleeper] = []
            var isEnding = false
        }

        private let state: Mutex<State>

        init(_ widths: [Lane: Int]) {
            state = Mutex(State(queues: Lane.allCases.map { Queue(width: widths[$0] ?? 1) }))
        }

        var waiting: Int { state.withLock { $0.queues.reduce(0) { $0 + $1.waiting } } }

        func add(_ lane: Lane, _ body: @escaping Body) {
            let (sleeper, isThreadNeeded) = state.withLock { state -> (Sleeper?, Bool) in
                guard state.queues[lane.rawValue].running < state.queues[lane.rawValue].width else {
                    state.queues[lane.rawValue].bodies.append(body)
                    return (nil, false)
                }
                state.queues[lane.rawValue].running += 1
                let sleeper = state.sleepers.popLast()
                return (sleeper, sleeper == nil)
            }
            if let sleeper { return sleeper.wake(for: (lane, body)) }
            guard isThreadNeeded else { return }
            let newcomer = Sleeper()
            newcomer.wake(for: (lane, body))
            Thread { self.serve(newcomer) }.start()
        }

        /// What waits is still done.
        func end() {
            let sleepers = state.withLock { state in
                defer { state.sleepers = [] }
                state.isEnding = true
                return state.sleepers
            }
            for sleeper in sleepers { sleeper.wake(for: nil) }
        }

        private func serve(_ sleeper: Sleeper) {
            // While a thread sleeps it must hold nothing of what it ran: that may hold whoever ends the threads.
            while work(on: sleeper.sleep(), as: sleeper) {}
        }

        /// Runs `call`, and what waits in its lane; whether the thread is to sleep then, and not to end.
        private func work(on call: Call?, as sleeper: Sleeper) -> Bool {
            var call = call
            while let (lane, body) = call {
                let tell = Self.result(of: body)
                let (next, isEnding) = state.withLock { state in
                    let next = state.queues[lane.rawValue].take()
                    if next == nil {
                        state.queues[lane.rawValue].running -= 1
                        // Before the caller is told: its next call finds this thread.
                        if !state.isEnding { state.sleepers.append(sleeper) }
                    }
                    return (next, state.isEnding)
                }
                tell()
                guard let next else { return !isEnding }
                call = (lane, next)
            }
            return false
        }

        private static func result(of body: Body) -> @Sendable () -> Void {
            #if canImport(ObjectiveC)
            autoreleasepool { body() }
            #else
            body()
            #endif
        }
    }
}
