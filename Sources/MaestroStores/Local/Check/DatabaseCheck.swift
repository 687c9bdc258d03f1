// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Judges the data folder as a whole: pure.
struct DatabaseCheck: Sendable {
    static let place = "maestro.sqlite"

    let facts: DatabaseFacts

    var findings: [Judged] { database + surroundings + versions }

    /// Whether what the database says may be written to files.
    var isTrustworthy: Bool { facts.integrity.isEmpty && facts.missingParts.isEmpty }

    private var database: [Judged] {
        guard facts.integrity.isEmpty else {
            return [
                Judged(
                    .databaseDamaged,
                    at: Self.place,
                    "\(Self.some(facts.integrity)); the documents, index and snapshots in the folders are unharmed",
                    mend: (facts.refusalHint ?? DatabaseProblem.damaged)
                        + "; until then nothing is repaired from it"
                )
            ]
        }
        var all: [Judged] = []
        if !facts.missingParts.isEmpty {
            all.append(
                Judged(
                    .schemaDiffers,
                    at: Self.place,
                    "missing: \(Self.some(facts.missingParts)); somebody changed the schema by hand",
                    mend:
                        "bring a backup back, or move the database away with its `-wal` and `-shm` files: history and queue "
                        + "start anew, and the memory files stay"
                )
            )
        }
        if !facts.foreignKeys.isEmpty {
            all.append(
                Judged(
                    .foreignKeyBroken,
                    at: Self.place,
                    Self.some(facts.foreignKeys),
                    mend: "bring the database back from a backup; the files are unharmed"
                )
            )
        }
        return all
            + facts.strayAttempts.map {
                Judged(
                    .attemptsInconsistent,
                    at: "reflection \($0)",
                    "attempts or a reply name it, and no job has it",
                    mend: "nothing is lost; please report it"
                )
            }
    }

    private var surroundings: [Judged] {
        facts.openFolders.sorted { $0.key < $1.key }.map { path, mode in
            Judged(
                .permissionsOpen,
                at: path,
                "its permissions are \(mode): others may look in",
                mend: "`chmod 700` it, unless you want that"
            )
        }
            + gone
            + facts.strayFolders.map {
                Judged(
                    .strayUserFolder,
                    at: "users/\($0)",
                    "no user id gives this name; it is left alone",
                    mend: "move it away if you do not need it"
                )
            }
    }

    private var gone: [Judged] {
        let count = facts.goneProcesses.count
        guard count > 0 else { return [] }
        return [
            Judged(
                .processGone,
                at: ".maestro/workers",
                "\(count) lock file\(count == 1 ? "" : "s") of processes that ended",
                mend: "`--repair` removes \(count == 1 ? "it" : "them"), and so does the next command",
                by: .sweepProcesses
            )
        ]
    }

    private var versions: [Judged] {
        let megabytes = String(format: "%.1f", Double(facts.logBytes) / 1_048_576)
        return [
            Judged(
                .databaseVersions,
                at: Self.place,
                "SQLite \(facts.sqlite), schema \(facts.schema.isEmpty ? "unknown" : "`\(facts.schema)`")",
                mend: CheckFinding.nothingToDo
            ),
            Judged(
                .logSize,
                at: Self.place + "-wal",
                "\(megabytes) MB of log; over 4 MB the next write folds it into the database",
                mend: facts.logBytes > 64 << 20
                    ? "that has not worked for a while: `maestro doctor` tries it and says why"
                    : CheckFinding.nothingToDo
            ),
        ]
    }

    private static func some(_ texts: [String]) -> String {
        texts.prefix(3).joined(separator: "; ") + (texts.count > 3 ? " and \(texts.count - 3) more" : "")
    }
}
