// SPDX-License-Identifier: Apache-2.0

/// Everything a prompt is made from, fitted into the context limit.
///
/// A pure function of values.
package struct ReflectionInputs: Sendable {
    package let job: Job
    package let activity: Activity
    package let state: UserState
    package let digest: Digest
    package let selection: EntrySelection
    /// The piece as the model sees it; nil where the job followed none, or where it did not fit.
    package let pieceText: String?
    package let counterpart: Counterpart
    /// What was left out to make it fit, one sentence each.
    package let notes: [String]

    /// Inputs cut down by `fit`, the `cut`-th one tried.
    init(_ job: Job, _ activity: Activity, _ state: UserState, _ settings: Settings, _ fit: Fit, cut: Int) {
        self.job = job
        self.activity = activity
        self.state = state
        digest = Digest(activity, maxBytes: fit.digestBytes, firstNewEvent: job.firstNewEvent)
        selection = EntrySelection(
            of: state.entries,
            query: digest.text,
            budgetBytes: TokenCount.bytes(in: settings.reflection.entryBudgetTokens),
            allowsFull: fit.entriesInFull,
            atMost: fit.maxEntries
        )
        let rendered = job.piece.flatMap {
            state.pieces.promptText(
                named: $0,
                budgetBytes: TokenCount.bytes(in: settings.reflection.pieceBudgetTokens),
                isShort: fit.piece == .editable
            )
        }
        pieceText = fit.piece == .none ? nil : rendered
        counterpart = job.piece.flatMap { state.pieces.counterpart(of: $0) } ?? job.counterpart
        var notes = digest.notes
        if selection.leftOut > 0 { notes.append("\(selection.leftOut) entries were left out of the prompt") }
        if cut > 0 { notes.append("the prompt was shrunk to fit the context limit: \(fit.sentence)") }
        self.notes = notes
    }

    /// Whether an event came after what was reflected on before.
    func isNew(_ event: Int) -> Bool { event >= job.firstNewEvent ?? 0 }

    /// What the reply will be judged against.
    package var base: Base {
        func shown(_ entry: MemoryEntry, inFull: Bool) -> Base.Shown {
            Base.Shown(path: entry.path, hash: entry.document.hash, meaning: entry.meaning, inFull: inFull)
        }
        return Base(
            shown: selection.inFull.map { shown($0, inFull: true) }
                + selection.byDescription.map { shown($0, inFull: false) },
            piece: job.piece,
            pieceHash: job.piece.flatMap { state.pieces.text(named: $0) }.map { ContentHash(of: $0) },
            citable: digest.events.filter(isNew)
        )
    }

    /// The base for a reflector that sees the whole activity and every entry.
    package var wholeBase: Base {
        var base = base
        base.citable = job.firstNewEvent == nil ? nil : Set(activity.events.map(\.number).filter(isNew))
        base.shown = state.entries.map {
            Base.Shown(path: $0.path, hash: $0.document.hash, meaning: $0.meaning, inFull: true)
        }
        return base
    }
}
