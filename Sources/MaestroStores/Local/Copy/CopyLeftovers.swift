// SPDX-License-Identifier: Apache-2.0
import GRDB
import Maestro

/// What lies in the users' folders and is not copied: no document, or no history that the database knows.
struct CopyLeftovers {
    let store: LocalStore
    let users: [UserID]

    /// Below the folder of all users, sorted.
    func places() throws -> [String] {
        let known = Set(users.map(\.folderName))
        let folders = try Directory.open(store.configuration.users, .none)?.names() ?? []
        var places = folders.filter { !known.contains($0) }
        for user in users {
            guard let root = try Directory.open(store.folder(of: user).path, .none) else { continue }
            let left = try documents(of: user, in: root) + history(of: user, in: root)
            places += left.map { "\(user.folderName)/\($0)" }
        }
        return places.sorted()
    }

    private func documents(of user: UserID, in root: Directory) throws -> [String] {
        let found = try CopiedDocuments(store: store, users: users).found(of: user, in: root)
        let unreadable = try found.documents.filter { path in
            if case .unreadable = try UserFolder.read(path, of: root) { true } else { false }
        }
        return found.others + unreadable.map(\.relative)
    }

    /// What a check calls older than the database, and what it moved aside.
    private func history(of user: UserID, in root: Directory) throws -> [String] {
        var left: [String] = []
        if try root.folder([".maestro", KeptFiles.folder]) != nil { left.append(".maestro/\(KeptFiles.folder)") }
        guard let reflections = try root.folder("reflections") else { return left }
        let (lines, committed) = try store.ledger.read { db in
            let ids = try String.fetchAll(
                db,
                sql: "SELECT DISTINCT reflection FROM plans WHERE user = ?",
                arguments: [user.rawValue]
            )
            return (try IndexRows.all(of: user, in: db), Set(ids.map(PathComponent.encoding)))
        }
        left += try reflections.names().filter {
            !committed.contains($0) && $0 != IndexFile.name && TemporaryName($0) == nil
        }.map { "reflections/\($0)" }
        let older = try IndexFile(folder: reflections).existingLines().count - lines.count
        if older > 0 { left.append("reflections/\(IndexFile.name): \(older) lines from before the database") }
        return left
    }
}
