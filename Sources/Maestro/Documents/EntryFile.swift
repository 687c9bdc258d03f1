// SPDX-License-Identifier: Apache-2.0

/// The file of a memory entry: front matter and a Markdown body, read tolerantly and rewritten in place.
///
/// Reads the front matter of all three generations of Claude Code: `type` at top level or under `metadata:`. A rewrite
/// touches only the values that change: unknown keys, order, comments and line endings stay byte for byte.
package struct EntryFile: Hashable, Sendable {
    package let text: String
    /// Nil only where there is a problem.
    package let type: EntryType?
    /// One line: breaks and runs of white space are folded into single spaces.
    package let description: String
    /// Without surrounding white space, lines ending in `\n`; the whole text where there is a problem.
    package let body: String
    /// Why this is not an entry, one sentence without a trailing period; nil for a good one.
    package let problem: String?

    package init(text: String) {
        self.text = text
        do throws(FrontMatterProblem) {
            let bytes = Array(text.utf8)
            let front = try FrontMatter(of: bytes)
            let found = (type: try Self.type(in: front), description: try Self.description(in: front))
            (type, description) = found
            body = Self.folded(bytes[Self.bodyRange(of: bytes, after: front.end)])
            problem = nil
        } catch {
            type = nil
            description = ""
            body = text
            problem = error.sentence
        }
    }

    /// The text of a new file.
    package static func text(name: EntryName, type: EntryType, description: String, body: String) -> String {
        """
        ---
        name: \(QuotedScalar.plainOrQuoted(name.rawValue))
        description: \(QuotedScalar.plainOrQuoted(oneLine(description)))
        type: \(type.rawValue)
        ---

        \(folded(ArraySlice(body.utf8)))

        """
    }

    /// The text with these values; nil leaves one as it is.
    ///
    /// `type` is written where it was found. Values that are equal already leave their bytes alone. A file with a problem
    /// comes back unchanged.
    package func updating(type: EntryType? = nil, description: String? = nil, body: String? = nil) -> String {
        var bytes = Array(text.utf8)
        guard problem == nil, let front = try? FrontMatter(of: bytes) else { return text }
        var splices: [(range: Range<Int>, text: String)] = []
        if let type, type != self.type {
            splices += front.fields(named: "type").flatMap { Self.splices(of: $0, to: type.rawValue) }
        }
        if let description = description.map(Self.oneLine), description != self.description {
            splices += front.fields.filter { $0.key == "description" }.flatMap { Self.splices(of: $0, to: description) }
        }
        if let body = body.map({ Self.folded(ArraySlice($0.utf8)) }), body != self.body {
            splices.append(bodySplice(to: body, in: bytes, after: front.end))
        }
        for splice in splices.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            bytes.replaceSubrange(splice.range, with: splice.text.utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func bodySplice(to body: String, in bytes: [UInt8], after end: Int) -> (range: Range<Int>, text: String) {
        let lineBreak = bytes[..<end].contains(0x0D) ? "\r\n" : "\n"
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineBreak)
        let range = Self.bodyRange(of: bytes, after: end)
        guard range.isEmpty else { return (range, lines) }
        let missing =
            switch bytes[end - 1] {
            case 0x0A: ""
            case 0x0D: "\n"
            default: lineBreak
            }
        return (end..<bytes.count, missing + lineBreak + lines + lineBreak)
    }

    private static func splices(of field: FrontMatterField, to value: String) -> [(range: Range<Int>, text: String)] {
        let text =
            switch field.style {
            case .doubleQuoted: QuotedScalar.doubleQuoted(value)
            case .singleQuoted: QuotedScalar.singleQuoted(value)
            case .plain, .block: QuotedScalar.plainOrQuoted(value)
            case .nested: " " + QuotedScalar.plainOrQuoted(value)
            }
        return [(field.range, text)] + (field.continuation.map { [($0, "")] } ?? [])
    }

    private static func type(in front: FrontMatter) throws(FrontMatterProblem) -> EntryType {
        guard let field = front.fields(named: "type").first, field.isMalformed || !field.value.isEmpty else {
            throw FrontMatterProblem("its front matter has no `type`")
        }
        guard !field.isMalformed, let type = EntryType(rawValue: oneLine(field.value)) else {
            let known = EntryType.allCases.map(\.rawValue).joined(separator: ", ")
            throw FrontMatterProblem("its `type` is `\(oneLine(field.value).prefix(40))`, which is none of \(known)")
        }
        return type
    }

    private static func description(in front: FrontMatter) throws(FrontMatterProblem) -> String {
        guard let field = front.fields.first(where: { $0.key == "description" }) else {
            throw FrontMatterProblem("its front matter has no `description`")
        }
        guard !field.isMalformed else {
            throw FrontMatterProblem("its `description` starts with a quote that is not closed at the end")
        }
        return oneLine(field.value)
    }

    private static func bodyRange(of bytes: [UInt8], after end: Int) -> Range<Int> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes[end...].firstIndex(where: { !isSpace($0) }) else { return bytes.count..<bytes.count }
        let last = bytes[first...].lastIndex { !isSpace($0) } ?? first
        return first..<last + 1
    }

    /// Without surrounding white space, and with `\n` for every line break.
    private static func folded(_ bytes: ArraySlice<UInt8>) -> String {
        let all = Array(bytes)
        var out: [UInt8] = []
        // Every carriage return before a line break goes, so that folding twice is folding once.
        for byte in all[bodyRange(of: all, after: 0)] {
            if byte == 0x0A { while out.last == 0x0D { out.removeLast() } }
            out.append(byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Runs of white space as one space: a description is one line.
    package static func oneLine(_ text: String) -> String {
        // By scalars: a space and the accent behind it are one Character, of which the accent must stay.
        text.asciiOnOneLine
            ?? text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { String($0) }
            .joined(separator: " ")
    }
}

extension MemoryEntry {
    /// Reads an entry from its file.
    ///
    /// Never fails: a file that does not parse becomes an entry with a `problem`.
    package init(reading document: Document, name: EntryName, scope: Scope) {
        let file = EntryFile(text: document.text)
        self.init(
            name: name,
            scope: scope,
            document: document,
            description: file.description,
            type: file.type ?? .project,
            body: file.body,
            problem: file.problem
        )
    }
}
