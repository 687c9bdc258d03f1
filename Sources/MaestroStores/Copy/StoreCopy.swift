// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Moves everything from one store into another that is empty, or holds a part of the same.
///
/// Run again after it was cut short, it goes on where it stopped: what is there is compared and left. Nothing is ever
/// overwritten. Until both stores were found to hold the same, no worker claims a job at the destination.
package struct StoreCopy: Sendable {
    private let source: any StoreExport
    private let target: any StoreImport
    private let page: CopyPage
    private let observe: @Sendable (CopyProgress) -> Void

    package init(
        from source: any StoreExport,
        to target: any StoreImport,
        page: CopyPage = CopyPage(),
        observe: @escaping @Sendable (CopyProgress) -> Void = { _ in }
    ) {
        self.source = source
        self.target = target
        self.page = page
        self.observe = observe
    }

    /// - Throws: ``StoreError`` where it is refused, with nothing changed at the destination; or where a record is there
    ///   with other content.
    package func run() async throws -> CopyResult {
        try await CopyGate(source: source, target: target).check()
        try await source.settle()
        try await CopyGate(source: source, target: target).checkClaims()
        try await checkTarget()
        try await target.holdBack()
        var copied: [CopyKind: Int] = [:]
        for kind in CopyKind.allCases { copied[kind] = try await copy(kind) }
        try await target.complete { observe(CopyProgress(step: .completing, kind: .users, count: $0)) }
        async let (ours, theirs) = (inventory(of: source), inventory(of: target))
        let comparison = CopyComparison(source: try await ours, target: try await theirs)
        if comparison.isEqual { try await target.release() }
        return CopyResult(
            copied: copied,
            comparison: comparison,
            leftovers: try await source.leftovers(),
            isPaused: try await target.store.pauses().contains { $0.user == nil }
        )
    }

    /// All that a store holds.
    package func inventory(of store: any StoreExport) async throws -> CopyInventory {
        var inventory = CopyInventory()
        for kind in CopyKind.allCases {
            var stream = RecordStream(kind, of: store, page)
            var count = 0
            while let record = try await stream.take() {
                inventory.add(record)
                count += 1
                observe(CopyProgress(step: .comparing, kind: kind, count: count))
            }
        }
        return inventory
    }

    /// Refuses a source that holds nothing, and a destination that holds anything else than a part of the source.
    private func checkTarget() async throws {
        var differences = CopyDifferences(place: target.place)
        var isEmpty = true
        for kind in CopyKind.allCases {
            if isEmpty { isEmpty = try await source.records(kind, after: nil, CopyPage(records: 1)).isEmpty }
            var merge = merge(kind)
            var count = 0
            while let step = try await merge.next(heedsSource: false) {
                differences.note(step)
                count += 1
                observe(CopyProgress(step: .checking, kind: kind, count: count))
            }
        }
        if isEmpty {
            throw StoreError.unusable(
                "the store `\(source.place)` holds nothing; there is nothing to copy",
                hint: "check the address after `--from`"
            )
        }
        try differences.check()
    }

    private func copy(_ kind: CopyKind) async throws -> Int {
        var merge = merge(kind)
        var differences = CopyDifferences(place: target.place)
        var batch: [CopyRecord] = []
        var (bytes, copied, done) = (0, 0, 0)
        while let step = try await merge.next() {
            differences.note(step)
            done += 1
            observe(CopyProgress(step: .copying, kind: kind, count: done))
            guard case .missing(let record) = step else { continue }
            try refuseRunning(record)
            if !batch.isEmpty, bytes + record.bytes > page.bytes || batch.count >= page.records {
                try await target.add(batch)
                (batch, bytes) = ([], 0)
            }
            batch.append(record)
            bytes += record.bytes
            copied += 1
        }
        if !batch.isEmpty { try await target.add(batch) }
        try differences.check()
        return copied
    }

    /// A lease is of a place and a moment: a job that has one cannot be copied.
    private func refuseRunning(_ record: CopyRecord) throws {
        guard record.kind == .jobs, record["state"].text == JobState.running.rawValue else { return }
        throw StoreError.wrongState(
            "\(record.name) was claimed at the source meanwhile; stop its worker, or `maestro pause --all` there, and run "
                + "it again: it goes on from here"
        )
    }

    private func merge(_ kind: CopyKind) -> RecordMerge {
        RecordMerge(source: RecordStream(kind, of: source, page), target: RecordStream(kind, of: target, page))
    }
}
