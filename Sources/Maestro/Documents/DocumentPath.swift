// SPDX-License-Identifier: Apache-2.0

/// The place of one document inside a user's folder.
///
/// Only ``relative`` ever reaches a file system, and it can only be built from checked parts: there is no way to make
/// a path with `..`, a slash in a name, or an absolute one.
package enum DocumentPath: Hashable, Sendable {
    /// A memory entry: `memory/<stem>.md`, or `projects/<key>/memory/<stem>.md`.
    case entry(Scope, stem: EntryName)
    /// The index of one memory folder: `memory/MEMORY.md`.
    case index(Scope)
    /// A user's own copy of a piece: `pieces/<name>.yaml`.
    case piece(PieceName)

    /// The path below the user's folder.
    package var relative: String {
        switch self {
        case .entry(let scope, let stem): "\(Self.folder(of: scope))/\(stem).md"
        case .index(let scope): "\(Self.folder(of: scope))/MEMORY.md"
        case .piece(let name): "pieces/\(name).yaml"
        }
    }

    /// What people call the document: the stem of an entry, the name of a piece.
    package var name: String {
        switch self {
        case .entry(_, let stem): stem.rawValue
        case .index: "MEMORY"
        case .piece(let name): name.rawValue
        }
    }

    /// The memory folder of a scope, below the user's folder.
    package static func folder(of scope: Scope) -> String {
        switch scope {
        case .global: "memory"
        case .project(let key): "projects/\(PathComponent.encoding(key))/memory"
        }
    }

    /// The name in an entry's ``relative`` path; nil where it is not that of an entry, or not in `folder`, a ``folder(of:)``.
    package static func entryName(_ relative: String, in folder: String) -> String? {
        guard relative.hasPrefix(folder), relative.hasSuffix(".md") else { return nil }
        let file = relative.dropFirst(folder.count)
        return file.first == "/" ? String(file.dropFirst().dropLast(3)) : nil
    }

    /// The scope of an entry or index; nil for pieces.
    package var scope: Scope? {
        switch self {
        case .entry(let scope, _), .index(let scope): scope
        case .piece: nil
        }
    }
}

/// The identity of a memory entry: its file stem, `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`, unique without case in its folder.
package struct EntryName: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// Nil where `text` is not a legal stem.
    ///
    /// `MEMORY` is the index and never an entry.
    package init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first, Self.isLetterOrDigit(first),
            text.utf8.allSatisfy({ Self.isLetterOrDigit($0) || [0x2E, 0x5F, 0x2D].contains($0) }),
            text.lowercased() != "memory", !text.hasSuffix(".")
        else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }
    /// Two entries of one folder must differ in this.
    package var folded: String { rawValue.lowercased() }

    /// Whether both have the same ``folded``, without making it: a new name is compared with thousands.
    package func isSame(as other: EntryName) -> Bool {
        let (left, right) = (rawValue.utf8, other.rawValue.utf8)
        // The bit that tells the cases of a letter apart; no two others of a name's characters differ in it alone.
        return left.count == right.count && zip(left, right).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

/// The name of a piece: `[a-z][a-z0-9-]{0,63}`, equal to its file stem.
package struct PieceName: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first, (0x61...0x7A).contains(first),
            text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }
}

extension EntryName: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = EntryName(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a stem: \(text)")
            )
        }
        self = name
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension PieceName: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = PieceName(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a name: \(text)")
            )
        }
        self = name
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// Coded by its parts, so that a stored path is checked again when it is read.
extension DocumentPath: Codable {
    private enum Key: String, CodingKey { case kind, scope, name }
    private enum Kind: String, Codable { case entry, index, piece }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        switch try values.decode(Kind.self, forKey: .kind) {
        case .entry:
            self = .entry(
                try values.decode(Scope.self, forKey: .scope),
                stem: try values.decode(EntryName.self, forKey: .name)
            )
        case .index: self = .index(try values.decode(Scope.self, forKey: .scope))
        case .piece: self = .piece(try values.decode(PieceName.self, forKey: .name))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .entry(let scope, let stem):
            try values.encode(Kind.entry, forKey: .kind)
            try values.encode(scope, forKey: .scope)
            try values.encode(stem, forKey: .name)
        case .index(let scope):
            try values.encode(Kind.index, forKey: .kind)
            try values.encode(scope, forKey: .scope)
        case .piece(let name):
            try values.encode(Kind.piece, forKey: .kind)
            try values.encode(name, forKey: .name)
        }
    }
}
