// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A command that failed, and later passed after something was changed: a pair of events, not a rule.
struct RecoveredError: Hashable, Sendable {
    /// The command that failed.
    let command: String
    let failure: Event
    let success: Event
    /// The command as it passed, where it was another one.
    let otherCommand: String?
    /// The file that was changed between, where one was.
    let changedFile: String?

    /// The first such pair among events of a job, in one pass.
    ///
    /// Only commands count: a file that was not found under one name and found under another teaches nothing.
    static func first(in events: [Event]) -> RecoveredError? {
        var calls: [String: ShellLine] = [:]
        var failures: [[String]: (command: ShellCommand, result: Event)] = [:]
        var lastEdit: Event?
        for event in events {
            guard let tool = event.tool else { continue }
            if event.kind == .toolCall {
                if editors.contains(tool.name) { lastEdit = event }
                if shells.contains(tool.name), let id = tool.callID { calls[id] = ShellLine(event.text) }
            }
            guard event.kind == .toolResult, let line = tool.callID.flatMap({ calls[$0] }) else { continue }
            if tool.isError {
                if let failed = line.failing, teaches(event.text) { failures[failed.head] = (failed, event) }
                continue
            }
            for passed in line.passing {
                guard let failure = failures.removeValue(forKey: passed.head) else { continue }
                if let pair = RecoveredError(failure, passed, event, lastEdit: lastEdit) { return pair }
            }
        }
        return nil
    }

    /// Nil where nothing was changed in between: then it was chance that made the command pass.
    private init?(
        _ failure: (command: ShellCommand, result: Event),
        _ passed: ShellCommand,
        _ success: Event,
        lastEdit: Event?
    ) {
        command = failure.command.text
        self.failure = failure.result
        self.success = success
        otherCommand = passed.text == failure.command.text ? nil : passed.text
        changedFile = lastEdit.flatMap { $0.number > failure.result.number ? $0.text : nil }
        if otherCommand == nil, changedFile == nil { return nil }
        if let otherCommand, Self.widens(otherCommand, command) { return nil }
        if [command, error, otherCommand ?? ""].contains(where: { $0.contains("[secret:") }) { return nil }
    }

    /// What lets a command do more than it may: never taught as a cure.
    private static let wideners: Set = [
        "sudo", "doas", "--force", "-f", "--no-verify", "--insecure", "-k", "--privileged",
    ]

    private static func widens(_ other: String, _ command: String) -> Bool {
        let added = Set(other.split(separator: " ").map(String.init)).subtracting(
            command.split(separator: " ").map(String.init)
        )
        return !added.isDisjoint(with: wideners) || added.contains { $0.hasPrefix("--dangerously") }
    }

    private static let shells: Set = [
        "Bash", "bash", "shell", "exec_command", "run_shell_command", "run_command", "terminal",
    ]
    private static let editors: Set = ["Edit", "MultiEdit", "Write", "NotebookEdit", "apply_patch"]

    /// Errors that go away by themselves, in lower case.
    private static let transient = [
        "timed out", "timeout", "connection refused", "connection reset", "econnreset", "temporary failure",
        "etimedout", "econnrefused", "enotfound", "eai_again", "socket hang up", "failed to connect",
        "rate limit", "too many requests", "service unavailable", "network is unreachable", "could not resolve host",
    ]

    private static func teaches(_ output: String) -> Bool {
        guard !HarnessError.matches(output), let line = telling(output) else { return false }
        let folded = output.prefix(4000).lowercased()
        return !transient.contains { folded.contains($0) } && !isFailedTest(line)
    }

    /// Whether a test says so: what the job was about, and nothing for the next one.
    private static func isFailedTest(_ line: String) -> Bool {
        ["FAILED ", "FAIL ", "FAIL:", "--- FAIL", "✘ "].contains { line.hasPrefix($0) }
            || ["AssertionError", "Expectation failed", "XCTAssert"].contains { line.contains($0) }
    }

    /// The line of the output that says what is wrong.
    var error: String { (Self.telling(failure.text) ?? "").onOneLine }
    /// The last line of the output, where it is another one.
    var lastLine: String? {
        let line = Self.lines(of: failure.text).last?.onOneLine
        return line == error ? nil : line
    }

    /// A place in a file or a compiler's word before any other line.
    private static func telling(_ output: String) -> String? {
        let lines = lines(of: output)
        return lines.first(where: isPlace) ?? lines.first { $0.lowercased().contains("error:") } ?? lines.first
    }

    /// Lines that are no exit code and no word of the task runner about itself.
    private static func lines(of output: String) -> [String] {
        output.prefix(20_000).split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { line in
                let isRunner = line.hasPrefix("[") && (line.contains("] $ ") || line.contains("] ERROR task failed"))
                return line.count > 8 && !line.hasPrefix("Exit code") && !isRunner
            }
    }

    /// A line such as `path/file.go:12:3: …`.
    private static func isPlace(_ line: String) -> Bool {
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        return fields.count == 3 && fields[0].contains(".") && !fields[0].contains(" ") && Int(fields[1]) != nil
    }
}
