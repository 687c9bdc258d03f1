// SPDX-License-Identifier: Apache-2.0
import Yams

/// The parsed tree of a piece's YAML, bounded before anything is built from it.
///
/// Scalars keep their text: what is a number or a truth is the reader's question, so that `no` and `1:30` stay words.
/// Every node knows where it starts, which is what edits splice by.
struct YAMLTree: Hashable, Sendable {
    indirect enum Value: Hashable, Sendable {
        case scalar(String)
        case list([YAMLTree])
        case map([Member])
    }

    struct Member: Hashable, Sendable {
        let key: String
        /// Where the key stands.
        let place: Place
        let value: YAMLTree
    }

    /// A position in the text: line and column, both from 0, the column in Unicode scalars.
    struct Place: Hashable, Sendable {
        let line: Int
        let column: Int
    }

    let value: Value
    let place: Place
    /// Written with brackets or braces rather than by indentation.
    let isFlow: Bool

    static let maxBytes = 256 * 1024
    private static let maxDepth = 32
    private static let maxNodes = 5000

    /// Parses one document of a subset: no anchors, aliases, tags, merge keys or duplicate keys.
    init(parsing text: String) throws(PieceRefusal) {
        guard text.utf8.count <= Self.maxBytes else {
            throw PieceRefusal(.tooLarge, "the piece has \(text.utf8.count) bytes; at most \(Self.maxBytes) are read")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw PieceRefusal(.invalid, "it is not valid YAML: \("\(error)".onOneLine.cut(toBytes: 300))")
        }
        guard let node else { throw PieceRefusal(.invalid, "it is empty") }
        var budget = Self.maxNodes
        try self.init(node, Self.lines(of: text), depth: 0, &budget)
    }

    /// What YAML takes for the end of a line beside `\n`; a carriage return before one is part of it.
    private static func isOddBreak(_ scalar: Unicode.Scalar) -> Bool {
        [0x0D, 0x85, 0x2028, 0x2029].contains(scalar.value)
    }

    /// Whether a line ends otherwise than with `\n` or `\r\n`: then lines are counted in several ways.
    static func hasOddBreaks(_ text: String) -> Bool {
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if previous == "\r", scalar != "\n" { return true }
            if scalar != "\r", isOddBreak(scalar) { return true }
            previous = scalar
        }
        return previous == "\r"
    }

    private static func lines(of text: String) -> Lines {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard hasOddBreaks(text) else { return lines }
        return lines.flatMap { line in
            (line.last == "\r" ? line.dropLast() : line).split(
                omittingEmptySubsequences: false,
                whereSeparator: isOddBreak
            )
        }
    }

    private typealias Lines = [Substring.UnicodeScalarView]

    private init(_ node: Node, _ lines: Lines, depth: Int, _ budget: inout Int) throws(PieceRefusal) {
        let place = Place(line: (node.mark?.line ?? 1) - 1, column: (node.mark?.column ?? 1) - 1)
        let line = place.line + 1
        budget -= 1
        guard budget >= 0 else { throw PieceRefusal(.tooLarge, "it has more than \(Self.maxNodes) values") }
        guard depth <= Self.maxDepth else {
            throw PieceRefusal(.invalid, "line \(line): nested more than \(Self.maxDepth) levels deep")
        }
        // An anchor is met before anything that refers to it, so no alias is ever followed.
        let mark = Self.scalar(at: place, in: lines)
        guard node.anchor == nil, mark != "&", mark != "*" else {
            throw PieceRefusal(.invalid, "line \(line): anchors and aliases are not read")
        }
        guard mark != "!" else { throw PieceRefusal(.invalid, "line \(line): tags are not read") }
        self.place = place
        switch node {
        case .scalar(let scalar):
            value = .scalar(scalar.string)
            isFlow = false
        case .sequence(let sequence):
            isFlow = sequence.style == .flow
            var items: [YAMLTree] = []
            for item in sequence { items.append(try YAMLTree(item, lines, depth: depth + 1, &budget)) }
            value = .list(items)
        case .mapping(let mapping):
            isFlow = mapping.style == .flow
            var members: [Member] = []
            for (key, inner) in mapping {
                let keyTree = try YAMLTree(key, lines, depth: depth + 1, &budget)
                guard case .scalar(let name) = keyTree.value else {
                    throw PieceRefusal(.invalid, "line \(line): a key must be a word")
                }
                guard name != "<<" else {
                    throw PieceRefusal(.invalid, "line \(keyTree.place.line + 1): merge keys are not read")
                }
                members.append(
                    Member(
                        key: name,
                        place: keyTree.place,
                        value: try YAMLTree(inner, lines, depth: depth + 1, &budget)
                    )
                )
            }
            value = .map(members)
        case .alias:
            throw PieceRefusal(.invalid, "line \(line): anchors and aliases are not read")
        }
    }

    private static func scalar(at place: Place, in lines: Lines) -> Unicode.Scalar? {
        guard lines.indices.contains(place.line) else { return nil }
        return lines[place.line].dropFirst(place.column).first
    }

    // MARK: - Reading

    subscript(key: String) -> Member? {
        guard case .map(let members) = value else { return nil }
        return members.first { $0.key == key }
    }

    var text: String? { if case .scalar(let text) = value { text } else { nil } }
    var items: [YAMLTree]? { if case .list(let items) = value { items } else { nil } }
    var members: [Member]? { if case .map(let members) = value { members } else { nil } }

    /// What the tree says, without places: equal for texts that mean the same.
    var meaning: Meaning {
        switch value {
        case .scalar(let text): .scalar(text)
        case .list(let items): .list(items.map(\.meaning))
        case .map(let members): .map(members.map { .init(key: $0.key, value: $0.value.meaning) })
        }
    }

    /// A tree without places.
    indirect enum Meaning: Hashable, Sendable {
        struct Member: Hashable, Sendable {
            let key: String
            var value: Meaning
        }

        case scalar(String)
        case list([Meaning])
        case map([Member])
    }
}
