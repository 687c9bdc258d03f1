// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// The bytes of a file, as lines with numbers.
struct SourceText: Sendable {
    let bytes: [UInt8]
    let name: String

    /// Checks that the bytes are text.
    ///
    /// A UTF-8 byte order mark is dropped.
    init(_ data: Data, name: String) throws(TranscriptError) {
        var bytes = Array(data)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard !bytes.allSatisfy({ $0 <= 0x20 && $0 != 0 }) else { throw .empty(name) }
        // A NUL byte means a binary file or UTF-16: no text that agents write holds one.
        guard !bytes.prefix(65_536).contains(0) else { throw .notText(name) }
        self.bytes = bytes
        self.name = name
    }

    /// The first byte that is not white space.
    var firstByte: UInt8 { bytes.first { $0 > 0x20 } ?? 0x20 }

    /// The whole text as one JSON value; nil where it is not.
    func wholeJSON() -> JSONValue? {
        var reader = JSONReader(bytes)
        guard let value = try? reader.value() else { return nil }
        reader.skipSpace()
        return reader.index == bytes.count ? value : nil
    }

    /// Calls `body` with number (from 1) and bytes of every line that is not blank, and whether it is the last one.
    func forEachLine(_ body: (_ number: Int, _ line: ArraySlice<UInt8>, _ isLast: Bool) -> Void) {
        var number = 1
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
            let line = bytes[start..<end]
            if line.contains(where: { $0 > 0x20 }) { body(number, line, end >= bytes.endIndex - 1) }
            number += 1
            start = end + 1
        }
    }

    /// One line as JSON; nil where it is not one value.
    static func json(of line: ArraySlice<UInt8>) -> JSONValue? {
        var reader = JSONReader(Array(line))
        guard let value = try? reader.value() else { return nil }
        reader.skipSpace()
        return reader.index == line.count ? value : nil
    }
}
