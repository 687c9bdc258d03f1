// SPDX-License-Identifier: Apache-2.0

/// Bytes that come piece by piece: at most so many at each call, none at the end.
package typealias NextBytes = (_ atMost: Int) throws -> [UInt8]

/// The lines of a source that is too large for memory.
struct LineFeed {
    struct Line {
        /// From 1.
        let number: Int
        var bytes: [UInt8]
        /// How many bytes of the line are not here, because it is too long.
        var leftOut = 0
        var isBlank: Bool { bytes.allSatisfy { $0 <= 0x20 } }
    }

    private let maxBytes: Int
    private let more: NextBytes
    /// Read and not handed out yet: from `start` on.
    private var buffer: [UInt8]
    private var start = 0
    private var isAtEnd = false
    private var number = 0

    private static let pieceBytes = 1 << 20

    /// `head` is what was read already.
    init(_ head: [UInt8], maxBytes: Int, more: @escaping NextBytes) {
        buffer = head
        self.maxBytes = maxBytes
        self.more = more
    }

    /// The next line without its `\n`; nil at the end.
    mutating func next() throws -> Line? {
        var seen = start
        while true {
            if let end = buffer[seen...].firstIndex(of: 0x0A), end - start <= maxBytes { return take(upTo: end) }
            if buffer.count - start > maxBytes { return try takeLongLine() }
            seen = buffer.count - start
            if isAtEnd { return start < buffer.count ? take(upTo: buffer.count) : nil }
            try readMore()
        }
    }

    private mutating func take(upTo end: Int) -> Line {
        number += 1
        let line = Line(number: number, bytes: Array(buffer[start..<end]))
        start = min(end + 1, buffer.count)
        return line
    }

    /// The beginning of a line that is longer than `maxBytes`; the rest is passed over.
    private mutating func takeLongLine() throws -> Line {
        var line = take(upTo: start + maxBytes)
        start -= 1
        while true {
            let end = buffer[start...].firstIndex(of: 0x0A)
            line.leftOut += (end ?? buffer.count) - start
            if let end {
                start = end + 1
                return line
            }
            start = buffer.count
            if isAtEnd { return line }
            try readMore()
        }
    }

    /// Leaves what is not handed out yet at the front of the buffer.
    private mutating func readMore() throws {
        // Copied, not moved up in place: the room that the head took is given back.
        var rest: [UInt8] = []
        rest.reserveCapacity(buffer.count - start + Self.pieceBytes)
        rest += buffer[start...]
        buffer = rest
        start = 0
        let piece = try more(Self.pieceBytes)
        isAtEnd = piece.isEmpty
        buffer += piece
    }
}
