// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Times as people write them.
enum Since {
    /// `2d`, `12h`, `30m`, `1w` in seconds; nil where it is none of these.
    static func span(_ text: String) -> TimeInterval? {
        let units: [Character: Double] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        // Whole numbers of at most five digits: no time that a calendar could not hold.
        guard let last = text.last, let unit = units[last], text.count <= 6, let count = UInt(text.dropLast()) else {
            return nil
        }
        return Double(count) * unit
    }

    /// `2d`, `12h`, `30m`, or a day such as `2026-11-20` (from its start, UTC).
    static func date(_ text: String, now: Date = Date()) throws -> Date {
        if let span = span(text) { return now.addingTimeInterval(-span) }
        let style = Date.ISO8601FormatStyle()
        // A day's style would take a whole time too, and forget the hour.
        let day = style.year().month().day()
        if let date = try? (text.contains("T") ? style : day).parse(text), isDay(text.prefix { $0 != "T" }, day) {
            return date
        }
        throw Failure.use("`\(text)` is no time", hint: "write 2d, 12h, or a day such as 2026-11-20")
    }

    /// Whether the calendar has that day: parsing takes the 30th of February for the 2nd of March.
    private static func isDay(_ text: Substring, _ style: Date.ISO8601FormatStyle) -> Bool {
        (try? style.parse(String(text))).map { style.format($0) == text } ?? false
    }
}
