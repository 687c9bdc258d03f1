// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What a destination holds that is not the source's.
struct CopyDifferences {
    private static let shown = 5

    let place: String
    private var extras: [CopyKind: Int] = [:]
    private var conflicts: [String] = []
    private var conflictCount = 0

    init(place: String) { self.place = place }

    mutating func note(_ step: RecordMerge.Step) {
        switch step {
        case .missing, .same: return
        case .extra(let record): extras[record.kind, default: 0] += 1
        case .conflict(let record):
            conflictCount += 1
            if conflicts.count < Self.shown { conflicts.append(record.name) }
        }
    }

    /// - Throws: ``StoreError/unusable(_:hint:)`` where there is any.
    func check() throws {
        if conflictCount > 0 {
            let more = conflictCount > conflicts.count ? " and \(conflictCount - conflicts.count) more" : ""
            throw StoreError.unusable(
                "`\(place)` has with other content: \(conflicts.joined(separator: "; "))\(more); nothing was overwritten",
                hint: "it was worked on, or the source was, since a copy began: copy into an empty store"
            )
        }
        guard !extras.isEmpty else { return }
        let counts = CopyKind.allCases.compactMap { kind in extras[kind].map { "\(kind.words) \($0)" } }
        throw StoreError.unusable(
            "`\(place)` holds what the source has not: \(counts.joined(separator: ", ")); nothing was overwritten",
            hint: "copy into an empty store, or one that holds a part of the same source"
        )
    }
}
