// SPDX-License-Identifier: Apache-2.0

/// Notes on a source that more than one place gives or looks for.
package enum TranscriptNote {
    static let damaged = "some bytes are not UTF-8 and were replaced"
    static let lastLineCut = "the last line is cut off and was left out"
    static func zerosAtEnd(_ count: Int) -> String {
        "it ends with \(count) zero byte\(count == 1 ? "" : "s"), as a power failure leaves them, which were left out"
    }
    private static let opening = "left out, as too large: "

    static func tooLarge(_ what: String) -> String { opening + what }

    /// Whether a note says that something was left out for its size: worth telling whoever hands the source over.
    package static func isAboutSize(_ note: String) -> Bool { note.hasPrefix(opening) }
}
