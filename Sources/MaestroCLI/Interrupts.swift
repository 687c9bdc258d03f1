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

    /// Listens for the life of the process, from when it returns.
    ///
    /// Until then a signal ends the process as it does any program: one that is ignored before somebody listens is lost, and
    /// a worker that was told to stop would work on. The sources are the caller's to keep.
    func listen() async -> [any DispatchSourceSignal] {
        var sources: [any DispatchSourceSignal] = []
        for number in [SIGINT, SIGTERM] {
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
