// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The documents of the embedded store, as they stand in the users' folders: entries, indexes, pieces.
struct CopiedDocuments {
    /// What lies in a user's folder: documents, and what is none.
    struct Found {
        var documents: [DocumentPath] = []
        var others: [String] = []
    }

    let store: LocalStore
    /// Sorted by their bytes.
    let users: [UserID]

    func records(after key: CopyKey?, _ page: CopyPage) throws -> [CopyRecord] {
        var records: [CopyRecord] = []
        var bytes = 0
        let last = key?.values[0]
        for user in users.drop(while: { user in last.map { .text(user.rawValue) < $0 } ?? false }) {
            guard let root = try Directory.open(store.folder(of: user).path, .none) else { continue }
            for path in try found(of: user, in: root).documents {
                let isBehind = key.map { CopyKey([.text(user.rawValue), .text(path.relative)]) <= $0 } ?? false
                guard !isBehind, case .text(let text) = try UserFolder.read(path, of: root) else { continue }
                let record = CopyRecord(
                    .documents,
                    [
                        .text(user.rawValue), .text(path.relative), .text(try JSONText.encoding(path)), .text(text),
                        .null,
                    ]
                )
                bytes += record.bytes
                if !records.isEmpty, bytes > page.bytes || records.count >= page.records { return records }
                records.append(record)
            }
        }
        return records
    }

    // MARK: - Finding

    /// Documents in the order of their paths.
    func found(of user: UserID, in root: Directory) throws -> Found {
        var all = try memory(of: .global, in: root)
        for name in try folderNames(in: root.folder("projects")) {
            guard let scope = try scope(ofFolder: name, user), scope != .global else {
                all.others.append("projects/\(name)")
                continue
            }
            let found = try memory(of: scope, in: root)
            all.documents += found.documents
            all.others += found.others
        }
        for name in try root.folder("pieces")?.names() ?? [] {
            if name.hasSuffix(".yaml"), let piece = PieceName(String(name.dropLast(5))) {
                all.documents.append(.piece(piece))
            } else {
                all.others.append("pieces/\(name)")
            }
        }
        all.documents.sort { CopyValue.text($0.relative) < CopyValue.text($1.relative) }
        return all
    }

    private func memory(of scope: Scope, in root: Directory) throws -> Found {
        var found = Found()
        let place = DocumentPath.folder(of: scope)
        for name in try root.folder(place.split(separator: "/").map(String.init))?.names() ?? [] {
            if name == "MEMORY.md" {
                found.documents.append(.index(scope))
            } else if name.hasSuffix(".md"), let stem = EntryName(String(name.dropLast(3))) {
                found.documents.append(.entry(scope, stem: stem))
            } else {
                found.others.append("\(place)/\(name)")
            }
        }
        return found
    }

    /// A file of a person's beside the projects' folders, or a link, is none of our business.
    private func folderNames(in folder: Directory?) throws -> [String] {
        guard let folder else { return [] }
        return try folder.names().filter { folder.status(of: $0).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }
    }

    /// A long key is not in the folder's name: then only history knows it.
    private func scope(ofFolder name: String, _ user: UserID) throws -> Scope? {
        if let key = PathComponent.decoding(name) { return Scope(key) }
        return try store.ledger.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT scope FROM jobs WHERE user = ?1 UNION SELECT scope FROM reflections WHERE user = ?1
                    UNION SELECT scope FROM changes WHERE user = ?1 AND scope IS NOT NULL
                    """,
                arguments: [user.rawValue]
            )
        }.first { PathComponent.encoding($0) == name }.map { Scope($0) }
    }
}
