// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Tells a person's words from output that they pasted: fenced blocks, triple quotes, and runs of lines that look like
/// what compilers, test runners, shells and loggers print.
enum PastedOutput {
    struct Piece: Hashable {
        let text: String
        let isOutput: Bool
        var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
    }

    static func split(_ text: String) -> [Piece] {
        var pieces: [(lines: [Substring], isOutput: Bool)] = []
        var fence: String?
        // What stands below a shell's prompt is what the command printed, up to the next blank line.
        var isBelowPrompt = false
        for line in text.lines {
            let bare = line.trimmed
            let isOutput: Bool
            if let open = fence {
                isOutput = true
                if bare.hasPrefix(open) || bare.hasSuffix(open) { fence = nil }
            } else if let mark = ["```", "~~~", "\"\"\""].first(where: { bare.hasPrefix($0) }) {
                isOutput = true
                // A fence that is closed on its own line is a phrase, not a block.
                fence = bare.dropFirst(3).contains(mark) ? nil : mark
            } else {
                isBelowPrompt = !bare.isEmpty && (isBelowPrompt || isPrompt(bare))
                isOutput =
                    isBelowPrompt || looksPrinted(bare) || pieces.last?.isOutput == true && continues(line, bare)
            }
            if pieces.last?.isOutput == isOutput {
                pieces[pieces.count - 1].lines.append(line)
            } else {
                pieces.append(([line], isOutput))
            }
        }
        return pieces.map { Piece(text: $0.lines.joined(separator: "\n"), isOutput: $0.isOutput) }
    }

    private static let openings = [
        "--- FAIL", "--- PASS", "=== RUN", "FAIL\t", "FAIL:", "PASS:", "ok  \t", "Traceback (most recent call last)",
        "panic:",
        "goroutine ", "diff --git ", "@@ -", "+++ ", "npm ERR!", "npm error", "npm WARN", "npm warn", "npm notice",
        "fatal: ", "Exit code ", "error[E",
        "Caused by:", "Exception in thread", "thread 'main' panicked", "make: ***", "make[", "error: ", "Error: ",
        "warning: ",
        "AssertionError", "ERROR ", "[ERROR]", "[INFO]", "WARN ",
        "✘ ", "✔ ", "◇ ", "Usage: ", "--> ",
        // Quoted words are somebody else's, or the agent's own.
        "> ",
    ].map { Array($0.utf8) }

    private static func looksPrinted(_ line: String) -> Bool {
        openings.contains { line.utf8.starts(with: $0) } || line == "FAIL" || line == "PASS" || isLocated(line)
            || isStamped(line) || isException(line)
            || line.hasPrefix("at ") && line.contains("(") && line.hasSuffix(")")
            || line.hasPrefix("File \"") && line.contains(", line ")
    }

    private static let prompts = ["$ ", "❯ ", "➜ "].map { Array($0.utf8) }

    private static func isPrompt(_ line: String) -> Bool { prompts.contains { line.utf8.starts(with: $0) } }

    /// What a compiler says about its own error: told from a person's note by standing below it.
    private static let remarks = ["note: ", "help: ", "hint: ", "= note: ", "= help: "]

    /// Whether a line goes on what was printed: indented, a remark on it, or a line of the code it is about.
    private static func continues(_ line: Substring, _ bare: String) -> Bool {
        guard !bare.isEmpty else { return false }
        return line.hasPrefix("\t") || line.hasPrefix("    ") || bare.hasPrefix("|") || bare.hasPrefix("^")
            || remarks.contains { bare.hasPrefix($0) }
            || bare.drop(while: \.isNumber).drop(while: \.isWhitespace).first == "|"
    }

    /// `ValueError: …`, `java.io.IOException: …`: the line that names an exception.
    private static func isException(_ line: String) -> Bool {
        guard let colon = line.utf8.prefix(80).firstIndex(of: UInt8(ascii: ":")) else { return false }
        let name = line[..<colon]
        return ["Error", "Exception", "Warning"].contains { name.hasSuffix($0) } && !name.contains(" ")
    }

    /// `path/file.go:12:3: …`: a place in a file at the start of a line.
    private static func isLocated(_ line: String) -> Bool {
        let fields = line.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count >= 3, let path = fields.first, path.contains("."), !path.contains(" ") else { return false }
        return Int(fields[1]) != nil && line.utf8.count > path.utf8.count + 3
    }

    /// `2026-05-01T10:00:00 …` or `[10:00:00] …`: a time stamp at the start of a line.
    private static func isStamped(_ line: String) -> Bool {
        let start = Array(line.utf8.prefix(20))
        guard start.count >= 10 else { return false }
        func digits(_ range: Range<Int>) -> Bool { start[range].allSatisfy { (0x30...0x39).contains($0) } }
        if digits(0..<4), start[4] == 0x2D, digits(5..<7), start[7] == 0x2D, digits(8..<10) {
            return start.count > 13 && (start[10] == 0x54 || start[10] == 0x20) && digits(11..<13)
        }
        return start[0] == 0x5B && digits(1..<3) && start[3] == 0x3A && digits(4..<6)
    }
}
