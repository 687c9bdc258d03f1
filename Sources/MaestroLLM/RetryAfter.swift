// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How long a server's headers ask to wait.
enum RetryAfter {
    /// How soon a server that loads its model is asked again.
    static let loadingSeconds = 10.0

    /// Seconds, an HTTP date, or milliseconds; LiteLLM passes the upstream's on under a name of its own.
    static func seconds(in headers: [String: String], now: Date) -> Double? {
        if let text = headers["retry-after-ms"], let milliseconds = Double(text) { return bounded(milliseconds / 1000) }
        guard let text = headers["retry-after"] ?? headers["llm_provider-retry-after"] else { return nil }
        if let seconds = Double(text) { return bounded(seconds) }
        // The three forms of RFC 9110: its own, RFC 850's and asctime's, which names no zone and means GMT.
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        for form in ["EEE, dd MMM yyyy HH:mm:ss zzz", "EEEE, dd-MMM-yy HH:mm:ss zzz", "EEE MMM d HH:mm:ss yyyy"] {
            format.dateFormat = form
            let words = text.split(separator: " ").joined(separator: " ")
            if let date = format.date(from: words) { return bounded(date.timeIntervalSince(now)) }
        }
        return nil
    }

    /// Never believed beyond a day.
    static func bounded(_ seconds: Double?) -> Double? {
        seconds.flatMap { $0.isFinite ? min(max(0, $0), 86_400) : nil }
    }
}
