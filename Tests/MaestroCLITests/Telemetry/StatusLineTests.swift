// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import MaestroCLI

@Suite struct `The status line` {
    /// A terminal that keeps what it is sent, with a clock to be moved by hand.
    private final class Screen: Sendable {
        private let sent = Mutex("")
        private let passed = Mutex(Duration.zero)
        private let start = ContinuousClock.now

        var text: String { sent.withLock { $0.replacing("\r\u{1B}[2K", with: "~") } }
        func write(_ text: String) { sent.withLock { $0 += text } }
        func pass(_ time: Duration) { passed.withLock { $0 += time } }

        func line(isShown: Bool = true) -> StatusLine {
            StatusLine(isShown: isShown, now: { self.start + self.passed.withLock(\.self) }) { self.write($0) }
        }
    }

    private let screen = Screen()

    @Test func `is drawn in place, at most five times a second`() {
        let line = screen.line()
        line.show("one")
        line.show("two")
        screen.pass(.milliseconds(199))
        line.show("three")
        screen.pass(.milliseconds(1))
        line.show("four")
        #expect(screen.text == "~one~four")
    }

    @Test func `is out of the way while something else is written`() {
        let line = screen.line()
        line.show("working")
        line.stepAside { screen.write("a log line\n") }
        #expect(screen.text == "~working~a log line\n~working")
    }

    @Test func `leaves nothing when it is taken away`() {
        let line = screen.line()
        line.show("working")
        line.clear()
        line.clear()
        line.stepAside { screen.write("done\n") }
        #expect(screen.text == "~working~done\n")
    }

    @Test func `is drawn at once after it was taken away`() {
        let line = screen.line()
        line.show("one")
        line.clear()
        line.show("two")
        #expect(screen.text == "~one~~two")
    }

    @Test func `makes no text and draws nothing where nobody looks`() {
        let line = screen.line(isShown: false)
        func text() -> String {
            Issue.record("made a text for nobody")
            return ""
        }
        line.show(text())
        line.stepAside { screen.write("a log line\n") }
        line.clear()
        #expect(screen.text == "a log line\n")
    }
}
