// SPDX-License-Identifier: Apache-2.0
import MaestroTesting
import Synchronization
import Testing

@testable import MaestroStores

@Suite(.timeLimit(.minutes(1))) struct `A turnstile` {
    /// Lets nobody out before it is opened.
    private struct Door {
        private let way = AsyncStream.makeStream(of: Void.self)
        func wait() async { for await _ in way.stream {} }
        func open() { way.continuation.finish() }
    }

    private final class Seen: Sendable {
        private let state = Mutex((inside: 0, most: 0, order: [Int]()))
        var order: [Int] { state.withLock { $0.order } }
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

    @Test func `lets so many through at once, in the order they came`() async throws {
        let turnstile = Turnstile(width: 2)
        let seen = Seen()
        let doors = [Door(), Door()]
        let first = doors.map { door in Task { try await turnstile.pass { await door.wait() } } }
        while turnstile.counts.free > 0 { await Task.yield() }
        var others: [Task<Void, any Error>] = []
        for number in 0..<8 {
            others.append(
                Task {
                    try await turnstile.pass {
                        seen.enter(number)
                        await Task.yield()
                        seen.leave()
                    }
                }
            )
            while turnstile.counts.waiting <= number { await Task.yield() }
        }
        #expect(seen.order.isEmpty)
        doors[0].open()
        for other in others { try await other.value }
        #expect(seen.order == Array(0..<8))
        #expect(seen.most == 1)
        doors[1].open()
        for task in first { try await task.value }
        #expect(turnstile.counts == (2, 0))
    }

    @Test func `keeps no place for whoever is cancelled while it waits`() async throws {
        let turnstile = Turnstile(width: 1)
        let door = Door()
        let first = Task { try await turnstile.pass { await door.wait() } }
        while turnstile.counts.free > 0 { await Task.yield() }
        let second = Task { try await turnstile.pass {} }
        while turnstile.counts.waiting == 0 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        door.open()
        try await first.value
        #expect(turnstile.counts == (1, 0))
    }

    @Test func `is free again after a turn that failed`() async throws {
        let turnstile = Turnstile(width: 1)
        await #expect(throws: BenchFailure.self) { try await turnstile.pass { throw BenchFailure("no") } }
        #expect(try await turnstile.pass { 1 } == 1)
    }
}
