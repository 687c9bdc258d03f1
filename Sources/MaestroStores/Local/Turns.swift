// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Calls from many threads of something that does one at a time: whoever finds it free serves all who come meanwhile.
///
/// A lock that goes from thread to thread stands idle until the next one has woken up, and on busy cores that takes longer
/// than most calls. Here the thread that is awake does the others' work too and only tells them: "flat combining" (Hendler,
/// Incze, Shavit, Tzafrir: Flat combining and the synchronization-parallelism tradeoff, 2010).
final class Turns<Call: Sendable>: Sendable {
    /// A call, and the thread that waits for it, if one does.
    final class Ticket: Sendable {
        let call: Call
        private let bell: DispatchSemaphore?
        private let isToServe = Mutex(false)

        fileprivate init(_ call: Call, isAwaited: Bool) {
            self.call = call
            bell = isAwaited ? DispatchSemaphore(value: 0) : nil
        }

        fileprivate var isAwaited: Bool { bell != nil }

        /// Tells its thread that the call was served.
        func tell() { bell?.signal() }

        fileprivate func handOver() {
            isToServe.withLock { $0 = true }
            bell?.signal()
        }

        /// Returns when the call was served, or (true) when its thread is to serve it, and the others.
        fileprivate func wait() -> Bool {
            bell?.wait()
            return isToServe.withLock { $0 }
        }
    }

    private struct State {
        var isServed = false
        /// Who serves; nil also while the next one wakes up.
        var server: pthread_t?
        /// In the order they came.
        var waiting: [Ticket] = []
    }

    /// So often a thread serves those who came meanwhile before one of them does, and it goes on with what it came for.
    static var rounds: Int { 8 }

    private let state = Mutex(State())

    /// Returns when `call` was served, on this thread or on another.
    ///
    /// `serve` gets calls in the order they came and tells each when it is done. It is never run by two threads at once,
    /// and must not come here itself: it would wait for itself.
    func take(_ call: Call, serve: ([Ticket]) -> Void) {
        let ticket = Ticket(call, isAwaited: true)
        if enter(ticket) || ticket.wait() { serveAll(serve) }
    }

    /// Leaves `call` with whoever serves at this moment; served when it returns only where nobody did.
    ///
    /// Who comes later is served together with it, or after it.
    func leave(_ call: Call, serve: ([Ticket]) -> Void) {
        if enter(Ticket(call, isAwaited: false)) { serveAll(serve) }
    }

    /// How many calls wait, and are not being served.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Whether this thread is to serve.
    private func enter(_ ticket: Ticket) -> Bool {
        state.withLock { state in
            precondition(state.server != pthread_self(), "a call from within a call would wait for itself")
            state.waiting.append(ticket)
            defer { state.isServed = true }
            return !state.isServed
        }
    }

    private func serveAll(_ serve: ([Ticket]) -> Void) {
        var rounds = 0
        while let tickets = next(mayHandOver: rounds >= Self.rounds) {
            serve(tickets)
            rounds += 1
        }
    }

    /// Those who wait; nil where nobody does, or where one of them serves from now on.
    private func next(mayHandOver: Bool) -> [Ticket]? {
        let (tickets, heir) = state.withLock { state -> ([Ticket]?, Ticket?) in
            state.server = nil
            guard !state.waiting.isEmpty else {
                state.isServed = false
                return (nil, nil)
            }
            // A call that was left has no thread that could serve.
            if mayHandOver, let heir = state.waiting.first(where: { $0.isAwaited }) { return (nil, heir) }
            state.server = pthread_self()
            defer { state.waiting = [] }
            return (state.waiting, nil)
        }
        heir?.handOver()
        return tickets
    }
}
