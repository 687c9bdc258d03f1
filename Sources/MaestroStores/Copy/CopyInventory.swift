// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// How much a store holds, by kind and user, with a hash over it.
package struct CopyInventory: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var count = 0
        /// Chains the digests of all records, in the order of their keys.
        package var hash = ContentHash(of: "")
    }

    /// Users are named by their ids; what is nobody's is under the empty name.
    package private(set) var entries: [CopyKind: [String: Entry]] = [:]

    package init() {}

    /// Adds the next record in the order of keys.
    package mutating func add(_ record: CopyRecord) {
        var entry = entries[record.kind]?[record.user?.rawValue ?? ""] ?? Entry()
        entry.count += 1
        entry.hash = ContentHash(of: entry.hash.hex + record.digest.hex)
        entries[record.kind, default: [:]][record.user?.rawValue ?? ""] = entry
    }

    package func count(of kind: CopyKind) -> Int { entries[kind]?.values.reduce(0) { $0 + $1.count } ?? 0 }

    /// One hash over all users.
    package func hash(of kind: CopyKind) -> ContentHash {
        let users = (entries[kind] ?? [:]).sorted { CopyValue.text($0.key) < CopyValue.text($1.key) }
        return ContentHash(of: users.map { "\($0.key.utf8.count):\($0.key)\($0.value.hash)" }.joined())
    }

    package var isEmpty: Bool { entries.isEmpty }
}
