// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import MaestroStores

@Suite(.timeLimit(.minutes(5))) struct `Calls that take turns` {
    private typealias Ticket = Turns<Int>.Ticket

    /// What was served: on which thread, and what together.
    private final class Seen: Sendable {
        private let state = Mutex((batches: [[Int]](), threads: [UInt](), inside: 0, most: 0))
        var batches: [[Int]] { state.withLock { $0.batches } }
        var threads: [UInt] { state.withLock { $0.threads } }
        var most: Int { state.withLock { $0.most } }

        func serve(_ tickets: [Ticket], meanwhile: () -> Void = {}) {
            state.withLock {
                $0.batches.append(tickets.map(\.call))
                $0.threads.append(Self.thread)
                $0.inside += 1
                $0.most = max($0.most, $0.inside)
            }
            meanwhile()
            state.withLock { $0.inside -= 1 }
            for ticket in tickets { ticket.tell() }
        }

        static var thread: UInt { UInt(bitPattern: ObjectIdentifier(Thread.current).hashValue) }
    }

    /// A thread of its own, and a bell for its end.
    private func thread(_ body: @escaping @Sendable () -> Void) -> DispatchSemaphore {
        let end = DispatchSemaphore(value: 0)
        Thread {
            body()
            end.signal()
        }.start()
        return end
    }

    /// Off the shared pool: everything here blocks.
    private func blocking<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: body()) }.start()
        }
    }

    /// Bounded: a thread that blocks cannot be ended by the suite's time limit.
    private func wait(until condition: () -> Bool) {
        let deadline = ContinuousClock.now + .seconds(60)
        while !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record("waited in vain")
                return
            }
            usleep(100)
        }
    }

    @Test func `are served by their own thread where nobody else is there`() {
        let (turns, seen) = (Turns<Int>(), Seen())
        turns.take(1) { seen.serve($0) }
        turns.leave(2) { seen.serve($0) }
        #expect(seen.batches == [[1], [2]])
        #expect(Set(seen.threads) == [Seen.thread])
    }

    @Test func `are served by the thread that serves already, together and in order`() async {
        let (turns, seen, inside, door) = (
            Turns<Int>(), Seen(), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        await blocking {
            let first = thread {
                turns.take(1) { tickets in
                    seen.serve(tickets) {
                        guard tickets.map(\.call) == [1] else { return }
                        inside.signal()
                        door.wait()
                    }
                }
            }
            inside.wait()
            let second = thread { turns.take(2) { seen.serve($0) } }
            wait { turns.waiting == 1 }
            turns.leave(3) { seen.serve($0) }
            let fourth = thread { turns.take(4) { seen.serve($0) } }
            wait { turns.waiting == 3 }
            door.signal()
            for end in [first, second, fourth] { end.wait() }
        }
        #expect(seen.batches == [[1], [2, 3, 4]])
        #expect(Set(seen.threads).count == 1)
    }

    /// Else a thread would do the others' work for ever, and its own caller would wait.
    @Test func `are handed to the next thread after some rounds`() async {
        let (turns, seen) = (Turns<Int>(), Seen())
        let rounds = Turns<Int>.rounds
        await blocking {
            // The first to serve goes on to serve one that came meanwhile, again and again.
            let ends = Mutex<[DispatchSemaphore]>([])
            @Sendable func serve(_ tickets: [Ticket]) {
                seen.serve(tickets) {
                    guard let number = tickets.last?.call, number < 3 * rounds else { return }
                    let next = thread { turns.take(number + 1, serve: serve) }
                    ends.withLock { $0.append(next) }
                    wait { turns.waiting == 1 }
                }
            }
            turns.take(1, serve: serve)
            wait { ends.withLock { $0.count } == 3 * rounds - 1 }
            for end in ends.withLock({ $0 }) { end.wait() }
        }
        #expect(seen.batches == (1...3 * rounds).map { [$0] })
        for start in stride(from: 0, to: 3 * rounds, by: rounds) {
            #expect(Set(seen.threads[start..<start + rounds]).count == 1)
        }
        #expect(Set(seen.threads).count == 3)
    }

    /// They have no thread that it could be handed to.
    @Test func `that were left are served to the end`() async {
        let (turns, seen) = (Turns<Int>(), Seen())
        let rounds = Turns<Int>.rounds
        await blocking {
            @Sendable func serve(_ tickets: [Ticket]) {
                seen.serve(tickets) {
                    guard let number = tickets.last?.call, number < 3 * rounds else { return }
                    thread { turns.leave(number + 1, serve: serve) }.wait()
                }
            }
            turns.take(1, serve: serve)
        }
        #expect(seen.batches == (1...3 * rounds).map { [$0] })
        #expect(Set(seen.threads).count == 1)
        #expect(turns.waiting == 0)
    }

    @Test func `of many threads are each served once, never two at a time`() async {
        let (turns, seen) = (Turns<Int>(), Seen())
        await blocking {
            let ends = (0..<32).map { number in
                thread {
                    for call in 0..<100 {
                        let take = call % 7 == 0 ? turns.leave : turns.take
                        take(number * 100 + call) { seen.serve($0) }
                    }
                }
            }
            for end in ends { end.wait() }
            // What was left by the last of them, with whoever served.
            turns.take(-1) { seen.serve($0) }
        }
        let served = seen.batches.flatMap(\.self)
        #expect(served.sorted() == [-1] + Array(0..<3200))
        #expect(seen.most == 1)
        // The calls of one thread stay in their order.
        for number in 0..<32 {
            let own = served.filter { $0 >= 0 && $0 / 100 == number }
            #expect(own == own.sorted())
        }
    }
}
