// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM: the first lets the work put its state in order, the second ends at once.
final class Interrupts: Sendable {
    static let shared = Interrupts()

    private struct State {
        var count = 0
        var first: (@Sendable () -> Void)?
        var signal: Int32?
    }

    private let state = Mutex(State())
    private static let queue = DispatchQueue(label: "maestro.interrupts")

    /// The signal that came first; nil: none came.
    var signal: Int32? { state.withLock { $0.signal } }

    /// Listens from now on, for the life of the process.
    ///
    /// The sources are the caller's to keep.
    func listen() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            Foundation.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: Self.queue)
            source.setEventHandler { self.note(number) }
            source.resume()
            return source
        }
    }

    /// What the first signal does; the latest word counts.
    ///
    /// Where one has come already, it is done at once.
    func onFirst(_ body: @escaping @Sendable () -> Void) {
        let hasCome = state.withLock { state in
            state.first = body
            return state.count > 0
        }
        if hasCome { body() }
    }

    private func note(_ number: Int32) {
        let first = state.withLock { state in
            state.count += 1
            state.signal = state.signal ?? number
            return state.count == 1 ? state.first : nil
        }
        if let first { return first() }
        if state.withLock({ $0.count > 1 }) { _exit(128 + number) }
    }
}
