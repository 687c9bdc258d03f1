// SPDX-License-Identifier: Apache-2.0
#if Postgres
package import Maestro

/// The store on PostgreSQL as the source or the destination of a copy.
package struct PostgresCopy: StoreImport {
    let postgres: PostgresStore

    package init(_ store: PostgresStore) { postgres = store }

    package var store: any Store { postgres }
    package var place: String { "\(postgres.configuration.url)" }

    /// The very table, of the very database, of the server as it runs.
    package func identity() async throws -> String {
        let row = try await postgres.read(
            """
            SELECT 'table ' || 'maestro_migrations'::regclass::oid || ' of ' || current_database() || ' since '
                || extract(epoch FROM pg_postmaster_start_time()) AS identity
            """
        ).first
        return try row?.value("identity") ?? ""
    }

    // MARK: - Who is at work

    package func settle() async throws {
        var left = try await goneHolders()
        while left > 0 {
            // So many a call.
            try await postgres.takeOverGone()
            let rest = try await goneHolders()
            guard rest < left else {
                throw StoreError.locked(
                    "\(rest) jobs at `\(place)` have a holder that is gone, and another process keeps them locked; nothing was copied"
                )
            }
            left = rest
        }
    }

    private func goneHolders() async throws -> Int {
        let row = try await postgres.read(
            "SELECT count(*)::int AS gone FROM jobs WHERE state = 'running' AND leased_until <= \(PostgresStore.now)",
            postgres.givenTime
        ).first
        return try row?.value("gone") ?? 0
    }

    package func liveClaims() async throws -> [LiveClaim] {
        try await postgres.read(
            """
            SELECT worker, id, user_id FROM jobs WHERE state = 'running' AND leased_until > \(PostgresStore.now)
            ORDER BY user_id LIMIT 10
            """,
            postgres.givenTime
        ).map { row in
            let worker: String? = try row.optional("worker")
            return LiveClaim(
                worker: worker ?? "somebody",
                job: Job.ID(try row.value("id")),
                user: UserID(try row.value("user_id") as String)
            )
        }
    }

    package func isHeldBack() async throws -> Bool {
        let row = try await postgres.read(
            "SELECT EXISTS (SELECT 1 FROM pauses WHERE user_id IS NULL AND reason = $1) AS held",
            HoldBack.reason
        ).first
        return try row?.value("held") ?? false
    }

    // MARK: - Reading

    /// How large the next records are is asked first, so that a page takes no more memory than it may.
    package func records(_ kind: CopyKind, after key: CopyKey?, _ page: CopyPage) async throws -> [CopyRecord] {
        try await postgres.transaction { transaction in
            let keys: [any SQLValue] = (key?.values ?? []).map { $0.sqlValue }
            let query = CopyQuery(kind, isFirst: key == nil)
            let sizes: [Int] = try await transaction.run(query.sizes, keys + [page.records]).rows
                .map { try $0.value("size") }
            let count = page.count(of: sizes)
            guard count > 0 else { return [] }
            return try await transaction.run(query.records, keys + [count]).rows.map { row in
                CopyRecord(kind, try kind.columns.map { try $0.value(in: row) })
            }
        }
    }
}

extension CopyColumn {
    fileprivate func value(in row: Answer.Row) throws -> CopyValue {
        switch form {
        case .text: return CopyValue(try row.optional(name))
        case .integer:
            let number: Int? = try row.optional(name)
            return number.map { .integer(Int64($0)) } ?? .null
        case .flag:
            let flag: Bool? = try row.optional(name)
            return flag.map { CopyValue($0) } ?? .null
        }
    }
}

extension CopyValue {
    /// As a parameter of a statement.
    fileprivate var sqlValue: any SQLValue {
        switch self {
        case .null: String?.none
        case .integer(let number): Int(number)
        case .text(let text): text
        }
    }
}
#endif
