// SPDX-License-Identifier: Apache-2.0

/// Walks the lines between the fences of a front matter and notes where each value stands.
struct FrontMatterScanner {
    let bytes: [UInt8]
    let lines: [FrontMatterLine]
    private var next = 0

    init(bytes: [UInt8], lines: [FrontMatterLine]) {
        self.bytes = bytes
        self.lines = lines
    }

    /// Reads the keys at the indentation of the first one; `depth` 1 is the inside of `metadata:`.
    mutating func mapping(depth: Int) throws(FrontMatterProblem) -> [FrontMatterField] {
        var fields: [FrontMatterField] = []
        var seen: Set<String> = []
        var indent: Int?
        while next < lines.count {
            let line = lines[next]
            if line.isBlank || line.isComment(in: bytes) {
                next += 1
                continue
            }
            let expected = indent ?? line.indentation
            indent = expected
            guard line.indentation == expected, !line.isItem(in: bytes), let (key, colon) = key(of: line) else {
                throw FrontMatterProblem("line \(next + 2) of its front matter is not `key: value`")
            }
            guard seen.insert(key).inserted else {
                throw FrontMatterProblem("its front matter has the key `\(key)` twice")
            }
            next += 1
            fields.append(try field(key, after: colon, of: line, depth: depth))
        }
        return fields
    }

    /// The key of a line and the index after its colon.
    private func key(of line: FrontMatterLine) -> (String, Int)? {
        var index = line.content
        while index < line.end {
            let isLast = index + 1 == line.end
            if bytes[index] == UInt8(ascii: ":"), isLast || bytes[index + 1] == 0x20 || bytes[index + 1] == 0x09 {
                break
            }
            index += 1
        }
        guard index < line.end, index > line.content else { return nil }
        var key = text(line.content..<index).trimmingTrailingBlanks()
        for quote in ["\"", "'"] where key.count > 2 && key.hasPrefix(quote) && key.hasSuffix(quote) {
            key = String(key.dropFirst().dropLast())
        }
        return key.isEmpty ? nil : (key, index + 1)
    }

    private mutating func field(
        _ key: String,
        after colon: Int,
        of line: FrontMatterLine,
        depth: Int
    ) throws(FrontMatterProblem) -> FrontMatterField {
        var start = colon
        while start < line.end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        let inside = linesInside(line)
        defer { next = inside.upperBound }
        guard start < line.end, bytes[start] != UInt8(ascii: "#") else {
            return try nested(key, at: colon, inside: inside, depth: depth)
        }
        switch bytes[start] {
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            if let field = block(key, at: start, of: line, inside: inside) { return field }
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return quoted(key, at: start, of: line, inside: inside)
        default: break
        }
        return plain(key, at: start, of: line, inside: inside)
    }

    /// The lines that belong to the key of `line`: deeper ones, blank ones between them, and list items beside it.
    private func linesInside(_ line: FrontMatterLine) -> Range<Int> {
        var last = next
        var index = next
        while index < lines.count {
            let candidate = lines[index]
            let isInside =
                candidate.indentation > line.indentation
                || (candidate.indentation == line.indentation && candidate.isItem(in: bytes))
            if !candidate.isBlank, !isInside { break }
            index += 1
            if !candidate.isBlank { last = index }
        }
        return next..<last
    }

    private func nested(
        _ key: String,
        at colon: Int,
        inside: Range<Int>,
        depth: Int
    ) throws(FrontMatterProblem) -> FrontMatterField {
        var children: [FrontMatterField] = []
        if key == "metadata", depth == 0 {
            var scanner = FrontMatterScanner(bytes: bytes, lines: Array(lines[inside]))
            children = try scanner.mapping(depth: 1)
        }
        return FrontMatterField(
            key: key,
            value: "",
            style: .nested,
            range: colon..<colon,
            continuation: nil,
            children: children,
            isMalformed: false
        )
    }

    /// `|` or `>` with its indicators; nil where the line holds anything else behind it.
    private func block(_ key: String, at start: Int, of line: FrontMatterLine, inside: Range<Int>) -> FrontMatterField?
    {
        var end = start + 1
        while end < line.end, "0123456789+-".utf8.contains(bytes[end]) { end += 1 }
        guard isRestEmpty(from: end, of: line) else { return nil }
        let rows = lines[inside].map { text($0.content..<$0.end).trimmingTrailingBlanks() }
        return FrontMatterField(
            key: key,
            value: rows.joined(separator: "\n"),
            style: .block,
            range: start..<end,
            continuation: inside.isEmpty ? nil : lines[inside.lowerBound].start..<lines[inside.upperBound - 1].next,
            children: [],
            isMalformed: false
        )
    }

    private func quoted(_ key: String, at start: Int, of line: FrontMatterLine, inside: Range<Int>) -> FrontMatterField
    {
        let limit = inside.isEmpty ? line.end : lines[inside.upperBound - 1].end
        let scalar = QuotedScalar(at: start, in: bytes, limit: limit)
        let closing = scalar.map { scalar in lines[inside].last { $0.start <= scalar.end } ?? line } ?? line
        let end = scalar?.end ?? line.end
        return FrontMatterField(
            key: key,
            value: scalar?.value ?? "",
            style: bytes[start] == UInt8(ascii: "\"") ? .doubleQuoted : .singleQuoted,
            range: start..<end,
            continuation: nil,
            children: [],
            isMalformed: scalar == nil || !isRestEmpty(from: end, of: closing)
        )
    }

    private func plain(_ key: String, at start: Int, of line: FrontMatterLine, inside: Range<Int>) -> FrontMatterField {
        let first = plainEnd(from: start, of: line)
        var words = [text(start..<first)]
        var end = first
        // A comment ends a plain value; what stands below it is not ours to understand.
        if first == line.end || isBlank(first..<line.end) {
            for inner in lines[inside] where !inner.isBlank {
                guard !inner.isComment(in: bytes) else { break }
                end = plainEnd(from: inner.content, of: inner)
                words.append(text(inner.content..<end))
            }
        }
        return FrontMatterField(
            key: key,
            value: words.joined(separator: " "),
            style: .plain,
            range: start..<end,
            continuation: nil,
            children: [],
            isMalformed: false
        )
    }

    /// Where the plain words of a line end: before ` #` and before trailing blanks.
    private func plainEnd(from start: Int, of line: FrontMatterLine) -> Int {
        var end = line.end
        var index = start + 1
        while index < line.end {
            if bytes[index] == UInt8(ascii: "#"), bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09 {
                end = index
                break
            }
            index += 1
        }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return end
    }

    /// Nothing but white space or a comment from `index` to the end of the line.
    private func isRestEmpty(from index: Int, of line: FrontMatterLine) -> Bool {
        guard index < line.end else { return true }
        let rest = bytes[index..<line.end]
        guard let mark = rest.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return true }
        return bytes[mark] == UInt8(ascii: "#") && mark > index
    }

    private func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 == 0x20 || $0 == 0x09 } }
    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension String {
    fileprivate func trimmingTrailingBlanks() -> String {
        var scalars = Substring(self).unicodeScalars
        while let last = scalars.last, last == " " || last == "\t" { scalars.removeLast() }
        return String(scalars)
    }
}
