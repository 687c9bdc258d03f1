// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Judges `reflections/index.jsonl` against the lines that the database has.
struct IndexCheck: Sendable {
    static let place = "reflections/index.jsonl"

    let user: UserID
    /// What stands in the file.
    let file: LiveFile
    /// The database's lines; nil where there is no database to compare with.
    let lines: [String]?
    /// How many of the last lines need not stand in the file yet: those of plans that are not applied.
    let pending: Int

    /// The lines of the file; a tail without a line break is not one.
    private var standing: (lines: [String], tail: String) {
        guard let text = file.text else { return ([], "") }
        var parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let tail = parts.popLast() ?? ""
        return (parts, tail)
    }

    var findings: [Judged] {
        guard let lines else { return alone }
        if let place = IndexLine.firstBreak(in: lines) { return [Self.brokenChain(of: user, at: place)] }
        switch file {
        case .absent:
            guard lines.count > pending else { return [] }
            return [mendable(.indexMissing, "the file is gone; the database has its \(Self.counted(lines.count))")]
        case .unreadable(let problem):
            return [mendable(.indexEdited, "\(problem); the database has its \(Self.counted(lines.count))")]
        case .text: return compared(with: lines)
        }
    }

    /// What can be said of the file by itself.
    private var alone: [Judged] {
        if case .unreadable(let problem) = file {
            return [finding(.indexEdited, problem, mend: "replace it by the regular file that it was")]
        }
        let (lines, tail) = standing
        if let place = IndexLine.firstBreak(in: lines) {
            let text = "the chain breaks at line \(place); what stands in the lines before it is as it was written"
            return [finding(.indexEdited, text, mend: "bring the database back from a backup, then run this again")]
        }
        guard tail.isEmpty else {
            let text = "\(Self.counted(lines.count)) in one unbroken chain, then one that was cut off"
            return [finding(.indexTorn, text, mend: "nothing: the next commit leaves it out")]
        }
        return []
    }

    // MARK: - Against the database

    private func compared(with lines: [String]) -> [Judged] {
        let (standing, tail) = standing
        let olderCount = olderCount(in: standing, before: lines)
        let older = Array(standing[..<(olderCount ?? 0)])
        let ours = Array(standing[(olderCount ?? 0)...])
        if let place = IndexLine.firstBreak(in: older) {
            return [
                mendable(
                    .indexOlderBroken,
                    "line \(place) was changed; it is from before this database, which cannot say what it was"
                )
            ]
        }
        return remarks(older: older, isGone: olderCount == nil)
            + difference(of: ours, tail: tail, from: lines, older: older)
    }

    /// How many lines of the file come before the database's first; nil where they should and do not.
    private func olderCount(in standing: [String], before lines: [String]) -> Int? {
        guard let first = lines.first.flatMap({ IndexLine(reading: $0) }) else { return standing.count }
        guard !first.previous.isEmpty else { return 0 }
        return standing.firstIndex { IndexLine(reading: $0)?.sha == first.previous }.map { $0 + 1 }
    }

    private func remarks(older: [String], isGone: Bool) -> [Judged] {
        if isGone {
            let text = "the lines from before this database are gone"
            return [finding(.indexOlderGone, text, mend: "what the database knows is whole")]
        }
        guard !older.isEmpty else { return [] }
        let text = "\(Self.counted(older.count)) from before this database, in one unbroken chain"
        return [finding(.indexOlder, text, mend: "they are kept")]
    }

    private func difference(
        of standing: [String],
        tail: String,
        from lines: [String],
        older: [String]
    ) -> [Judged] {
        if let index = zip(standing, lines).enumerated().first(where: { !Self.areEqual($0.element) })?.offset {
            let text = "line \(older.count + index + 1) is not what the database has"
            return [mendable(.indexEdited, text, older: older)]
        }
        guard standing.count <= lines.count else {
            let more = Self.counted(standing.count - lines.count)
            let text = "\(more) more than the database has: was it replaced by an older one?"
            return [mendable(.indexLonger, text, older: older)]
        }
        if !tail.isEmpty {
            // The line of an interrupted commit, cut off: finishing its plan writes it whole.
            if standing.count >= lines.count - pending, lines.dropFirst(standing.count).first?.hasPrefix(tail) == true {
                return []
            }
            return [mendable(.indexTorn, "the last line was cut off; the database has it whole", older: older)]
        }
        guard standing.count < lines.count - pending else { return [] }
        let missing = Self.counted(lines.count - standing.count)
        return [mendable(.indexShort, "\(missing) fewer than the database has", older: older)]
    }

    /// Byte for byte.
    private static func areEqual(_ pair: (String, String)) -> Bool { pair.0.hasSameBytes(as: pair.1) }

    private static func counted(_ count: Int) -> String { "\(count) line\(count == 1 ? "" : "s")" }

    // MARK: - Findings

    static func brokenChain(of user: UserID, at place: Int) -> Judged {
        Judged(
            .chainBroken,
            user: user,
            at: Self.place,
            "the database's own chain breaks at line \(place): a row was changed",
            mend: "bring the database back from a backup; documents and snapshots are unharmed"
        )
    }

    private func mendable(_ code: CheckCode, _ text: String, older: [String] = []) -> Judged {
        Judged(
            code,
            user: user,
            at: Self.place,
            text,
            mend: "`--repair` writes the file anew from the database, and keeps aside what says more",
            by: .rewriteIndex(older: older)
        )
    }

    private func finding(_ code: CheckCode, _ text: String, mend: String) -> Judged {
        Judged(code, user: user, at: Self.place, text, mend: mend)
    }
}
