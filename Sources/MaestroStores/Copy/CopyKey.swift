// SPDX-License-Identifier: Apache-2.0

/// What names a record among those of its kind, ordered as both databases order it.
package struct CopyKey: Hashable, Comparable, Codable, Sendable {
    package let values: [CopyValue]

    package init(_ values: [CopyValue]) { self.values = values }

    package static func < (left: CopyKey, right: CopyKey) -> Bool {
        left.values.lexicographicallyPrecedes(right.values)
    }
}
