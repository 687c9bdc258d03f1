// SPDX-License-Identifier: Apache-2.0

/// Words of a change that may name one customer or one case: they are personal data where the log's person or its tools
/// use them too.
struct ForeignIdentifiers: Sendable {
    /// Codes with letters and digits, long numbers, capitals of a booking code's length.
    private let codes: Set<Substring>
    /// Capitalised words, which are names where the log introduces them as such.
    private let names: Set<String>

    init(in text: String, except known: [String]) {
        let tokens = Self.tokens(of: text).filter { token in !known.contains { $0.contains(token) } }
        codes = Set(tokens.filter(Self.isCode))
        names = Set(
            tokens.filter { $0.count > 2 && $0.first?.isUppercase == true && !Self.isCode($0) }.map { $0.lowercased() }
        )
    }

    /// What kind of identifier of the activity the text repeats; nil for none.
    func firstKind(in activity: Activity) -> String? {
        guard !codes.isEmpty || !names.isEmpty else { return nil }
        for event in activity.events where event.actor == .user || event.actor == .tool {
            for token in Self.tokens(of: event.text) where codes.contains(token) { return "an identifier" }
            if !names.isEmpty, Self.names(in: event.text).contains(where: names.contains) { return "a name" }
        }
        return nil
    }

    private static func tokens(of text: String) -> [Substring] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }

    private static func isCode(_ token: Substring) -> Bool {
        let digits = token.utf8.count { (0x30...0x39).contains($0) }
        let letters = token.utf8.count { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        if letters == 0 { return digits >= 5 }
        if digits > 0 { return digits + letters >= 5 && digits >= (token.contains("_") ? 3 : 1) }
        return (5...8).contains(token.count) && token.utf8.allSatisfy { (0x41...0x5A).contains($0) }
    }

    /// Words that the text introduces as names: `my name is …`, `I'm …`, and `name` fields of JSON.
    private static func names(in text: String) -> Set<String> {
        var names: Set<String> = []
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "'" || $0 == "’") }
        for (index, word) in words.enumerated() where introducesName(word, after: index > 0 ? words[index - 1] : "") {
            let rest = words[(index + 1)...]
            for candidate in rest.drop(while: { $0 == "is" }).prefix(3) {
                guard candidate.first?.isUppercase == true else { break }
                if candidate.count > 2, candidate.contains(where: \.isLowercase) {
                    names.insert(candidate.lowercased())
                }
            }
        }
        return names
    }

    private static func introducesName(_ word: Substring, after previous: Substring) -> Bool {
        let lowered = word.lowercased()
        if lowered == "name" || lowered.hasSuffix("_name") || ["i'm", "i’m"].contains(lowered) { return true }
        return lowered == "am" && previous.lowercased() == "i"
    }
}
