// SPDX-License-Identifier: Apache-2.0

/// The records of one kind of one store, in order, read page by page.
struct RecordStream {
    private let store: any StoreExport
    private let kind: CopyKind
    private let page: CopyPage
    private var buffer: ArraySlice<CopyRecord> = []
    private var last: CopyKey?
    private var isAtEnd = false

    init(_ kind: CopyKind, of store: any StoreExport, _ page: CopyPage) {
        self.kind = kind
        self.store = store
        self.page = page
    }

    /// The next record, which stays; nil at the end.
    mutating func peek() async throws -> CopyRecord? {
        if buffer.isEmpty, !isAtEnd {
            try Task.checkCancellation()
            buffer = try await store.records(kind, after: last, page)[...]
            isAtEnd = buffer.isEmpty
            last = buffer.last?.key ?? last
        }
        return buffer.first
    }

    mutating func take() async throws -> CopyRecord? {
        guard let next = try await peek() else { return nil }
        buffer = buffer.dropFirst()
        return next
    }
}
