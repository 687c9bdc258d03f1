// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Makes the words of a server fit to be shown: no secret of these calls, no control characters, one line, short.
struct Scrubber: Sendable {
    /// What must not be shown, the longest first.
    private let secrets: [SpelledSecret]
    /// The most bytes that a secret takes in a text.
    private let longest: Int

    /// A secret of fewer than four letters is none, and taking it out would take words apart.
    private static let shortest = 4
    /// In base64, one of fewer than eight may stand anywhere by chance.
    private static let shortestInBase64 = 8
    /// How much of a text is looked at, beside the room for secrets that are cut at its end.
    private static let window = 16_384

    /// Takes out the key, the headers' values and, since `Bearer …` may come back without its first word, their words.
    init(key: Secret? = nil, headers: [String: Secret] = [:], query: Secret? = nil) {
        var texts = headers.values.map(\.revealed) + [key?.revealed ?? ""]
        texts += texts.flatMap { $0.split(separator: " ").map(String.init) }
        texts += (query?.revealed ?? "").split(separator: "&").compactMap {
            $0.split(separator: "=").last.map(String.init)
        }.flatMap { [$0, $0.removingPercentEncoding ?? $0] }
        texts = texts.filter { $0.utf8.count >= Self.shortest && $0.lowercased() != "bearer" }
        texts += texts.filter { $0.utf8.count >= Self.shortestInBase64 }.flatMap(SpelledSecret.base64)
        secrets = Set(texts).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }.map(SpelledSecret.init)
        longest = (secrets.first?.count ?? 0) * SpelledSecret.longestSpelling
    }

    /// At most `limit` bytes of `text`.
    ///
    /// What cannot be seen goes first, so that it divides no secret, and secrets go before the text is cut, so that no half
    /// of one is left at the end.
    func clean(_ text: String, limit: Int = 300) -> String {
        let scalars = text.unicodeScalars
        let beginning = scalars.prefix(Self.window + 2 * longest)
        let visible = beginning.filter { !Self.isInvisible($0) }
            .map { $0.properties.generalCategory == .control ? " " : $0 }
        let scrubbed = scrubbing(String(String.UnicodeScalarView(visible)))
        let line = Redactor.standard.redacting(scrubbed).text.onOneLine
        let isWhole = beginning.endIndex == scalars.endIndex
        return line.cut(toBytes: isWhole ? limit : min(limit, max(0, line.utf8.count - longest)))
    }

    /// Whether a letter takes no room where it is shown.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .format || scalar.properties.isDefaultIgnorableCodePoint
    }

    private func scrubbing(_ text: String) -> String {
        guard !secrets.isEmpty else { return text }
        let bytes = Array(text.utf8)[...]
        var result: [UInt8] = []
        var index = 0
        while index < bytes.endIndex {
            if let end = secrets.lazy.compactMap({ $0.end(in: bytes, from: index) }).first {
                result += "<redacted>".utf8
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
