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
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            try Task.checkCancellation()
            var waited = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, pollMilliseconds) != 0 else { continue }
            let count = read(file, &buffer, buffer.count)
            if count == 0 { return data }
            guard count > 0 else {
                if errno == EINTR || errno == EAGAIN { continue }
                throw Failure.work("standard input cannot be read: \(String(cString: strerror(errno)))")
            }
            data.append(contentsOf: buffer[..<count])
            guard data.count <= maxBytes else {
                throw Failure.work("standard input is larger than \(ByteText.of(maxBytes))", hint: "nothing was stored")
            }
        }
    }
}
