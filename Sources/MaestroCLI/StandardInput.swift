// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// What is piped in, or typed.
enum StandardInput {
    private static let pollMilliseconds: Int32 = 200

    /// Everything up to its end.
    ///
    /// Waits in short steps, since whoever types may press Ctrl-C instead.
    /// - Throws: `CancellationError`; ``Failure`` where it cannot be read or holds more than `maxBytes`.
    static func contents(of file: Int32 = STDIN_FILENO, maxBytes: Int) throws -> Data {
        var data = Data()
        let next = pieces(of: file, maxBytes: maxBytes)
        while true {
            let piece = try next(1 << 16)
            if piece.isEmpty { return data }
            data.append(contentsOf: piece)
        }
    }

    /// The same, piece by piece.
    static func pieces(of file: Int32 = STDIN_FILENO, maxBytes: Int) -> (_ atMost: Int) throws -> [UInt8] {
        var total = 0
        return { atMost in
            let piece = try piece(of: file, atMost: atMost)
            total += piece.count
            guard total <= maxBytes else {
                throw Failure.work("standard input is larger than \(ByteText.of(maxBytes))", hint: "nothing was stored")
            }
            return piece
        }
    }

    private static func piece(of file: Int32, atMost: Int) throws -> [UInt8] {
        while true {
            try Task.checkCancellation()
            var waited = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, pollMilliseconds) != 0 else { continue }
            var failure: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: atMost) { buffer, count in
                let got = read(file, buffer.baseAddress, atMost)
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            if failure == 0 { return piece }
            guard failure == EINTR || failure == EAGAIN else {
                throw Failure.work("standard input cannot be read: \(String(cString: strerror(failure)))")
            }
        }
    }
}
