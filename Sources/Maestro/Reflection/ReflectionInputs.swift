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

    /// Inputs fitted by `settings`: entries within their budget, the piece within its own, and the whole within the
    /// context limit less the reply's room.
    ///
    /// To shrink: see ``Fit/ladder(digestBytes:)``.
    package init(job: Job, activity: Activity, state: UserState, settings: Settings = Settings()) {
        let room = TokenCount.bytes(in: settings.llm.contextLimitTokens - settings.llm.maxReplyTokens)
        let ladder = Fit.ladder(digestBytes: settings.reflection.activityLogMaxBytes)
        var fitted = ReflectionInputs(job, activity, state, settings, ladder[0], cut: 0)
        for (cut, fit) in ladder.enumerated().dropFirst() {
            guard ReflectionPrompt(fitted).byteCount > room else { break }
            fitted = ReflectionInputs(job, activity, state, settings, fit, cut: cut)
        }
        self = fitted
    }

    private init(_ job: Job, _ activity: Activity, _ state: UserState, _ settings: Settings, _ fit: Fit, cut: Int) {
        self.job = job
        self.activity = activity
        self.state = state
        digest = Digest(activity, maxBytes: fit.digestBytes)
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
            citable: digest.events
        )
    }

    /// The base for a reflector that sees the whole activity and every entry.
    package var wholeBase: Base {
        var base = base
        base.citable = nil
        base.shown = state.entries.map {
            Base.Shown(path: $0.path, hash: $0.document.hash, meaning: $0.meaning, inFull: true)
        }
        return base
    }
}

/// One way to cut the inputs down, from the fullest on.
struct Fit: Sendable {
    enum PieceShape: Sendable { case full, editable, none }

    var entriesInFull = true
    var maxEntries = Int.max
    var piece = PieceShape.full
    var digestBytes: Int
    var sentence = ""

    /// Entries to descriptions, fewer entries, the piece to its editable fields, no piece, the digest last.
    static func ladder(digestBytes: Int) -> [Fit] {
        var fits = [Fit(digestBytes: digestBytes)]
        func add(_ sentence: String, _ change: (inout Fit) -> Void) {
            var fit = fits[fits.count - 1]
            change(&fit)
            fit.sentence = sentence
            fits.append(fit)
        }
        add("entries by description only") { $0.entriesInFull = false }
        add("at most 10 entries, by description") { $0.maxEntries = 10 }
        add("no entries") { $0.maxEntries = 0 }
        add("no entries, only the editable fields of the piece") { $0.piece = .editable }
        add("no entries, no piece") { $0.piece = .none }
        for share in [2, 4, 8] {
            add("no entries, no piece, 1/\(share) of the digest") { $0.digestBytes = max(512, digestBytes / share) }
        }
        return fits
    }
}
