// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

/// Errors that a job ran into and overcame: what the offline reflector makes of them.
extension `The offline reflector` {
    static func recovery(error: String = "a.go:3: error is unwrapped (wrapcheck)") -> [Event] {
        [
            event(1, .user, .message, "Fix it"),
            event(2, .agent, .toolCall, "mise run fmt && mise run lint", .init(name: "Bash", callID: "1")),
            event(3, .tool, .toolResult, "Exit code 1\n\(error)", .init(name: "Bash", callID: "1", isError: true)),
            event(4, .agent, .toolCall, "a.go", .init(name: "Edit", callID: "2")),
            event(5, .agent, .toolCall, "mise run lint", .init(name: "Bash", callID: "3")),
            event(6, .tool, .toolResult, "0 issues", .init(name: "Bash", callID: "3")),
        ]
    }

    @Test func `proposes a recovered error of a job that is known to have succeeded`() async throws {
        let reply = try await Self.changes(Self.recovery(), outcome: JobOutcome(.succeeded))

        let change = try #require(reply.memoryChanges.first)
        #expect(change.tentative == true)
        #expect(change.events == [3, 6])
        #expect(change.type == "project")
        #expect(
            change.description == "mise run lint: a.go:3: error is unwrapped (wrapcheck) → after `a.go` was changed"
        )
    }

    @Test(arguments: [JobOutcome.unknown, JobOutcome(.succeeded, inferred: "thanks"), JobOutcome(.failed)])
    func `proposes no recovered error where success is not known`(outcome: JobOutcome) async throws {
        #expect(try await Self.changes(Self.recovery(), outcome: outcome).memoryChanges.isEmpty)
    }

    private static func runs(_ failing: String, _ error: String, _ passing: String, edits: Bool) -> [Event] {
        [
            event(1, .user, .message, "Fix it"),
            event(2, .agent, .toolCall, failing, .init(name: "Bash", callID: "1")),
            event(3, .tool, .toolResult, error, .init(name: "Bash", callID: "1", isError: true)),
            event(4, .agent, .toolCall, "src/a.go", .init(name: edits ? "Edit" : "Read", callID: "2")),
            event(5, .agent, .toolCall, passing, .init(name: "Bash", callID: "3")),
            event(6, .tool, .toolResult, "ok", .init(name: "Bash", callID: "3")),
        ]
    }

    @Test(arguments: [
        ("swift test", "swift test", true), ("npm run build --quiet", "npm run build --legacy-peer-deps", false),
        ("CI=1 cargo build", "cargo build --locked", false), ("make lint && make test", "make lint && make test", true),
        ("cd app && pytest -x", "cd app && pytest", true), ("mise run fmt && mise run lint", "mise run lint", true),
        ("echo \"a; b | c\" && go vet ./...", "go vet ./...", true),
    ])
    func `sees that a command passed after a change`(failing: String, passing: String, edits: Bool) async throws {
        let events = Self.runs(failing, "Exit code 1\na.go:3:1: unknown name", passing, edits: edits)
        let changes = try await Self.changes(events, outcome: JobOutcome(.succeeded)).memoryChanges

        #expect(changes.map(\.events) == [[3, 6]])
        #expect(changes.first?.description.contains("a.go:3:1: unknown name") == true)
        #expect((changes.first?.description.count ?? 999) <= 140)
    }

    @Test(arguments: [
        // Nothing was changed: chance.
        ("swift test", "boom in a.go", "swift test", false), ("cd a && make all", "boom in a.go", "make all", false),
        // The exit code is another command's.
        ("swift test", "boom in a.go", "swift test 2>&1 | tail -5", true),
        ("swift test", "boom in a.go", "swift test || true", true),
        ("swift test", "boom in a.go", "swift test; echo done", true),
        ("npm install && npm test", "boom in a.go", "npm install", true),
        // Another command, or one that says nothing.
        ("swift test", "boom in a.go", "swift build", true), ("ls src/b", "No such file", "ls src", true),
        ("git push", "rejected by remote", "git push -f", false),
        ("python3 -c 'a'", "SyntaxError", "python3 -c 'b'", true),
        ("pytest tests/a.py", "boom in a.py", "pytest tests/b.py", true),
        // Errors that go away.
        ("npm install", "npm ERR! network ECONNRESET", "npm install", true),
        ("swift test", "Command timed out after 2m", "swift test", true),
        ("swift test", "API Error: 529 overloaded", "swift test", true),
        ("swift test", "Exit code 1", "swift test", true),
        ("npm test", "Error: connect ETIMEDOUT 10.0.0.1:443", "npm test", true),
        // A test that failed is what the job was about.
        ("pytest", "FAILED tests/a.py::test_x - AssertionError: assert 1 == 2", "pytest", true),
        ("go test ./...", "--- FAIL: TestA (0.00s)", "go test ./...", true),
        // Nothing that lets a command do more is a cure; no secret is one.
        ("make install", "install: cannot create: Permission denied", "sudo make install", false),
        ("npm install", "npm error ERESOLVE could not resolve", "npm install --force", false),
        (
            "KEY=[secret:github-token] make deploy", "bad region us-esat-1", "KEY=[secret:github-token] make deploy",
            true
        ),
    ])
    func `takes nothing for recovered that was not`(
        failing: String,
        error: String,
        passing: String,
        edits: Bool
    ) async throws {
        let events = Self.runs(failing, error, passing, edits: edits)
        #expect(try await Self.changes(events, outcome: JobOutcome(.succeeded)).memoryChanges.isEmpty)
    }

    @Test func `takes a linter's count of errors for a linter's, not for the host's`() {
        #expect(!HarnessError.matches("Found 12 errors in 3 files"))
        #expect(!HarnessError.matches("429 tests failed"))
        #expect(HarnessError.matches("Found 2 matches of the string to replace"))
        #expect(HarnessError.matches("<tool_use_error>File does not exist.</tool_use_error>"))
    }
}
