// SPDX-License-Identifier: Apache-2.0

/// Errors that the host of an agent makes, not the work: counted as cost, never as a lesson.
package enum HarnessError {
    /// Whether the text of a failed tool result is one of them.
    package static func matches(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace }
        let bare = start.hasPrefix("<tool_use_error>") ? start.dropFirst("<tool_use_error>".count) : start
        return prefixes.contains { bare.hasPrefix($0) }
    }

    static let prefixes = [
        "File has not been read yet", "File has been modified since read", "File has been unexpectedly modified",
        "Sibling tool call errored", "The user doesn't want to proceed", "[Request interrupted",
        "String to replace not found", "Found ", "No changes to make", "File content (", "InputValidationError",
        "Error: No such tool available", "429", "API Error", "Request timed out", "Overloaded",
    ]
}
