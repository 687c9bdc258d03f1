// SPDX-License-Identifier: Apache-2.0

/// What stores hold, in the order in which it is copied: nothing comes before what it belongs to, and jobs come last.
///
/// What is not here is made anew at the destination: files of the index and snapshots, hashes, counts and caches; leases
/// and the signs of life of workers are of a place and a moment.
package enum CopyKind: String, CaseIterable, Codable, Sendable {
    case users
    case pauses
    case reflections
    case changes
    case plans
    case operations
    case indexLines = "index_lines"
    case replies
    case attempts
    case metrics
    case recalls
    case exposures
    case documents
    case activities
    case jobs

    /// The table of that name, which both databases have; documents are files in the embedded store.
    var table: String { rawValue }

    /// For people: `index lines`.
    package var words: String { rawValue.replacing("_", with: " ") }

    /// Its values, in the order in which records hold them.
    package var columns: [CopyColumn] { Self.allColumns[self] ?? [] }

    var keyColumns: [CopyColumn] { columns.filter(\.isKey) }
    /// What is written at a destination.
    var storedColumns: [CopyColumn] { columns.filter { !$0.isRemark } }

    private static let allColumns = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.makeColumns()) })
}
