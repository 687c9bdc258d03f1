// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import MaestroTesting
import Synchronization
import Testing

@testable import MaestroStores

@Suite(.timeLimit(.minutes(5))) struct `Threads for calls that block` {
    private final class Seen: Sendable {
        private let state = Mutex((inside: 0, most: 0, order: [Int]()))
        var order: [Int] { state.withLock { $0.order } }
        var inside: Int { state.withLock { $0.inside } }
        var most: Int { state.withLock { $0.most } }

        func enter(_ number: Int) {
            state.withLock {
                $0.inside += 1
                $0.most = max($0.most, $0.inside)
                $0.order.append(number)
            }
        }

        func leave() { state.withLock { $0.inside -= 1 } }
    }

    /// Calls that stay inside until the door is opened once for each.
    private func call(
        _ numbers: Range<Int>,
        on threads: BlockingThreads,
        _ seen: Seen,
        _ door: DispatchSemaphore
    ) async
        -> [Task<Void, any Error>]
    {
        var calls: [Task<Void, any Error>] = []
        for number in numbers {
            let before = threads.waiting + seen.order.count
            calls.append(
                Task {
                    try await threads.run(.ordinary) {
                        seen.enter(number)
                        door.wait()
                        seen.leave()
                    }
                }
            )
            while threads.waiting + seen.order.count == before { await Task.yield() }
        }
        return calls
    }

    @Test func `run so many at once, in the order they came`() async throws {
        let (threads, seen, door) = (BlockingThreads([.ordinary: 2]), Seen(), DispatchSemaphore(value: 0))
        let calls = await call(0..<8, on: threads, seen, door)
        while seen.inside < 2 { await Task.yield() }
        #expect(threads.waiting == 6)
        for _ in calls { door.signal() }
        for call in calls { try await call.value }
        #expect(seen.most == 2)
        #expect(seen.order.prefix(2).sorted() == [0, 1])
        // The two may note themselves in either order: never out of step by more than the other.
        for (place, number) in seen.order.enumerated() { #expect(abs(place - number) <= 1) }
    }

    @Test func `serve each lane for itself`() async throws {
        let (threads, seen, door) = (BlockingThreads([.ordinary: 1, .urgent: 1]), Seen(), DispatchSemaphore(value: 0))
        let calls = await call(0..<3, on: threads, seen, door)
        #expect(try await threads.run(.urgent) { 1 } == 1)
        #expect(threads.waiting == 2)
        for _ in calls { door.signal() }
        for call in calls { try await call.value }
    }

    @Test func `stay one where calls come one after another`() async throws {
        let threads = BlockingThreads([.ordinary: 8])
        var seen: Set<UInt> = []
        for number in 0..<200 {
            let lane: BlockingThreads.Lane = number % 3 == 0 ? .commits : .ordinary
            seen.insert(try await threads.run(lane) { UInt(pthread_self()) })
        }
        #expect(seen.count == 1)
    }

    @Test func `pass on what is thrown, and go on`() async throws {
        let threads = BlockingThreads([.ordinary: 1])
        await #expect(throws: BenchFailure.self) { try await threads.run(.ordinary) { throw BenchFailure("no") } }
        #expect(try await threads.run(.ordinary) { 1 } == 1)
    }

    @Test func `hold nothing of what they ran`() async throws {
        final class Held: Sendable {}
        let threads = BlockingThreads([.ordinary: 1])
        // The first call makes the thread, the second wakes it.
        for _ in 0..<2 {
            weak var after: Held?
            do {
                let held = Held()
                after = held
                try await threads.run(.ordinary) { _ = held }
            }
            // It lets go right after it has told.
            while after != nil { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test func `do what waits before they end`() async throws {
        let (seen, door) = (Seen(), DispatchSemaphore(value: 0))
        let calls = await call(0..<4, on: BlockingThreads([.ordinary: 1]), seen, door)
        for _ in calls { door.signal() }
        for call in calls { try await call.value }
        #expect(seen.order == [0, 1, 2, 3])
    }
}
