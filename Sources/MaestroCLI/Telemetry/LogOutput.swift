// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging

/// Writes log lines to stderr, above the status line where there is one.
struct LogOutput: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let now: @Sendable () -> Date
    private let write: @Sendable (String) -> Void

    init(
        level: Logger.Level,
        format: LogFormat,
        now: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable (String) -> Void = { Terminal.note($0) }
    ) {
        logLevel = level
        self.format = format
        self.now = now
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        write(format.line(at: now(), event.level, event.message.description, all))
    }
}
