// SPDX-License-Identifier: Apache-2.0

/// The text of a piece as lines, and how a value is written into it without touching anything else.
struct PieceSource {
    /// Lines without their line breaks; a carriage return before one stays at the line's end.
    private var lines: [String]
    private let hasCarriageReturns: Bool

    /// - Throws: ``PieceRefusal`` where YAML counts the lines of `text` otherwise than people do.
    init(_ text: String) throws(PieceRefusal) {
        guard !YAMLTree.hasOddBreaks(text) else {
            throw PieceRefusal(.invalid, "it has line breaks other than `\\n` and `\\r\\n`; edit it by hand")
        }
        // By scalars: `\r\n` is one Character, at which a split by "\n" would not cut.
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        hasCarriageReturns = lines.first?.unicodeScalars.last == "\r"
    }

    var text: String { lines.joined(separator: "\n") }

    mutating func write(_ change: PieceFieldChange, of field: PieceField, in tree: YAMLTree) throws(PieceRefusal) {
        guard let container = field.container(in: tree), !container.isFlow, let members = container.members else {
            throw PieceRefusal(.invalid, "`\(field.address)` is written in braces; edit it by hand")
        }
        if case .next(let entry, let key, let text) = change {
            guard let value = container["next"]?.value.items?[entry][key]?.value else { return }
            return try replaceScalar(value, by: text, indent: value.place.column, isFlow: true, field)
        }
        guard let member = container[field.key] else {
            return insert(change, as: field, among: members)
        }
        let indent = member.place.column
        switch change {
        case .scalar(let text): try replaceScalar(member.value, by: text, indent: indent, isFlow: false, field)
        case .next: return
        case .append, .replace, .delete: try writeList(change, member, indent: indent, field)
        }
    }

    // MARK: - Scalars

    /// Writes `text` where the scalar `value` stands, whose key is indented by `indent`.
    private mutating func replaceScalar(
        _ value: YAMLTree,
        by text: String,
        indent: Int,
        isFlow: Bool,
        _ field: PieceField
    ) throws(PieceRefusal) {
        let (line, column) = (value.place.line, value.place.column)
        let end = entryEnd(from: line, indent: indent)
        let head = String(lines[line].unicodeScalars.prefix(column))
        let rest = lines[line].unicodeScalars.dropFirst(column)
        let isBlock = rest.first == "|" || rest.first == ">"
        let token = isBlock ? nil : Self.token(Array(rest), isFlow: isFlow)
        if isFlow || end == line + 1, let token {
            // One line: only the token is exchanged, so that a comment behind it stays.
            let tail = String(String.UnicodeScalarView(rest.dropFirst(token)))
            guard !text.contains("\n") else {
                guard !isFlow else { throw PieceRefusal(.invalid, "`\(field.address)` must stay on one line") }
                return replace(line..<end, with: Self.block(text, head: trimmed(head), comment: tail, indent: indent))
            }
            lines[line] = head + Self.oneLine(text, isFlow: isFlow) + tail
            return
        }
        let comment = isBlock ? Self.headerComment(rest) : ""
        if text.contains("\n") {
            replace(line..<end, with: Self.block(text, head: trimmed(head), comment: comment, indent: indent))
        } else {
            replace(line..<end, with: [head + Self.oneLine(text, isFlow: false) + comment])
        }
    }

    /// The line behind the last one of the entry that starts at `line` under a key indented by `indent`.
    ///
    /// Blank lines and comments at its end belong to what follows.
    private func entryEnd(from line: Int, indent: Int) -> Int {
        var end = line + 1
        var last = end
        while end < lines.count {
            let bare = lines[end].unicodeScalars.drop { $0 == " " }
            let depth = lines[end].unicodeScalars.count - bare.count
            if bare.isEmpty || bare.first == "\r" {
                end += 1
                continue
            }
            guard depth > indent else { break }
            end += 1
            last = end
        }
        return last
    }

    /// The length of the one-line scalar at the start of `rest`; nil where it goes on on the next line.
    private static func token(_ rest: [Unicode.Scalar], isFlow: Bool) -> Int? {
        guard let quote = rest.first, quote == "\"" || quote == "'" else { return plainToken(rest, isFlow: isFlow) }
        var index = 1
        while index < rest.count {
            if quote == "\"", rest[index] == "\\" {
                index += 2
            } else if rest[index] == quote {
                guard quote == "'", index + 1 < rest.count, rest[index + 1] == "'" else { return index + 1 }
                index += 2
            } else {
                index += 1
            }
        }
        return nil
    }

    private static func plainToken(_ rest: [Unicode.Scalar], isFlow: Bool) -> Int? {
        var end = rest.count
        for index in rest.indices {
            let isComment = rest[index] == "#" && (index == 0 || rest[index - 1] == " " || rest[index - 1] == "\t")
            if isComment || isFlow && ",]}".unicodeScalars.contains(rest[index]) {
                end = index
                break
            }
        }
        while end > 0, " \t\r".unicodeScalars.contains(rest[end - 1]) { end -= 1 }
        return end
    }

    /// A comment behind the mark of a block scalar: `|  # why`.
    private static func headerComment(_ rest: some Collection<Unicode.Scalar>) -> String {
        var previous: Unicode.Scalar = "|"
        for (offset, scalar) in rest.enumerated() {
            if scalar == "#", previous == " " { return " " + String(String.UnicodeScalarView(rest.dropFirst(offset))) }
            previous = scalar
        }
        return ""
    }

    private static func block(_ text: String, head: String, comment: String, indent: Int) -> [String] {
        let chomping = text.hasSuffix("\n\n") ? "+" : text.hasSuffix("\n") ? "" : "-"
        var content = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if text.hasSuffix("\n") { content.removeLast() }
        // Without it, a first line that starts with a space would set the indentation.
        let explicit = content.first(where: { !$0.isEmpty })?.hasPrefix(" ") == true ? "2" : ""
        let pad = String(repeating: " ", count: indent + 2)
        let tail = comment.allSatisfy(\.isWhitespace) ? "" : comment.hasPrefix(" ") ? comment : " " + comment
        return ["\(head) |\(explicit)\(chomping)\(tail)"] + content.map { $0.isEmpty ? "" : pad + $0 }
    }

    /// A text on one line: plain where YAML reads it back as it is, else in double quotes.
    private static func oneLine(_ text: String, isFlow: Bool) -> String {
        let isPlain =
            text.first.map { $0.isLetter } == true && text.last?.isWhitespace == false && !text.contains(": ")
            && !text.contains(" #")
            && !text.hasSuffix(":")
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x85 }
            && !(isFlow && text.contains { ",[]{}".contains($0) })
            && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        let isNumber = Int(text) != nil && !text.hasPrefix("+") && !(text.count > 1 && text.hasPrefix("0"))
        return isPlain || isNumber ? text : QuotedScalar.doubleQuoted(text)
    }

    // MARK: - Lists

    private mutating func writeList(
        _ change: PieceFieldChange,
        _ member: YAMLTree.Member,
        indent: Int,
        _ field: PieceField
    ) throws(PieceRefusal) {
        let items = member.value.items ?? []
        if member.value.isFlow || items.isEmpty {
            return try rewriteFlowList(change, member, items.compactMap(\.text), indent: indent, field)
        }
        switch change {
        case .append(let item):
            guard let last = items.last else { return }
            let dash = dashColumn(of: last)
            lines.insert(
                contentsOf: finished(Self.item(item, dash: dash)),
                at: itemEnd(of: items.count - 1, items, indent)
            )
        case .replace(let index, let item):
            let dash = dashColumn(of: items[index])
            let range = items[index].place.line..<itemEnd(of: index, items, indent)
            if range.count == 1,
                let token = Self.token(
                    Array(lines[range.lowerBound].unicodeScalars.dropFirst(items[index].place.column)),
                    isFlow: false
                ),
                !item.contains("\n")
            {
                let scalars = lines[range.lowerBound].unicodeScalars
                let head = String(scalars.prefix(items[index].place.column))
                lines[range.lowerBound] =
                    head + Self.oneLine(item, isFlow: false)
                    + String(scalars.dropFirst(items[index].place.column + token))
            } else {
                replace(range, with: Self.item(item, dash: dash))
            }
        case .delete(let index):
            let range = items[index].place.line..<itemEnd(of: index, items, indent)
            if items.count == 1 {
                replace(range, with: [])
                let head = lines[member.place.line].unicodeScalars
                let colon = head.firstIndex(of: ":").map { head.index(after: $0) } ?? head.endIndex
                lines[member.place.line] = String(head[..<colon]) + " []" + String(head[colon...])
            } else {
                replace(range, with: [])
            }
        case .scalar, .next: return
        }
    }

    /// A list in brackets, or an empty one, becomes one with dashes; what stands behind it stays behind the key.
    private mutating func rewriteFlowList(
        _ change: PieceFieldChange,
        _ member: YAMLTree.Member,
        _ texts: [String],
        indent: Int,
        _ field: PieceField
    ) throws(PieceRefusal) {
        var texts = texts
        switch change {
        case .append(let item): texts.append(item)
        case .replace(let index, let item): texts[index] = item
        case .delete(let index): texts.remove(at: index)
        case .scalar, .next: return
        }
        let line = member.place.line
        let end = entryEnd(from: line, indent: indent)
        let scalars = lines[line].unicodeScalars
        guard end == line + 1 else {
            throw PieceRefusal(.invalid, "`\(field.address)` is a list in brackets over several lines; edit it by hand")
        }
        let colon = scalars.dropFirst(indent).firstIndex(of: ":").map { scalars.index(after: $0) } ?? scalars.endIndex
        let close = scalars[colon...].lastIndex(of: "]").map { scalars.index(after: $0) } ?? colon
        let tail = String(scalars[close...])
        guard !texts.isEmpty else {
            lines[line] = String(scalars[..<colon]) + " []" + tail
            return
        }
        replace(
            line..<end,
            with: [String(scalars[..<colon]) + tail] + texts.flatMap { Self.item($0, dash: indent + 2) }
        )
    }

    private func dashColumn(of item: YAMLTree) -> Int {
        Array(lines[item.place.line].unicodeScalars.prefix(item.place.column)).lastIndex(of: "-") ?? item.place.column
    }

    private func itemEnd(of index: Int, _ items: [YAMLTree], _ indent: Int) -> Int {
        entryEnd(from: items[index].place.line, indent: dashColumn(of: items[index]))
    }

    private static func item(_ text: String, dash: Int) -> [String] {
        let pad = String(repeating: " ", count: dash)
        guard text.contains("\n") else { return [pad + "- " + oneLine(text, isFlow: false)] }
        return block(text, head: pad + "-", comment: "", indent: dash)
    }

    // MARK: - Missing keys

    private mutating func insert(_ change: PieceFieldChange, as field: PieceField, among members: [YAMLTree.Member]) {
        let index = PieceField.insertionIndex(of: field.key, among: members.map(\.key))
        let indent = members.first?.place.column ?? 0
        let pad = String(repeating: " ", count: indent)
        let line =
            index == 0 ? members.first?.place.line ?? 0 : entryEnd(from: members[index - 1].place.line, indent: indent)
        let key = "\(pad)\(field.key):"
        switch change {
        case .append(let item): lines.insert(contentsOf: finished([key] + Self.item(item, dash: indent + 2)), at: line)
        case .scalar(let text):
            let written =
                text.contains("\n")
                ? Self.block(text, head: key, comment: "", indent: indent)
                : [key + " " + Self.oneLine(text, isFlow: false)]
            lines.insert(contentsOf: finished(written), at: line)
        case .replace, .delete, .next: return
        }
    }

    // MARK: - Lines

    private mutating func replace(_ range: Range<Int>, with new: [String]) {
        lines.replaceSubrange(range, with: finished(new))
    }

    /// Lines with the line ends of this file.
    private func finished(_ new: [String]) -> [String] {
        hasCarriageReturns ? new.map { $0.hasSuffix("\r") ? $0 : $0 + "\r" } : new
    }

    private func trimmed(_ head: String) -> String {
        var head = head
        while head.hasSuffix(" ") { head.removeLast() }
        return head
    }
}
