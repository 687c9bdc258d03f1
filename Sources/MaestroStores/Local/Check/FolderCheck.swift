// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Judges a user's folder against the database: index, snapshots, temporary files, documents.
struct FolderCheck: Sendable {
    let user: UserID
    let history: HistoryFacts?
    let folder: FolderFacts

    init(_ inspection: UserInspection, _ folder: FolderFacts) {
        user = inspection.user
        history = inspection.history
        self.folder = folder
    }

    var findings: [Judged] {
        let copies = copiesAreGone.map { [$0] } ?? (index + snapshots)
        return presence + copies + unknown + temporaries + documents
    }

    // MARK: - The user

    private var presence: [Judged] {
        guard let history else { return [] }
        if folder.exists, !history.isRegistered {
            return [
                judged(
                    .userWithoutRow,
                    at: "users/\(user.folderName)",
                    "the database does not know this user; the documents are used all the same",
                    mend: "the row comes with the user's first job"
                )
            ]
        }
        if !folder.exists {
            return [
                judged(
                    .userWithoutFolder,
                    at: "users/\(user.folderName)",
                    history.isRegistered
                        ? "the user has rows and no folder: no document"
                        : "there is neither a folder nor a row of this user",
                    mend: "the folder comes with the next change"
                )
            ]
        }
        return []
    }

    // MARK: - Index and snapshots

    /// How many of the last lines need not stand in the index yet.
    private var pendingCount: Int { history?.pending.count { !$0.isSnapshotInDoubt } ?? 0 }

    private var copiesAreGone: Judged? {
        guard let history, !folder.hasReflections, history.lines.count > pendingCount,
            IndexLine.firstBreak(in: history.lines) == nil
        else { return nil }
        return judged(
            .reflectionsMissing,
            at: "reflections",
            "the folder is gone; the database has all \(history.lines.count) lines and the snapshots",
            mend: "`--repair` writes index and snapshots anew from the database",
            by: .rewriteReflections
        )
    }

    private var index: [Judged] {
        IndexCheck(user: user, file: folder.index, lines: history?.lines, pending: pendingCount).findings
    }

    private var snapshots: [Judged] {
        folder.snapshots.compactMap { snapshot in
            guard history?.unsettled.contains(snapshot.reflection) != true else { return nil }
            let place = "reflections/\(PathComponent.encoding(snapshot.reflection.rawValue))"
            guard let difference = snapshot.difference else {
                return judged(
                    .snapshotMissing,
                    at: place,
                    "it is gone; the database has all that it held",
                    mend: "`--repair` writes it anew",
                    by: .rewriteSnapshot(snapshot.reflection, keepsOld: false)
                )
            }
            guard !difference.isNone else { return nil }
            return judged(
                .snapshotDiffers,
                at: place,
                "\(difference.sentence); the database has it as it was",
                mend: "`--repair` writes it anew and keeps aside what says more",
                by: .rewriteSnapshot(snapshot.reflection, keepsOld: difference.holdsMore)
            )
        }
    }

    private var unknown: [Judged] {
        let older = Set(namesInIndex)
        let known = folder.unknownFolders.filter(older.contains)
        var all: [Judged] = []
        if !known.isEmpty {
            all.append(
                judged(
                    .snapshotOlder,
                    at: "reflections",
                    "\(known.count) snapshot\(known.count == 1 ? " is" : "s are") known to the index and not to the database",
                    mend: "they are kept"
                )
            )
        }
        all += folder.unknownFolders.filter { !older.contains($0) }.map { name in
            // Without a database nobody can say whether it is known.
            let repair: Repair? = history == nil ? nil : .setAside(folders: ["reflections"], name: name)
            return judged(
                .snapshotUnknown,
                at: "reflections/\(name)",
                "neither the database nor the index knows it",
                mend: "`--repair` moves it to `reflections/kept`",
                by: repair
            )
        }
        return all
            + folder.strayFiles.map {
                judged(
                    .strayFile,
                    at: "reflections/\($0)",
                    "it is none of ours and is left alone",
                    mend: "move it away if you do not need it"
                )
            }
    }

    /// Folder names of the reflections that lines of the file name.
    private var namesInIndex: [String] {
        guard !folder.unknownFolders.isEmpty, let text = folder.index.text else { return [] }
        return text.split(separator: "\n").compactMap { line in
            IndexLine(reading: String(line))?.reflection.map { PathComponent.encoding($0.rawValue) }
        }
    }

    // MARK: - Temporary files

    private var temporaries: [Judged] {
        let needed = Set((history?.pending ?? []).map(\.reflection)).union(history?.unsettled ?? [])
        let left = folder.temporaries.filter { file in
            // A plan that is not applied may need it, and says so itself; one of the index goes with the plan too.
            file.reflection.map { !needed.contains($0) } ?? needed.isEmpty
        }
        return left.map { file in
            let place = (file.folders + [file.name]).joined(separator: "/")
            // Without a database nobody can say what it is worth.
            guard history != nil else {
                return judged(
                    .temporaryFile,
                    at: place,
                    "a write was interrupted",
                    mend: "keep it until the database is back"
                )
            }
            return judged(
                .temporaryFile,
                at: place,
                file.isKnown
                    ? "a write was interrupted; the database has all that it holds"
                    : "a write was interrupted, and it holds words that are not in the database",
                mend: file.isKnown ? "`--repair` removes it" : "`--repair` moves it to `reflections/kept`",
                by: file.isKnown
                    ? .remove(folders: file.folders, name: file.name)
                    : .setAside(folders: file.folders, name: file.name)
            )
        }
    }

    // MARK: - Documents

    private var documents: [Judged] {
        let inPlans = Set((history?.pending ?? []).flatMap(\.paths))
        let edits = (history?.writes ?? []).filter { !inPlans.contains($0.path.relative) }.compactMap(edited)
        return edits
            + folder.kept.sorted { $0.key < $1.key }.map { place, count in
                judged(
                    .keptAside,
                    at: place,
                    "\(count) file\(count == 1 ? "" : "s") or folder\(count == 1 ? "" : "s") kept aside, unharmed",
                    mend: "look at them, then remove them"
                )
            }
    }

    private func edited(_ write: HistoryFacts.LastWrite) -> Judged? {
        let live = folder.documents[write.path]
        guard live != write.after else { return nil }
        guard live != write.before else {
            return judged(
                .documentPutBack,
                at: write.path.relative,
                live == nil
                    ? "it is not there, as before reflection \(write.reflection) made it"
                    : "it stands as before reflection \(write.reflection) wrote it",
                mend: "`maestro diff \(write.reflection)` shows what was written"
            )
        }
        return judged(
            .documentEdited,
            at: write.path.relative,
            "\(live == nil ? "removed" : "edited") since reflection \(write.reflection), by a person or an agent",
            mend: "the files are the truth"
        )
    }

    private func judged(
        _ code: CheckCode,
        at place: String,
        _ message: String,
        mend: String,
        by repair: Repair? = nil
    ) -> Judged {
        Judged(code, user: user, at: place, message, mend: mend, by: repair)
    }
}
