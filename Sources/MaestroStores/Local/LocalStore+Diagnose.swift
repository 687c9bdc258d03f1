// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Maestro
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension LocalStore {
    package func diagnose(_ user: UserID) async throws -> [Finding] {
        try await blocking { store in
            try store.databaseFindings() + store.logFindings() + store.folderFindings(of: user)
                + store.planFindings(of: user)
                + store.indexFindings(of: user)
        }
    }

    private func databaseFindings() throws -> [Finding] {
        let settings = try ledger.settings()
        let isDurable = settings.journal == "wal" && settings.synchronous == 2
        return [
            Finding(.good, "SQLite", "version \(settings.version), checkpoints only under our own lock"),
            isDurable
                ? Finding(.good, "database", "`\(configuration.database)`: write-ahead log, every commit synced")
                : Finding(
                    .problem,
                    "database",
                    "journal mode \(settings.journal), synchronous \(settings.synchronous): a commit may be lost with the power",
                    hint: "report this: Maestro asks for `wal` and 2"
                ),
        ]
    }

    private func logFindings() throws -> [Finding] {
        let bytes = ledger.logBytes
        guard bytes > configuration.noticedLogBytes else { return [] }
        return [LogStanding(bytes: bytes, folding: try ledger.foldLog()).finding]
    }

    private func folderFindings(of user: UserID) throws -> [Finding] {
        var findings: [Finding] = []
        for path in [configuration.data, configuration.users, folder(of: user).path] {
            guard try Directory.open(path, .none) != nil else {
                findings.append(Finding(.note, "folder", "`\(path)` does not exist yet"))
                continue
            }
            var info = stat()
            guard stat(path.string, &info) == 0 else { throw FileProblem.refused("look at", path, errno) }
            let mode = String(info.st_mode & 0o777, radix: 8)
            let kind = try FileSystemKind(of: path)
            let text = "`\(path)`: permissions \(mode), on \(kind.name)"
            if info.st_mode & 0o077 != 0 {
                findings.append(Finding(.problem, "folder", "\(text): others may look in", hint: "`chmod 700 \(path)`"))
            } else if kind.isNetwork {
                findings.append(
                    Finding(.problem, "folder", "\(text): locks are not to be trusted", hint: "use a local disk")
                )
            } else {
                findings.append(Finding(.good, "folder", text))
            }
        }
        return findings + (try entryFindings(of: user))
    }

    private func entryFindings(of user: UserID) throws -> [Finding] {
        guard let root = try Directory.open(folder(of: user).path, .none) else { return [] }
        var findings: [Finding] = []
        var count = 0
        let memory = [["memory"]] + (try folder(of: user).projectFolders().map { ["projects", $0, "memory"] })
        for names in memory + [["pieces"]] {
            guard let folder = try root.folder(names) else { continue }
            for file in try folder.names() where file.hasSuffix(".md") || file.hasSuffix(".yaml") {
                guard let problem = try problem(of: file, in: folder) else {
                    count += 1
                    continue
                }
                let text = "`\(folder.path.appending(file))`: \(problem)"
                findings.append(Finding(.problem, "document", text, hint: "it is left as it is: mend or remove it"))
            }
        }
        return findings + [Finding(.good, "documents", "\(count) can be read")]
    }

    private func problem(of file: String, in folder: Directory) throws -> String? {
        switch try folder.read(file) {
        case .absent: return nil
        case .unreadable(let problem): return problem
        case .text(let text):
            guard file.hasSuffix(".md"), file != "MEMORY.md" else { return nil }
            guard let name = EntryName(String(file.dropLast(3))) else { return "its name is not a legal stem" }
            // The scope does not matter for whether it can be read.
            return MemoryEntry(
                reading: Document(path: .entry(.global, stem: name), text: text),
                name: name,
                scope: .global
            ).problem
        }
    }

    private func planFindings(of user: UserID) throws -> [Finding] {
        let plans = try ledger.read { try PlanRows.unfinished(of: user, in: self.configuration.boot, $0) }
        guard !plans.isEmpty else { return [Finding(.good, "commits", "every commit stands in the folder")] }
        return [
            Finding(
                .note,
                "commits",
                "\(plans.count) interrupted, from reflection `\(plans[0].plan.reflection)` on",
                hint: "the next command that uses this user's folder finishes them"
            )
        ]
    }

    private func indexFindings(of user: UserID) throws -> [Finding] {
        let lines = try ledger.read { try IndexRows.all(of: user, in: $0) }
        let file =
            try Directory.open(folder(of: user).path, .none)?.folder("reflections")
            .map { try IndexFile(folder: $0).existingLines() } ?? []
        if let place = IndexLine.firstBreak(in: lines) {
            return [
                Finding(
                    .problem,
                    "index",
                    "the database's chain of lines breaks at line \(place)",
                    hint: "restore a backup"
                )
            ]
        }
        if let place = IndexLine.firstBreak(in: file) {
            let hint = "it is a copy: delete it, and the next commit writes it anew"
            return [Finding(.problem, "index", "`reflections/index.jsonl` was changed at line \(place)", hint: hint)]
        }
        guard file.suffix(lines.count) == lines[...] else {
            let text = "`reflections/index.jsonl` has \(file.count) lines, the database \(lines.count)"
            return [Finding(.note, "index", text, hint: "delete it, and the next commit writes it anew")]
        }
        return [Finding(.good, "index", "\(file.count) line\(file.count == 1 ? "" : "s"), one unbroken chain")]
    }
}
