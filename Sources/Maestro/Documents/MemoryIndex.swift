// SPDX-License-Identifier: Apache-2.0

/// `MEMORY.md`: the list of a folder's entries that agents load at the start of every session.
///
/// Ours stands between two marker lines; what stands outside is a person's and is never touched.
package enum MemoryIndex {
    package static let begin = "<!-- maestro:begin -->"
    package static let end = "<!-- maestro:end -->"
    /// Claude Code loads the first 200 lines or 25 KB; ours leaves room for a person's own lines.
    package static let maxLines = 180
    package static let maxBytes = 20 * 1024

    /// One line of the index.
    package struct Line: Hashable, Sendable {
        package var name: EntryName
        package var description: String

        package init(name: EntryName, description: String) {
            self.name = name
            self.description = description
        }

        /// One line that cannot end our part: a comment in a description is no mark.
        private static func harmless(_ description: String) -> String {
            if isHarmless(description) { return description }
            return description.split(whereSeparator: \.isNewline).joined(separator: " ")
                .split(separator: "<!--", omittingEmptySubsequences: false).joined(separator: "<! --")
        }

        /// True of most texts: plain ASCII with neither a control character nor the beginning of a comment.
        private static func isHarmless(_ description: String) -> Bool {
            description.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !description.hasBytes(of: "<!--")
        }

        var text: String {
            "- [\(name).md](\(name).md): \(Self.harmless(description))"
        }
    }

    /// The whole file with `lines` as our part, most useful first; nil where the file should not exist.
    ///
    /// Lines over the limits are left out and counted in the last one, with `leftOut` more that are not even given. A file
    /// of ours alone with no lines is removed; a
    /// person's text stays, with an empty part of ours only where one stood before.
    package static func text(of lines: [Line], leftOut: Int = 0, in existing: String?) -> String? {
        let part = part(of: lines, leftOut: leftOut)
        guard let existing else { return lines.isEmpty ? nil : part }
        guard let range = markedRange(of: existing) else {
            guard !lines.isEmpty else { return existing }
            let separator = existing.isEmpty ? "" : existing.hasSuffix("\n") ? "\n" : "\n\n"
            return existing + separator + part
        }
        var result = existing
        result.replaceSubrange(range, with: lines.isEmpty ? "" : part)
        return lines.isEmpty && result.allSatisfy(\.isWhitespace) ? nil : result
    }

    /// A person's `text` with our part as `source` has it; nil where nothing is left of it.
    package static func text(_ text: String, withPartOf source: String?) -> String? {
        let part = source.flatMap { source in markedRange(of: source).map { source[$0] } } ?? ""
        var result = text
        if let range = markedRange(of: text) {
            result.replaceSubrange(range, with: part)
        } else if !part.isEmpty {
            result += (text.isEmpty ? "" : text.hasSuffix("\n") ? "\n" : "\n\n") + part
        }
        return result.allSatisfy(\.isWhitespace) ? nil : result
    }

    private static func part(of lines: [Line], leftOut: Int) -> String {
        var kept: [String] = []
        var bytes = begin.utf8.count + end.utf8.count + 80
        for line in lines {
            let text = line.text
            guard kept.count < maxLines - 3, bytes + text.utf8.count + 1 <= maxBytes else { break }
            kept.append(text)
            bytes += text.utf8.count + 1
        }
        let more = lines.count - kept.count + leftOut
        if more > 0 { kept.append("- … \(more) more: `maestro recall \"task\"`") }
        return ([begin] + kept + [end]).joined(separator: "\n") + "\n"
    }

    /// From the first begin marker through the line break after the end marker.
    ///
    /// An unclosed begin marker runs to the last line that looks like ours, so that a person's text after it is not
    /// swallowed.
    private static func markedRange(of text: String) -> Range<String.Index>? {
        guard let start = text.firstRange(ofBytes: begin) else { return nil }
        if let stop = text.firstRange(ofBytes: end, from: start.upperBound) {
            let after = stop.upperBound
            return start
                .lowerBound..<(after < text.endIndex && text[after].isNewline ? text.index(after: after) : after)
        }
        var upper = start.upperBound
        if upper < text.endIndex, text[upper].isNewline { upper = text.index(after: upper) }
        while upper < text.endIndex, text[upper...].hasPrefix("- [") {
            upper = text[upper...].firstIndex(where: \.isNewline).map(text.index(after:)) ?? text.endIndex
        }
        return start.lowerBound..<upper
    }
}
