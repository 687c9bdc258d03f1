// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
package import Maestro

/// What `doctor` is told of the server and of one user.
extension PostgresStore {
    package func diagnose(_ user: UserID) async throws -> [Finding] {
        var findings = try await serverFindings()
        if let finding = try await openTransactionFinding() { findings.append(finding) }
        findings += try await documentFindings(of: user)
        findings.append(try await indexFinding(of: user))
        return findings
    }

    private func serverFindings() async throws -> [Finding] {
        let server = try await explaining { try await pool.withConnection { await $0.server } }
        let row = try await read(
            """
            SELECT current_setting('server_version') AS version, current_setting('synchronous_commit') AS commits,
                current_setting('fsync') AS fsync, (SELECT max(number) FROM maestro_migrations) AS migration,
                (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
            """
        ).first
        guard let row else { return [] }
        let isSafe = try row.value("fsync") == "on" && row.value("commits") != "off"
        let (version, migration): (String, Int) = (try row.value("version"), try row.value("migration"))
        let encryption = server.isEncrypted ? "encrypted" : "not encrypted"
        let skew = Date().timeIntervalSince(try row.value("now"))
        return [
            Finding(.good, "PostgreSQL", "version \(version), `\(configuration.url)`, \(encryption)"),
            isSafe
                ? Finding(.good, "database", "schema \(migration), every commit synced")
                : Finding(
                    .note,
                    "database",
                    "schema \(migration), `fsync` or `synchronous_commit` is off: a commit may be lost with the power"
                ),
            abs(skew) < 5
                ? Finding(.good, "clock", "the database's, which leases go by")
                : Finding(
                    .note,
                    "clock",
                    "this machine's is \(Int(skew)) s ahead of the database's, which leases go by"
                ),
        ]
    }

    private func documentFindings(of user: UserID) async throws -> [Finding] {
        let documents = try await read(
            "SELECT document, text FROM documents WHERE user_id = $1 AND text IS NOT NULL ORDER BY path",
            user.rawValue
        ).map(DocumentTable.document(of:))
        let problems = documents.compactMap { document in
            MemoryEntry(document)?.problem.map {
                Finding(
                    .problem,
                    "document",
                    "`\(document.path.relative)`: \($0)",
                    hint: "it is left as it is: mend or remove it"
                )
            }
        }
        return problems + [Finding(.good, "documents", "\(documents.count - problems.count) can be read")]
    }

    private func indexFinding(of user: UserID) async throws -> Finding {
        let lines: [String] = try await read(
            "SELECT text FROM index_lines WHERE user_id = $1 ORDER BY sequence",
            user.rawValue
        ).map { try $0.value("text") }
        if let place = IndexLine.firstBreak(in: lines) {
            return Finding(.problem, "index", "the chain of lines breaks at line \(place)", hint: "restore a backup")
        }
        return Finding(.good, "index", "\(lines.count) line\(lines.count == 1 ? "" : "s"), one unbroken chain")
    }
}
#endif
