// SPDX-License-Identifier: Apache-2.0

/// Everything that a guard may look at beside the change itself.
struct GuardContext: Sendable {
    let policy: JudgePolicy
    /// What the reply was built from.
    let base: Base
    let job: Job?
    /// Nil where it is not kept any more: the evidence was checked when the change was first judged.
    let activity: Activity?
    let now: UserState
    /// Scope of the waiting change that is judged again.
    let settledScope: Scope?
    /// What earlier changes of the same reply do.
    var earlier = Earlier()

    init(
        policy: JudgePolicy,
        base: Base,
        job: Job?,
        activity: Activity?,
        now: UserState,
        settledScope: Scope? = nil
    ) {
        self.policy = policy
        self.base = base
        self.job = job
        self.activity = activity
        self.now = now
        self.settledScope = settledScope
    }

    /// The changes of the same reply that were not rejected.
    struct Earlier: Sendable {
        var count = 0
        var paths: Set<String> = []
        var added: [Scope: Int] = [:]
        var additions: [(type: EntryType?, words: Similarity)] = []

        mutating func note(_ touched: [DocumentPath], addition: (memory: MemoryChange, scope: Scope)?) {
            count += 1
            paths.formUnion(touched.map { $0.relative.lowercased() })
            guard let (memory, scope) = addition else { return }
            added[scope, default: 0] += 1
            additions.append((memory.type, Similarity(description: memory.description, body: memory.body)))
        }
    }

    /// Who the person in the log is.
    ///
    /// The piece that the job followed knows better than the source.
    var counterpart: Counterpart {
        job?.piece.flatMap { now.pieces.counterpart(of: $0) } ?? job?.counterpart ?? .owner
    }

    func evidence(of proposed: ProposedChange, entries: [MemoryEntry]) -> CitedEvidence? {
        activity.map { CitedEvidence(of: proposed, in: $0, base: base, entries: entries) }
    }

    func scope(ofNew type: EntryType) -> Scope { settledScope ?? type.defaultScope(in: job?.scope ?? now.scope) }

    /// The readable entry of the same type that says what `change` would add.
    func entry(saying change: MemoryChange) -> MemoryEntry? {
        let words = Similarity(description: change.description, body: change.body)
        return now.entries.first { $0.saysTheSame(as: words, change.type) }
    }

    /// The entry that a reply means by `name`: the one it was shown, else whatever has that name now.
    func entry(named text: String) -> (entry: MemoryEntry?, isGone: Bool) {
        guard let name = EntryName(text) else { return (nil, false) }
        let paths = base.shown.map(\.path).filter { path in
            if case .entry(_, let stem) = path { stem.isSame(as: name) } else { false }
        }
        guard let path = paths.first(where: { $0.scope != .global }) ?? paths.first else {
            return (now.entry(named: name), false)
        }
        let entry = now.entries.first { $0.path == path }
        return (entry, entry == nil)
    }
}
