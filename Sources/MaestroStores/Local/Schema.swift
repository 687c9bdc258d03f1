// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The tables of the local database.
///
/// Migrations are numbered and only ever added to.
///
/// Times are milliseconds since 1970; texts of Codable values are JSON.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001 queue, history and plans") { try $0.execute(sql: first) }
        migrator.registerMigration("002 workers, growth and pauses") { try $0.execute(sql: second) }
        migrator.registerMigration("003 snapshots synced together") { try $0.execute(sql: third) }
        migrator.registerMigration("004 history by its newest") { try $0.execute(sql: fourth) }
        migrator.registerMigration("005 suspects") { try $0.execute(sql: fifth) }
        return migrator
    }

    private static let first = """
        CREATE TABLE users (
            id TEXT PRIMARY KEY,
            folder TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE jobs (
            user TEXT NOT NULL,
            id TEXT NOT NULL,
            reflection TEXT NOT NULL UNIQUE,
            scope TEXT NOT NULL,
            body TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled')),
            attempt INTEGER NOT NULL DEFAULT 0,
            takeovers INTEGER NOT NULL DEFAULT 0,
            lease_token TEXT,
            leased_until INTEGER,
            run_until INTEGER,
            worker TEXT,
            claimed_at INTEGER,
            due_at INTEGER NOT NULL,
            submitted_at INTEGER NOT NULL,
            ended_at INTEGER,
            error TEXT,
            PRIMARY KEY (user, id)
        ) STRICT;
        CREATE UNIQUE INDEX jobs_one_running ON jobs (user) WHERE state = 'running';
        CREATE INDEX jobs_queued ON jobs (due_at) WHERE state = 'queued';

        CREATE TABLE activities (
            user TEXT NOT NULL,
            job TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (user, job)
        ) STRICT;

        CREATE TABLE reflections (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            job TEXT,
            user TEXT NOT NULL,
            scope TEXT NOT NULL,
            piece TEXT,
            job_outcome TEXT NOT NULL,
            job_outcome_inferred TEXT,
            outcome TEXT NOT NULL,
            reasoning TEXT NOT NULL,
            reflector TEXT NOT NULL,
            model TEXT,
            tokens_in INTEGER,
            tokens_out INTEGER,
            duration_ms INTEGER NOT NULL,
            memory_changes INTEGER NOT NULL,
            piece_edited INTEGER NOT NULL,
            digest_bytes INTEGER,
            digest_of_bytes INTEGER,
            notes TEXT NOT NULL,
            error TEXT,
            reverts TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX reflections_by_user ON reflections (user, created_at);

        CREATE TABLE changes (
            reflection TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            user TEXT NOT NULL,
            op TEXT NOT NULL,
            name TEXT NOT NULL,
            scope TEXT,
            verdict TEXT NOT NULL,
            code TEXT,
            message TEXT NOT NULL,
            proposed TEXT,
            evidence TEXT NOT NULL,
            agrees_with TEXT,
            resolver TEXT,
            resolved_at INTEGER,
            reason TEXT,
            settled_by TEXT,
            reverted_by TEXT,
            PRIMARY KEY (reflection, ordinal)
        ) STRICT;
        CREATE INDEX changes_waiting ON changes (user) WHERE verdict = 'waiting';
        CREATE INDEX changes_by_user ON changes (user, op, verdict);

        CREATE TABLE plans (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            reflection TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            user TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            applied INTEGER NOT NULL DEFAULT 0,
            UNIQUE (reflection, sequence)
        ) STRICT;
        CREATE INDEX plans_unapplied ON plans (user) WHERE applied = 0;

        CREATE TABLE operations (
            plan INTEGER NOT NULL REFERENCES plans (id),
            ordinal INTEGER NOT NULL,
            user TEXT NOT NULL,
            reflection TEXT NOT NULL,
            change INTEGER,
            path TEXT NOT NULL,
            document TEXT NOT NULL,
            before TEXT,
            after TEXT,
            base_hash TEXT,
            after_hash TEXT,
            state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'applied', 'superseded')),
            at INTEGER NOT NULL,
            PRIMARY KEY (plan, ordinal)
        ) STRICT;
        CREATE INDEX operations_by_path ON operations (user, path, plan);
        CREATE INDEX operations_by_reflection ON operations (reflection);

        CREATE TABLE index_lines (
            user TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            plan INTEGER NOT NULL UNIQUE REFERENCES plans (id),
            previous TEXT NOT NULL,
            sha TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (user, sequence)
        ) STRICT;

        CREATE TABLE attempts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            reflection TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL,
            model TEXT,
            rung TEXT,
            tokens_in INTEGER,
            tokens_out INTEGER,
            error TEXT
        ) STRICT;
        CREATE INDEX attempts_by_reflection ON attempts (reflection);

        CREATE TABLE replies (
            reflection TEXT PRIMARY KEY,
            text TEXT,
            body TEXT NOT NULL,
            base TEXT NOT NULL,
            kept_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE metrics (
            reflection TEXT PRIMARY KEY,
            job TEXT NOT NULL,
            user TEXT NOT NULL,
            piece TEXT,
            outcome TEXT NOT NULL,
            memory_changes INTEGER NOT NULL,
            piece_edited INTEGER NOT NULL,
            tokens_in INTEGER,
            tokens_out INTEGER,
            duration_ms INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX metrics_by_user ON metrics (user, at);

        CREATE TABLE recalls (
            id TEXT PRIMARY KEY,
            user TEXT NOT NULL,
            scope TEXT NOT NULL,
            job TEXT,
            at INTEGER NOT NULL,
            budget_tokens INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX recalls_by_user ON recalls (user, at);

        CREATE TABLE exposures (
            recall TEXT NOT NULL REFERENCES recalls (id),
            rank INTEGER NOT NULL,
            path TEXT NOT NULL,
            hash TEXT NOT NULL,
            in_full INTEGER NOT NULL,
            PRIMARY KEY (recall, rank, path)
        ) STRICT;
        """
}
