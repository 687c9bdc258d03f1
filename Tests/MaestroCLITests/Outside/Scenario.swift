// SPDX-License-Identifier: Apache-2.0
import Foundation
import struct SystemPackage.FilePath
import MaestroTestServer
import MaestroTesting

/// A command that changes something, and the state that it starts from.
enum Scenario: String, CaseIterable, Sendable {
    /// Into a data folder that does not exist yet.
    case firstSubmit
    case submit, reflect, work, revert, review, remember
    /// What finishes a commit that was killed between its transaction and its files.
    case recovery

    /// A session in which something is learned, and one that says it more exactly.
    private static let sessions = [
        "one": """
        {"id":"one","messages":[{"role":"user","content":"Mend the date test. Always run the linter first."},\
        {"role":"assistant","content":"It is mended: the date test needs UTC."}]}

        """,
        "two": """
        {"id":"two","messages":[{"role":"user","content":"Run the linter with --strict, and keep lines short."},\
        {"role":"assistant","content":"I will."}]}

        """,
    ]

    /// A model that knows both sessions.
    static let script = Script { request, _ in
        .reply(request.body.contains("--strict, and keep") ? Self.second : Self.first)
    }

    static let first = reply([
        change("add", "feedback-linter-first", "Linter: first", "Run the linter first.", event: 1),
        change("add", "project-date-utc", "Date test: UTC", "The date test needs UTC.", event: 2, type: "project"),
    ])
    static let second = reply([
        change("update", "feedback-linter-first", "Linter: first, strict", "Run the linter with --strict.", event: 1),
        change("add", "feedback-short-lines", "Lines: short", "Keep lines short.", event: 1),
    ])

    private static func reply(_ changes: [String]) -> String {
        "{\"reasoning\":\"r\",\"memory_changes\":[\(changes.joined(separator: ","))],"
            + "\"piece_edit\":{\"why\":\"\",\"events\":[],\"edits\":[]}}"
    }

    private static func change(
        _ op: String,
        _ name: String,
        _ description: String,
        _ body: String,
        event: Int,
        type: String = "feedback"
    ) -> String {
        "{\"op\":\"\(op)\",\"name\":\"\(name)\",\"type\":\"\(type)\",\"description\":\"\(description)\","
            + "\"body\":\"\(body) **Why:** said so. **How to apply:** always.\",\"merge_target\":\"\","
            + "\"events\":[\(event)],\"quote\":\"\"}"
    }

    private static func file(_ session: String) throws -> String {
        let path = TemporaryFolder.path.appending("\(session).jsonl").string
        try sessions[session]?.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// The commands that make the state before, in order.
    func preparation() throws -> [[String]] {
        let learn = { ["reflect", try Self.file($0), "--project", "global"] }
        switch self {
        case .firstSubmit: return []
        case .submit, .reflect, .review, .remember: return [try learn("one")]
        case .work: return [try learn("one"), ["submit", try Self.file("two"), "--project", "global"]]
        case .revert: return [try learn("one"), try learn("two")]
        // The second is killed in the middle of its files.
        case .recovery: return [try learn("one"), try learn("two")]
        }
    }

    func command() throws -> [String] {
        switch self {
        case .firstSubmit, .submit: ["submit", try Self.file("two"), "--project", "global"]
        case .reflect, .recovery: ["reflect", try Self.file("two"), "--project", "global"]
        case .work: ["work", "--drain"]
        case .revert: ["revert", "last"]
        case .review: ["review", "--accept", "last"]
        case .remember: ["remember", "--project", "global", "Ask", "before", "you", "deploy"]
        }
    }

    /// Whether a person gives the command: once more would be one more commit.
    var isOfPerson: Bool { [.revert, .review, .remember].contains(self) }
}
