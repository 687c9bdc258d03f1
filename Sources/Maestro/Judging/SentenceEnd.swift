// SPDX-License-Identifier: Apache-2.0

/// Where a sentence ends, and where a full stop only ends a short form.
enum SentenceEnd {
    private static let shortForms = ["e.g", "i.e", "etc", "vs", "cf", "z.b", "d.h", "bzw"]

    /// Whether the full stop behind `words` belongs to a short form, their last word.
    static func isShortForm(_ words: some StringProtocol) -> Bool {
        guard let last = words.split(whereSeparator: { $0.isWhitespace || "(,".contains($0) }).last else {
            return false
        }
        return shortForms.contains(last.lowercased())
    }
}
