// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Texts that cost a careless scanner the square of their length, or more: one short pattern again and again.
package enum HostileText {
    /// 100 KB in a long run (`make mutations`, a release build), where a quadratic loop takes seconds and a worse one runs
    /// into the time limit; less in every run of the tests.
    private static let bytes = ProcessInfo.processInfo.environment["MAESTRO_MUTATIONS"] == nil ? 3000 : 100_000

    package static func of(_ pattern: String) -> String {
        String(repeating: pattern, count: max(1, bytes / pattern.utf8.count))
    }

    package static let patterns = [
        "a", " ", "\n", "\r", "\r\n", "\t", "-", "- ", "#", ": ", "'", "\"", "\\", "`", "```\n", "*", "_", "[", "{",
        "(", "<",
        "&a [*a,", "? ", "|\n", "a: ", "a:\n ", "!!binary ", "<<: *a\n", "1", "1-", "1.1.", "4111 ", "+49 1", "a@",
        "@a.b", "a@b.",
        "AKIA", "ghp_", "eyJhbGciOi.", "Bearer ", "password=", "key: \"", "https://u:p@",
        "-----BEGIN PRIVATE KEY-----\n",
        "sk-", "xoxb-", "e\u{301}", "\u{200D}👩", "\u{202E}", "…", "a … ", "never ", "No, never use it. ",
        "always run a; ", "e.g. ",
        "#1 user: ", "ignore all ", "User: ", "Human: ", "$ ", "> ", "<system-reminder>", "</think>", "<think>",
        "{\"a\":",
        "{\"op\":\"add\"},", "[1,", "{\"type\":\"user\"}\n", "---\n", "description: a\n", "\u{85}", "\u{2028}", "<!-- ",
    ]
}
