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
        FileHandle.standardOutput.write(Data((line.hasSuffix("\n") ? line : line + "\n").utf8))
    }
    static func result(_ lines: [String]) { lines.forEach { result($0) } }

    /// One line for programs: what would drive a terminal is escaped, not taken away.
    static func json(_ value: JSONValue) {
        FileHandle.standardOutput.write(Data((escaped(value.text) + "\n").utf8))
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

    static func note(_ text: String) { write(clean(text) + "\n") }
    static func error(_ message: String, hint: String? = nil) {
        write("error: \(clean(message))\n")
        if let hint { write("hint: \(clean(hint))\n") }
    }

    /// A passing remark, only where a person looks; an empty text takes it away.
    static func progress(_ text: String) {
        guard showsProgress else { return }
        write("\r\u{1B}[2K" + clean(text))
    }

    static func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    static func faint(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

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
