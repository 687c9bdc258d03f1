// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Why a file is not a transcript that can be read.
///
/// Nothing was stored.
package enum TranscriptError: Error, Hashable, Sendable, CustomStringConvertible {
    case empty(String)
    /// What was read holds no word: nobody said anything, or it is not told here.
    case wordless(String, TranscriptFormat, String)
    case notText(String)
    /// It is UTF-8 otherwise.
    case zeroBytes(String)
    /// A file that starts as JSON and cannot be read as such.
    ///
    /// It is never taken for plain text: that would store whatever it holds.
    case damagedJSON(String)
    /// More than can be held in memory as a whole, and of a kind that cannot be read line by line; most bytes that can.
    case tooLarge(String, limit: Int)
    /// The file's name, and what it looks like where it is known by name.
    case unknownFormat(String, looksLike: String?)
    /// A format that was named or recognised, but whose content does not hold it.
    case malformed(String, TranscriptFormat, String)

    package var description: String {
        switch self {
        case .empty(let name): "`\(name)` is empty"
        case .notText(let name):
            "`\(name)` is not UTF-8 text; where it is text in another encoding, save it as UTF-8 first"
        case .zeroBytes(let name):
            """
            `\(name)` holds zero bytes, as no text does: it is a binary file, UTF-16, or what a power failure left. Where it is \
            the last, take them out (`tr -d '\\000'`)
            """
        case .damagedJSON(let name):
            "`\(name)` starts as JSON but cannot be read as such: it is cut off, damaged, or nested too deep"
        case .tooLarge(let name, let limit):
            """
            `\(name)` is larger than \(ByteText.of(limit)), and only lines of one conversation can be read from so large a \
            file (JSON with one message a line, a Claude Code session, or text); this is JSON of another kind. Split it, or \
            write one message a line
            """
        case .unknownFormat(let name, let known?):
            "`\(name)` looks like \(known), which this version does not read yet; it reads \(Self.formats)"
        case .unknownFormat(let name, nil):
            """
            `\(name)` is JSON of an unknown shape. Looked for: lines with `sessionId` and `type` (Claude Code), messages with \
            `role` (OpenAI chat, Anthropic), a list of `traj` with `reward` (tau-bench)
            """
        case .wordless(let name, let format, let reason), .malformed(let name, let format, let reason):
            "`\(name)` was read as \(format.rawValue), but \(reason)"
        }
    }

    private static let formats = TranscriptFormat.allCases.map(\.rawValue).joined(separator: ", ")
}
