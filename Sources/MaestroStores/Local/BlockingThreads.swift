// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization

/// A few threads for calls that block (SQLite, fsync), first come first served.
///
/// On the shared pool they would stop other tasks. There are so many that a disk has several syncs to do at once, and so few
/// that hundreds of reflections on a few cores end one after another: side by side all would end at the end, and the calls
/// of the model after them begin together again. No call may wait for another.
final class BlockingThreads: Sendable {
    private let work: Work

    /// Threads are made when they are needed, `width` at most, and end with this object.
    init(width: Int) { work = Work(width: width) }

    deinit { work.end() }

    /// Runs `body` when it is its turn.
    ///
    /// It is not told where the task is cancelled.
    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            work.add {
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

        private struct State {
            /// In the order they came; those before `next` were taken.
            var bodies: [Body?] = []
            var next = 0
            var idle = 0
            var threads = 0
            var isEnding = false

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

        private let width: Int
        private let state = Mutex(State())
        /// Rung once for each body, and for each thread at the end.
        private let bell = DispatchSemaphore(value: 0)

        init(width: Int) { self.width = width }

        var waiting: Int { state.withLock { $0.waiting } }

        func add(_ body: @escaping Body) {
            let isThreadNeeded = state.withLock { state in
                state.bodies.append(body)
                guard state.waiting > state.idle, state.threads < width else { return false }
                state.threads += 1
                return true
            }
            bell.signal()
            if isThreadNeeded { Thread { self.serve() }.start() }
        }

        func end() {
            let threads = state.withLock { state in
                state.isEnding = true
                return state.threads
            }
            for _ in 0..<threads { bell.signal() }
        }

        private func serve() {
            state.withLock { $0.idle += 1 }
            while true {
                bell.wait()
                let (body, isEnding) = state.withLock { state in
                    state.idle -= 1
                    return (state.take(), state.isEnding)
                }
                guard let body else {
                    if isEnding { return }
                    state.withLock { $0.idle += 1 }
                    continue
                }
                let tell = Self.result(of: body)
                // Before the caller is told: the next call finds a thread, and one after another they stay on one.
                state.withLock { $0.idle += 1 }
                tell()
            }
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
