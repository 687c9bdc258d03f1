// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The one line at the foot of a terminal that is redrawn in place; whatever else is written goes above it.
final class StatusLine: Sendable {
    private struct State {
        var text = ""
        var isDrawn = false
        var drawnAt: ContinuousClock.Instant?
    }

    /// Five times a second: more cannot be read, and every drawing is a system call.
    static let interval = Duration.milliseconds(200)

    private let isShown: Bool
    private let now: @Sendable () -> ContinuousClock.Instant
    private let draw: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// `isShown`: false where nobody looks at a terminal; then nothing is ever drawn.
    init(
        isShown: Bool,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        draw: @escaping @Sendable (String) -> Void
    ) {
        self.isShown = isShown
        self.now = now
        self.draw = draw
    }

    /// Shows a new text in place of the old one, unless that was drawn a moment ago.
    ///
    /// `text` is one line no wider than the terminal, without control characters.
    func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let now = now()
        state.withLock { state in
            if let drawnAt = state.drawnAt, now - drawnAt < Self.interval { return }
            let text = text()
            guard text != state.text || !state.isDrawn else { return }
            state.text = text
            state.drawnAt = now
            redraw(&state)
        }
    }

    /// Takes the line away; the next text is drawn at once.
    func clear() {
        guard isShown else { return }
        state.withLock { state in
            erase(&state)
            state = State()
        }
    }

    /// Runs `write`, which writes whole lines to the terminal, with the line out of the way.
    func stepAside<T>(_ write: () throws -> T) rethrows -> T {
        guard isShown else { return try write() }
        return try state.withLock { state in
            erase(&state)
            defer { redraw(&state) }
            return try write()
        }
    }

    private func erase(_ state: inout State) {
        if state.isDrawn { draw("\r\u{1B}[2K") }
        state.isDrawn = false
    }

    private func redraw(_ state: inout State) {
        guard !state.text.isEmpty else { return erase(&state) }
        draw("\r\u{1B}[2K" + state.text)
        state.isDrawn = true
    }
}
