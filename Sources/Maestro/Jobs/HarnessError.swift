// SPDX-License-Identifier: Apache-2.0

/// Errors that the host of an agent makes, not the work: counted as cost, never as a lesson.
package enum HarnessError {
    /// Whether the text of a failed tool result is one of them.
    ///
    /// A `#` in a prefix stands for a number, so that "Found 2 errors" of a linter is none of them.
    package static func matches(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace }.prefix(200)
        return prefixes.contains { opens(start, with: $0) }
    }

    private static func opens(_ text: Substring, with prefix: String) -> Bool {
        let parts = prefix.split(separator: "#", omittingEmptySubsequences: false)
        guard var rest = text.hasPrefix(parts[0]) ? text.dropFirst(parts[0].count) : nil else { return false }
        for part in parts.dropFirst() {
            let behind = rest.drop { $0.isNumber }
            guard behind.startIndex > rest.startIndex, behind.hasPrefix(part) else { return false }
            rest = behind.dropFirst(part.count)
        }
        return true
    }

    static let prefixes = [
        // Claude Code's own checks of a call come in this tag.
        "<tool_use_error>",
        "File has not been read yet", "File has been modified since read", "File has been unexpectedly modified",
        "Sibling tool call errored", "Cancelled: parallel tool call", "The user doesn't want to proceed",
        "[Request interrupted", "Error: user rejected", "String to replace not found", "Found # matches of the string",
        "No changes to make", "File content (", "InputValidationError", "Error: No such tool available",
        "429 Too Many Requests", "429 {", "Error: 429", "API Error", "rate_limit_error", "Rate limit",
        "Request timed out",
        "Overloaded",
    ]
}
