// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A command that failed, and later passed after something was changed: a pair of events, not a rule.
struct RecoveredError: Hashable, Sendable {
    let command: String
    let failure: Event
    let success: Event
    /// The file that was changed between, where one was.
    let changedFile: String?

    /// The first such pair of a job.
    ///
    /// Only commands count: a file that was not found under one name and found under another teaches nothing.
    static func first(in activity: Activity) -> RecoveredError? {
        var results: [String: Event] = [:]
        for event in activity.events where event.kind == .toolResult {
            if let id = event.tool?.callID { results[id] = event }
        }
        let calls = activity.events.filter { $0.kind == .toolCall && isCommand($0) }
        for (index, call) in calls.enumerated() {
            guard let failure = result(of: call, results), failure.tool?.isError == true,
                !HarnessError.matches(failure.text),
                firstLine(of: failure.text) != nil
            else { continue }
            for later in calls[(index + 1)...] {
                guard let success = result(of: later, results), success.tool?.isError == false,
                    let command = sharedCommand(call.text, later.text)
                else { continue }
                let changed = activity.events[call.number..<later.number].last { isEdit($0) }
                guard changed != nil || later.text != call.text else { break }
                return RecoveredError(command: command, failure: failure, success: success, changedFile: changed?.text)
            }
        }
        return nil
    }

    private static func result(of call: Event, _ results: [String: Event]) -> Event? {
        call.tool?.callID.flatMap { results[$0] }
    }

    private static func isCommand(_ event: Event) -> Bool {
        ["Bash", "shell", "exec_command", "run_shell_command", "bash", "run_command", "terminal"].contains(
            event.tool?.name ?? ""
        )
    }

    private static func isEdit(_ event: Event) -> Bool {
        event.kind == .toolCall
            && ["Edit", "MultiEdit", "Write", "NotebookEdit", "apply_patch"].contains(event.tool?.name ?? "")
    }

    /// The command that both lines run: same program and subcommand.
    private static func sharedCommand(_ a: String, _ b: String) -> String? {
        let heads = Set(commands(in: a).map(head))
        return commands(in: b).first { heads.contains(head($0)) && !trivial.contains(head($0).first ?? "") }
    }

    /// Commands whose failure and success say nothing of the project.
    private static let trivial: Set = [
        "cd", "ls", "cat", "grep", "rg", "find", "echo", "rm", "mkdir", "which", "sed", "head", "tail", "git",
    ]

    private static func commands(in line: String) -> [String] {
        line.replacingOccurrences(of: "&&", with: ";").replacingOccurrences(of: "||", with: ";")
            .split { ";|\n".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private static func head(_ command: String) -> [String] {
        Array(command.split(separator: " ").prefix { !$0.hasPrefix("-") }.prefix(3).map(String.init))
    }

    /// The line of an output that says what is wrong: the first that is no exit code and no echo of the command.
    static func firstLine(of text: String) -> String? {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .first {
                !$0.isEmpty && !$0.hasPrefix("Exit code") && !($0.hasPrefix("[") && $0.contains("] $ ")) && $0.count > 8
            }
    }
}
