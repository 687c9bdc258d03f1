// SPDX-License-Identifier: Apache-2.0
import Maestro
import struct SystemPackage.FilePath

/// Looks at a data folder without its database: what is there, and what can be said of it.
struct FilesCheck: Sendable {
    enum State: Sendable {
        /// Nothing was ever committed here.
        case nothing(CheckFinding)
        case missing(CheckFinding)
        case there
    }

    let configuration: LocalStore.Configuration
    /// Nil: all.
    let user: UserID?

    func state() throws -> State {
        let database = configuration.database
        guard let data = try Directory.open(configuration.data) else {
            let text = "there is no folder `\(configuration.data)`"
            let mend = "the first command makes it"
            return .nothing(CheckFinding(.dataMissing, at: configuration.data.string, text, mend: mend))
        }
        if data.status(of: database.lastComponent?.string ?? "") != nil { return .there }
        guard try hasUsers() else {
            let text = "there is neither a database nor a user's folder in `\(configuration.data)`"
            let mend = "the first command makes them"
            return .nothing(CheckFinding(.dataMissing, at: configuration.data.string, text, mend: mend))
        }
        return .missing(
            CheckFinding(
                .databaseMissing,
                at: DatabaseCheck.place,
                "the database is gone, and with it the queue and the history; documents, index and snapshots in the users' "
                    + "folders are unharmed",
                mend:
                    "bring a backup of it back; else `--repair`, or any command, starts an empty one, which continues the "
                    + "index on disk",
                isMendable: true
            )
        )
    }

    func unusable(_ sentence: String, _ hint: String) -> CheckFinding {
        CheckFinding(
            .databaseUnusable,
            at: DatabaseCheck.place,
            "\(sentence); documents, index and snapshots in the users' folders are unharmed",
            mend: hint
        )
    }

    private func hasUsers() throws -> Bool { try !(Directory.open(configuration.users)?.names() ?? []).isEmpty }

    /// Each user's folder by itself.
    func findings() throws -> [CheckFinding] {
        let folders = try Directory.open(configuration.users)?.names().compactMap(PathComponent.decoding) ?? []
        let users = user.map { [$0] } ?? folders.map { UserID($0) }
        var all: [CheckFinding] = []
        for user in users {
            do { all += try findings(of: user) } catch let error as StoreError {
                all.append(LocalStore.failed(user, error))
            }
        }
        return all
    }

    private func findings(of user: UserID) throws -> [CheckFinding] {
        guard let root = try Directory.open(configuration.users.appending(user.folderName)) else { return [] }
        var facts = FolderFacts()
        let inspector = FolderInspector(root: root)
        try inspector.reflections(expecting: [], { _ in nil }, into: &facts)
        facts.temporaries = try inspector.temporaries { _, _, _ in false }
        facts.kept = try inspector.kept()
        return UserCheck(UserInspection(user: user, folder: facts)).findings.map(\.finding)
    }

    /// A log without its database is worth nothing to SQLite, which would delete it; to a person it may be.
    func setLogAside() throws {
        guard let data = try Directory.open(configuration.data) else { return }
        let name = (configuration.database.lastComponent?.string ?? "") + "-wal"
        var number = 1
        while try !data.renameWithoutReplacing(name, to: "\(name).\(number)") {
            guard data.status(of: name) != nil else { return }
            number += 1
        }
        try data.sync()
    }
}
