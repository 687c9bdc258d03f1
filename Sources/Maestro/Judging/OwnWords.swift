// SPDX-License-Identifier: Apache-2.0

/// What even a person's own words may not hold.
enum OwnWords {
    static func problem(in text: String) -> (code: Rejection, particulars: String)? {
        let found = Redactor.standard.redacting(text).counts.keys.sorted()
        if !found.isEmpty { return (.secret, found.joined(separator: ", ")) }
        // Line endings of other systems are a person's own business.
        let lines = text.replacing("\r\n", with: "\n")
        guard
            let hidden = HiddenCharacters.first(
                in: lines.hasPrefix("\u{FEFF}") ? String(lines.unicodeScalars.dropFirst()) : lines
            )
        else { return nil }
        return (.injection, "the hidden character U+\(String(hidden.value, radix: 16, uppercase: true))")
    }
}
