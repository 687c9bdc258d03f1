// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Reads the time stamps of transcripts: `2026-05-01T10:00:00.000Z`.
enum ISOTime {
    static func date(_ value: JSONValue?) -> Date? {
        guard let text = value?.string else { return nil }
        return (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
            ?? (try? Date(text, strategy: .iso8601))
    }
}
