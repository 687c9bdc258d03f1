// SPDX-License-Identifier: Apache-2.0

/// Characters that a reader does not see: they hide instructions from the person who reviews an entry.
enum HiddenCharacters {
    /// The first one in `text`.
    ///
    /// Joiners stay where scripts and emoji need them, a variation selector after a visible character.
    static func first(in text: String) -> Unicode.Scalar? {
        var found: Unicode.Scalar?
        forEach(in: text) { scalar, isHidden in
            if isHidden { found = scalar }
            return !isHidden
        }
        return found
    }

    /// The text without them, for sentences about what was refused: a terminal obeys escape characters too.
    static func removed(from text: String) -> String {
        var kept = String.UnicodeScalarView()
        forEach(in: text) { scalar, isHidden in
            if !isHidden { kept.append(scalar) }
            return true
        }
        return String(kept)
    }

    /// Calls `body` with every scalar until it answers false.
    private static func forEach(in text: String, _ body: (Unicode.Scalar, Bool) -> Bool) {
        var previous: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        var current = scalars.next()
        while let scalar = current {
            let next = scalars.next()
            guard body(scalar, isHidden(scalar, after: previous, before: next)) else { return }
            previous = scalar
            current = next
        }
    }

    private static func isHidden(
        _ scalar: Unicode.Scalar,
        after previous: Unicode.Scalar?,
        before next: Unicode.Scalar?
    ) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x20...0x7E: false
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x200C, 0x200D: !joins(previous, next)
        case 0xFE00...0xFE0F: previous.map { !isVisible($0) } ?? true
        case 0xE0000...0xE0FFF: true
        // Grapheme joiner, Hangul fillers, Khmer inherent vowels, line and paragraph separators.
        case 0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5, 0x2028, 0x2029: true
        // Arabic and Kaithi number signs are format characters that show.
        case 0x0600...0x0605, 0x06DD, 0x08E2, 0x110BD, 0x110CD: false
        default: scalar.properties.generalCategory == .format
        }
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .control, .nonspacingMark, .spaceSeparator: false
        default: true
        }
    }

    /// Emoji sequences, and scripts from Arabic to Sinhala and Khmer whose letters change shape.
    private static func joins(_ previous: Unicode.Scalar?, _ next: Unicode.Scalar?) -> Bool {
        guard let previous, let next else { return false }
        let isJoiningScript = { (scalar: Unicode.Scalar) in
            (0x0600...0x0DFF).contains(scalar.value) || (0x1000...0x109F).contains(scalar.value)
                || (0x1780...0x17FF).contains(scalar.value)
        }
        if isJoiningScript(previous), isJoiningScript(next) { return true }
        let endsEmoji = previous.properties.isEmoji || previous.properties.isEmojiModifier || previous.value == 0xFE0F
        return endsEmoji && previous.value > 0x7F && next.properties.isEmoji && next.value > 0x7F
    }
}
