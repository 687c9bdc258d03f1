// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Makes the words of a server fit to be shown: no secret of these calls, no control characters, one line, short.
struct Scrubber: Sendable {
    /// What must not be shown, the longest first.
    private let secrets: [Secret]

    /// A secret of fewer than four letters is none, and taking it out would take words apart.
    private static let shortest = 4

    /// Takes out the key, the headers' values and, since `Bearer …` may come back without its first word, their words.
    init(key: Secret? = nil, headers: [String: Secret] = [:], query: Secret? = nil) {
        var texts = headers.values.map(\.revealed) + [key?.revealed ?? ""]
        texts += texts.flatMap { $0.split(separator: " ").map(String.init) }
        texts += (query?.revealed ?? "").split(separator: "&").compactMap {
            $0.split(separator: "=").last.map(String.init)
        }
        secrets = Set(texts).filter { $0.utf8.count >= Self.shortest && $0.lowercased() != "bearer" }
            .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }.map(Secret.init)
    }

    /// At most `limit` bytes of `text`.
    ///
    /// Secrets go before the text is cut, so that no half of one is left at the end.
    func clean(_ text: String, limit: Int = 300) -> String {
        var text = text
        for secret in secrets {
            text = text.replacingOccurrences(of: secret.revealed, with: "<redacted>", options: .caseInsensitive)
        }
        text = Redactor.standard.redacting(text).text
        let visible = text.unicodeScalars.filter { $0.properties.generalCategory != .format }
            .map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(visible)).onOneLine.cut(toBytes: limit)
    }
}
