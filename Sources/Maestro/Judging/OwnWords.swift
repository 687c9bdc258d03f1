// SPDX-License-Identifier: Apache-2.0

/// What even a person's own words may not hold.
enum OwnWords {
    typealias Problem = (code: Rejection, particulars: String)

    /// Of the whole file of an entry.
    static func problem(inEntry text: String, policy: JudgePolicy) -> Problem? {
        let file = EntryFile(text: text)
        if let problem = file.problem { return (.entryUnreadable, problem) }
        if let problem = problem(in: text) { return problem }
        guard file.body.utf8.count > policy.maxEntryBodyBytes else { return nil }
        return (.bodyTooLarge, "at most \(policy.maxEntryBodyBytes) bytes")
    }

    /// Of the YAML of a piece.
    static func problem(inPiece text: String, named name: PieceName) -> Problem? {
        if let problem = problem(in: text) { return problem }
        do throws(PieceRefusal) {
            _ = try Piece(yaml: text, expectedName: name)
            return nil
        } catch {
            return (error.reason == .tooLarge ? .pieceTooLarge : .pieceInvalid, error.message)
        }
    }

    static func problem(in text: String) -> Problem? {
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
