// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// One thing that a store holds, as no particular store holds it.
package struct CopyRecord: Hashable, Codable, Sendable {
    package let kind: CopyKind
    /// In the order of the kind's columns.
    package let values: [CopyValue]

    package init(_ kind: CopyKind, _ values: [CopyValue]) {
        precondition(values.count == kind.columns.count, "a record of \(kind.words) has a value for every column")
        self.kind = kind
        self.values = values
    }

    /// The value of a column; none where there is no such column.
    package subscript(_ name: String) -> CopyValue {
        zip(kind.columns, values).first { $0.0.name == name }?.1 ?? .null
    }

    package var key: CopyKey { CopyKey(zip(kind.columns, values).filter { $0.0.isKey }.map(\.1)) }

    /// Whose it is; nil where nobody can say.
    package var user: UserID? { (self["user"].text ?? self["owner"].text).map { UserID($0) } }

    /// Of all that both stores must have the same; never changes from one version to the next.
    package var digest: ContentHash {
        var bytes = Array("\(kind.rawValue):".utf8)
        for (column, value) in zip(kind.columns, values) where column.isCompared { bytes += value.canonicalBytes }
        return ContentHash(ofBytes: bytes)
    }

    /// Whether both stores have the same: as good as comparing digests, and quicker.
    package func agrees(with other: CopyRecord) -> Bool {
        kind == other.kind
            && zip(kind.columns, zip(values, other.values)).allSatisfy { column, pair in
                !column.isCompared || pair.0.portable == pair.1.portable
            }
    }

    /// For people: ``jobs `me`, `s-1` ``.
    package var name: String {
        let parts = key.values.map { value in
            switch value {
            case .null: "-"
            case .integer(let number): "\(number)"
            case .text(let text): "`\(text)`"
            }
        }
        return "\(kind.words) \(parts.joined(separator: ", "))"
    }

    /// Roughly how much memory it takes.
    var bytes: Int { values.reduce(64) { $0 + 16 + ($1.text?.utf8.count ?? 0) } }
}
