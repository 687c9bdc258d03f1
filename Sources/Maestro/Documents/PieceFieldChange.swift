// SPDX-License-Identifier: Apache-2.0

/// What one replacement does to the parsed value of its field.
enum PieceFieldChange: Hashable, Sendable {
    /// The scalar's new text.
    case scalar(String)
    case append(item: String)
    case replace(item: Int, by: String)
    case delete(item: Int)
    /// `when` or `go` of one entry of `next`.
    case next(entry: Int, key: String, String)

    /// - Throws: ``PieceRefusal`` where the anchor does not match exactly once.
    init(_ replacement: PieceEdit.Replacement, of field: PieceField, in tree: YAMLTree) throws(PieceRefusal) {
        let value = field.member(in: tree)?.value
        switch field.shape {
        case .list: self = try Self.list(replacement, value?.items?.compactMap(\.text) ?? [])
        case .next: self = try Self.next(replacement, field, field.step(in: tree)?["next"]?.value.items ?? [])
        case .line, .text, .number: self = .scalar(try Self.edited(value?.text ?? "", replacement, field))
        }
    }

    private static func edited(
        _ value: String,
        _ replacement: PieceEdit.Replacement,
        _ field: PieceField
    ) throws(PieceRefusal) -> String {
        guard replacement.old.isEmpty else {
            let parts = value.ranges(of: replacement.old)
            guard let range = parts.first else {
                throw PieceRefusal(.anchorMissing, "`\(field.address)`: “\(short(replacement.old))”")
            }
            guard parts.count == 1 else {
                throw PieceRefusal(.anchorAmbiguous, "`\(field.address)`: “\(short(replacement.old))”")
            }
            return value.replacingCharacters(range, by: replacement.new)
        }
        guard !replacement.new.isEmpty else { throw PieceRefusal(.noEffect, "`\(field.address)`: nothing to append") }
        if value.isEmpty { return field.shape == .text ? replacement.new + "\n" : replacement.new }
        guard field.shape == .text else { return value + " " + replacement.new }
        return value.hasSuffix("\n") ? value + replacement.new + "\n" : value + "\n" + replacement.new
    }

    private static func list(
        _ replacement: PieceEdit.Replacement,
        _ items: [String]
    ) throws(PieceRefusal) -> PieceFieldChange {
        guard !replacement.old.isEmpty else {
            guard !replacement.new.isEmpty else {
                throw PieceRefusal(.noEffect, "`\(replacement.field)`: nothing to append")
            }
            guard !items.contains(replacement.new) else {
                throw PieceRefusal(.noEffect, "`\(replacement.field)` has this item already")
            }
            return .append(item: replacement.new)
        }
        let matches = items.indices.filter { items[$0] == replacement.old }
        guard let index = matches.first else {
            throw PieceRefusal(.anchorMissing, "`\(replacement.field)`: “\(short(replacement.old))” is no whole item")
        }
        guard matches.count == 1 else {
            throw PieceRefusal(.anchorAmbiguous, "`\(replacement.field)`: “\(short(replacement.old))”")
        }
        return replacement.new.isEmpty ? .delete(item: index) : .replace(item: index, by: replacement.new)
    }

    private static func next(
        _ replacement: PieceEdit.Replacement,
        _ field: PieceField,
        _ entries: [YAMLTree]
    ) throws(PieceRefusal) -> PieceFieldChange {
        let key = String(field.key.dropFirst("next.".count))
        guard !replacement.old.isEmpty, !replacement.new.isEmpty else {
            throw PieceRefusal(
                .invalid,
                "`\(field.address)`: entries of `next` are neither added nor removed by an edit"
            )
        }
        let matches = entries.indices.filter { entries[$0][key]?.value.text == replacement.old }
        guard let index = matches.first else {
            throw PieceRefusal(.anchorMissing, "`\(field.address)`: “\(short(replacement.old))”")
        }
        guard matches.count == 1 else {
            throw PieceRefusal(.anchorAmbiguous, "`\(field.address)`: “\(short(replacement.old))”")
        }
        return .next(entry: index, key: key, replacement.new)
    }

    private static func short(_ text: String) -> String { text.onOneLine.cut(toBytes: 80) }

    // MARK: - The intended tree

    /// The tree with this change and no other.
    func intended(in tree: YAMLTree, _ field: PieceField) -> YAMLTree.Meaning {
        guard let id = field.step else { return tree.meaning.setting(field.key) { apply(to: $0) } }
        return tree.meaning.setting("steps") { steps in
            guard case .list(let items) = steps else { return .list([]) }
            return .list(
                items.map { step in
                    guard step["id"] == .scalar(id) else { return step }
                    return step.setting(field.shape == .next ? "next" : field.key) { apply(to: $0) }
                }
            )
        }
    }

    private func apply(to value: YAMLTree.Meaning?) -> YAMLTree.Meaning {
        var items: [YAMLTree.Meaning] = if case .list(let items) = value { items } else { [] }
        switch self {
        case .scalar(let text): return .scalar(text)
        case .append(let item): items.append(.scalar(item))
        case .replace(let index, let text): items[index] = .scalar(text)
        case .delete(let index): items.remove(at: index)
        case .next(let index, let key, let text): items[index] = items[index].setting(key) { _ in .scalar(text) }
        }
        return .list(items)
    }
}

extension YAMLTree.Meaning {
    fileprivate subscript(key: String) -> YAMLTree.Meaning? {
        guard case .map(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The map with `key` changed, or added where `PieceSource` puts a missing one.
    fileprivate func setting(_ key: String, _ change: (YAMLTree.Meaning?) -> YAMLTree.Meaning) -> YAMLTree.Meaning {
        guard case .map(var members) = self else { return self }
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value = change(members[index].value)
        } else {
            let keys = members.map(\.key)
            let index = PieceField.insertionIndex(of: key, among: keys)
            members.insert(Member(key: key, value: change(nil)), at: index)
        }
        return .map(members)
    }
}

extension PieceField {
    /// The mapping of the field's step; nil for fields of the piece.
    func step(in tree: YAMLTree) -> YAMLTree? {
        tree["steps"]?.value.items?.first { $0["id"]?.value.text == step }
    }

    /// The mapping that holds the field.
    func container(in tree: YAMLTree) -> YAMLTree? { step == nil ? tree : step(in: tree) }

    /// The field where it is written; nil where the optional key is missing.
    func member(in tree: YAMLTree) -> YAMLTree.Member? { container(in: tree)?[key] }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<String.Index>, by new: String) -> String {
        var text = self
        text.replaceSubrange(range, with: new)
        return text
    }
}
