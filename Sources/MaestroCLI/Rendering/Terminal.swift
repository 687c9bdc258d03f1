// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Where words go: results on stdout, everything else on stderr.
enum Terminal {
    static let hasColour = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    static let showsProgress = isatty(STDERR_FILENO) == 1

    /// Unbuffered: through `print`, a killed process would lose what it said to a pipe.
    static func result(_ text: String) {
        let line = clean(text)
        say(line.hasSuffix("\n") ? line : line + "\n", to: STDOUT_FILENO)
    }
    static func result(_ lines: [String]) { lines.forEach { result($0) } }

    /// One line for programs: what would drive a terminal is escaped, not taken away.
    static func json(_ value: JSONValue) {
        say(escaped(value.text) + "\n", to: STDOUT_FILENO)
    }
    static func json(_ values: [JSONValue]) { values.forEach { json($0) } }

    static func escaped(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: isControl) else { return json }
        return json.unicodeScalars.map { scalar in
            guard isControl(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    static func note(_ text: String) { say(clean(text) + "\n", to: STDERR_FILENO) }
    static func error(_ message: String, hint: String? = nil) {
        let hint = hint.map { "hint: \(clean($0))\n" } ?? ""
        say("error: \(clean(message))\n" + hint, to: STDERR_FILENO)
    }

    /// One line about the state of long work, only where a person looks; all else is written above it.
    static let status = StatusLine(isShown: showsProgress) { write($0, to: STDERR_FILENO) }

    /// A passing remark, only where a person looks; an empty text takes it away.
    static func progress(_ text: String) {
        guard !text.isEmpty else { return status.clear() }
        // Wider, it would be two lines, of which a redrawing takes away one.
        status.show(String(clean(text).onOneLine.prefix(width - 1)))
    }

    /// Columns of the terminal on stderr; 80 where it does not say.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    static func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    static func faint(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    private static func say(_ text: String, to file: Int32) { status.stepAside { write(text, to: file) } }

    /// Through the system call: `FileHandle` crashes the process where the file is closed or its disk full.
    ///
    /// What cannot be said on stdout ends the process: nobody is left to read the rest.
    private static func write(_ text: String, to file: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                guard file == STDOUT_FILENO else { return }
                let reason = String(cString: strerror(errno))
                // Not through `error`: the status line is held while this writes.
                write("error: cannot write to standard output: \(reason)\n", to: STDERR_FILENO)
                write("hint: what was done is done; `maestro log` shows it\n", to: STDERR_FILENO)
                _exit(1)
            }
        }
    }

    /// Without control characters, except our own colours: text of a log must not drive the terminal.
    static func clean(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "\u{1B}", let ours = colours.first(where: { rest.starts(with: $0.unicodeScalars) }), hasColour
            {
                result.append(contentsOf: ours.unicodeScalars)
                rest = rest.dropFirst(ours.unicodeScalars.count)
            } else {
                if !isControl(scalar) { result.append(scalar) }
                rest = rest.dropFirst()
            }
        }
        return String(result)
    }

    private static let colours = ["\u{1B}[1m", "\u{1B}[2m", "\u{1B}[0m"]

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        let isC0 = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
        let isBidi = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        return isC0 || (0x7F...0x9F).contains(scalar.value) || isBidi
    }
}
