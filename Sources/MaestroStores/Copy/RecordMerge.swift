// SPDX-License-Identifier: Apache-2.0

/// Walks through the records of one kind in two stores side by side.
struct RecordMerge {
    enum Step: Hashable, Sendable {
        /// Only the source has it.
        case missing(CopyRecord)
        case same
        /// Both have it, and not the same.
        case conflict(CopyRecord)
        /// Only the destination has it.
        case extra(CopyRecord)

        /// What to do about the next record of either; nil: there are no more.
        init?(source: CopyRecord?, target: CopyRecord?) {
            switch (source, target) {
            case (nil, nil): return nil
            case (let source?, nil): self = .missing(source)
            case (nil, let target?): self = .extra(target)
            case (let source?, let target?):
                let (ours, theirs) = (source.key, target.key)
                if ours < theirs {
                    self = .missing(source)
                } else if theirs < ours {
                    self = .extra(target)
                } else {
                    self = source.agrees(with: target) ? .same : .conflict(source)
                }
            }
        }
    }

    private var source: RecordStream
    private var target: RecordStream

    init(source: RecordStream, target: RecordStream) {
        self.source = source
        self.target = target
    }

    /// Nil at the end of both; with `heedsSource` false already where the destination has no more.
    mutating func next(heedsSource: Bool = true) async throws -> Step? {
        let theirs = try await target.peek()
        if theirs == nil, !heedsSource { return nil }
        guard let step = Step(source: try await source.peek(), target: theirs) else { return nil }
        switch step {
        case .missing: _ = try await source.take()
        case .extra: _ = try await target.take()
        case .same, .conflict:
            _ = try await source.take()
            _ = try await target.take()
        }
        return step
    }
}
