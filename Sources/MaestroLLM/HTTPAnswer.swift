// SPDX-License-Identifier: Apache-2.0
import Maestro

/// One HTTP answer, whole: what every decision about it is made from.
struct HTTPAnswer: Hashable, Sendable {
    let status: Int
    /// Names in lower case; of repeated ones the first.
    let headers: [String: String]
    let text: String
    /// The body's JSON; nil where it is none.
    ///
    /// Of a server that streams although it was told not to: the completion that its events add up to, or their error.
    let json: JSONValue?

    init(status: Int = 200, headers: [String: String] = [:], text: String) {
        self.status = status
        self.headers = headers
        self.text = text
        json = JSONValue(json: text) ?? EventStream(text)?.json
    }

    var isSuccess: Bool { (200...299).contains(status) }

    /// The body where it is made of letters, and no picture, archive, or text that is still compressed.
    ///
    /// A letter here and there may be damaged: not every page names the encoding that it has.
    var words: String? {
        let beginning = text.unicodeScalars.prefix(1024)
        let damaged = beginning.count { $0 == "\u{FFFD}" || $0.value < 0x09 || (0x0E..<0x1B).contains($0.value) }
        return damaged > 1 + beginning.count / 16 ? nil : text
    }
}
