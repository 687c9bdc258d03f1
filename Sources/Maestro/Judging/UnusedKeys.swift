// SPDX-License-Identifier: Apache-2.0

/// Sentences about what an object of a reply holds that nobody reads: unknown keys, and all but the last of one key.
enum UnusedKeys {
    /// Most sentences about one object.
    private static let most = 100

    static func notes(of object: JSONValue, known: [String], in place: String) -> [String] {
        guard case .object(let members) = object else { return [] }
        var notes: [String] = []
        var seen: Set<String> = []
        for key in members.map(\.key) {
            guard notes.count < most else { return notes + ["more keys of \(place) were ignored"] }
            let shown = ModelWords.harmless(key, length: 40)
            if !seen.insert(key).inserted {
                notes.append("of several `\(shown)` of \(place) the last one counts")
            } else if !known.contains(key) {
                notes.append("unknown key `\(shown)` of \(place) was ignored")
            }
        }
        return notes
    }
}
