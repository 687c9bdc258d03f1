// SPDX-License-Identifier: Apache-2.0

/// Replaces secrets by typed placeholders such as `[secret:github-token]`.
package struct Redactor: Sendable {
    /// The result of one pass.
    package struct Redacted: Hashable, Sendable {
        package var text: String
        /// How many were replaced, by the name of the rule.
        package var counts: [String: Int]

        package init(text: String, counts: [String: Int]) {
            self.text = text
            self.counts = counts
        }
    }

    package static let standard = Redactor()

    private let scanner = SecretScanner()
    private var encoded: EncodedSecrets { EncodedSecrets(scanner: scanner) }

    /// The text without its secrets.
    ///
    /// Two linear passes over the bytes, for what stands there in plain and encoded. Repeating it on its own result changes nothing.
    package func redacting(_ text: String) -> Redacted {
        var copy = text
        return copy.withUTF8 { bytes in
            var finds = scanner.finds(in: bytes)
            // What stands there in plain goes by itself, and leaves the rest of its run.
            let more = encoded.finds(in: bytes).filter { find in !finds.contains { $0.range.overlaps(find.range) } }
            if !more.isEmpty { finds = (finds + more).sorted { $0.range.lowerBound < $1.range.lowerBound } }
            guard !finds.isEmpty else { return Redacted(text: text, counts: [:]) }
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count)
            var counts: [String: Int] = [:]
            var start = 0
            for find in finds {
                result.append(contentsOf: bytes[start..<find.range.lowerBound])
                result.append(contentsOf: "[secret:\(find.name)]".utf8)
                counts[find.name, default: 0] += 1
                start = find.range.upperBound
            }
            result.append(contentsOf: bytes[start...])
            return Redacted(text: String(decoding: result, as: UTF8.self), counts: counts)
        }
    }

    /// The activity with texts and arguments redacted, and the count of what was replaced.
    package func redacting(_ activity: Activity) -> Activity {
        var result = activity
        var counts = activity.redactions
        func redact(_ text: String) -> String {
            let redacted = redacting(text)
            counts.merge(redacted.counts, uniquingKeysWith: +)
            return redacted.text
        }
        for index in result.events.indices {
            result.events[index].text = redact(result.events[index].text)
            if let arguments = result.events[index].tool?.arguments {
                result.events[index].tool?.arguments = redact(arguments)
            }
        }
        result.redactions = counts
        return result
    }
}
