// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// The bytes of a file, as lines with numbers.
struct SourceText: Sendable {
    let bytes: [UInt8]
    let name: String
    let limits: TranscriptLimits
    /// How many zero bytes stood behind the last line, as a power failure leaves them; they are not among the bytes.
    let zerosAtEnd: Int

    /// Checks that the bytes are text.
    ///
    /// A UTF-8 byte order mark is dropped. `isWhole`: whether this is all there is, and not only its beginning.
    init(
        _ bytes: [UInt8],
        name: String,
        limits: TranscriptLimits = .standard,
        isWhole: Bool = true
    ) throws(TranscriptError) {
        var bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard !bytes.allSatisfy({ $0 <= 0x20 && $0 != 0 }) else { throw .empty(name) }
        // JSON alone: of text nobody can tell that what stands before them is all that was said.
        let end = isWhole && Self.opensLikeJSON(bytes) ? (bytes.lastIndex { $0 != 0 } ?? -1) + 1 : bytes.count
        zerosAtEnd = bytes.count - end
        bytes.removeLast(zerosAtEnd)
        // A NUL byte means a binary file or UTF-16: no text that agents write holds one.
        let isUTF16 = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
        guard !isUTF16 else { throw .notText(name) }
        guard !bytes.prefix(65_536).contains(0) else {
            throw String(validating: bytes, as: UTF8.self) == nil ? .notText(name) : .zeroBytes(name)
        }
        self.bytes = bytes
        self.name = name
        self.limits = limits
    }

    /// Whether some bytes are not UTF-8; they are read as replacement characters.
    var isDamaged: Bool { String(validating: bytes, as: UTF8.self) == nil }

    /// Whether this starts as JSON does, and not as a log whose lines begin with something in brackets.
    var opensLikeJSON: Bool { Self.opensLikeJSON(bytes) }

    private static func opensLikeJSON(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }) else { return false }
        if bytes[first] == UInt8(ascii: "{") { return true }
        guard bytes[first] == UInt8(ascii: "[") else { return false }
        let second = bytes[(first + 1)...].first { $0 > 0x20 }
        return second.map { [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "]")].contains($0) } ?? true
    }

    /// Whether most lines start as JSON objects do.
    var isMostlyObjects: Bool {
        var objects = 0
        var lines = 0
        forEachLine { _, line, _ in
            lines += 1
            if line.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") { objects += 1 }
        }
        return objects * 2 > lines
    }

    /// Whether this is JSON, whole or cut off, with what tau-bench's result files have beside their answers.
    var looksLikeResults: Bool {
        guard opensLikeJSON else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return ["\"task_id\"", "\"traj\""].allSatisfy { text.utf8.contains($0.utf8) }
    }

    /// The whole text as one JSON value; nil where it is not.
    func wholeJSON() -> JSONValue? {
        var reader = JSONReader(bytes, maxValues: limits.jsonValues)
        guard let value = try? reader.value() else { return nil }
        reader.skipSpace()
        return reader.index == bytes.count ? value : nil
    }

    /// Calls `body` with number (from 1) and bytes of every line that is not blank, and whether it is the last one.
    func forEachLine(_ body: (_ number: Int, _ line: ArraySlice<UInt8>, _ isLast: Bool) -> Void) {
        let last = (bytes.lastIndex { $0 > 0x20 } ?? 0)
        var number = 1
        var start = bytes.startIndex
        while start <= last {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
            let line = bytes[start..<end]
            if line.contains(where: { $0 > 0x20 }) { body(number, line, end > last) }
            number += 1
            start = end + 1
        }
    }

    /// One line as JSON; nil where it is not one value.
    static func json(of line: ArraySlice<UInt8>) -> JSONValue? {
        var reader = JSONReader(Array(line), maxValues: TranscriptLimits.standard.jsonValues)
        guard let value = try? reader.value() else { return nil }
        reader.skipSpace()
        return reader.index == line.count ? value : nil
    }
}
