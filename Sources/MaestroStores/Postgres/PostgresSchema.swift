// SPDX-License-Identifier: Apache-2.0
#if Postgres

/// The tables of the store on PostgreSQL.
///
/// Migrations are numbered, only ever added to, and only add themselves: workers of the version before go on while a new
/// one migrates. Times are milliseconds since 1970; texts of Codable values are JSON (as `text`, which keeps every byte).
/// Ids sort by their bytes whatever the database's collation is.
enum PostgresSchema {
    static let migrations: [(number: Int, name: String, sql: String)] = [
        (1, "queue, documents and history", queue + documents + history),
        (2, "totals of ended jobs", totals),
        (3, "suspects", suspects),
    ]

    static var version: Int { migrations.last?.number ?? 0 }

    /// Users with a job that may be what ends its holders (``Takeover/suspectFrom``), asked for with every claim.
    private static let suspects = """
        CREATE INDEX jobs_suspected ON jobs (user_id) WHERE state = 'queued' AND takeovers >= 2;
        """

    /// The users' rows hold what a claim looks at, so that it need not look at jobs.
    ///
    /// Whether one runs, when the next is due (as long as none runs), and whose turn it is. `fence` grows with every claim, `revision` with every change of documents. `done`,
    /// `dead` and `cancelled` count ended jobs, which are too many to be counted each second.
    private static let queue = """
        CREATE SEQUENCE service_order;

        CREATE TABLE users (
            id text COLLATE "C" PRIMARY KEY,
            created_at bigint NOT NULL,
            running_job text COLLATE "C",
            head_due_at bigint,
            served bigint NOT NULL DEFAULT 0,
            fence bigint NOT NULL DEFAULT 0,
            revision bigint NOT NULL DEFAULT 0,
            done bigint NOT NULL DEFAULT 0,
            dead bigint NOT NULL DEFAULT 0,
            cancelled bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
        CREATE INDEX users_waiting ON users (served, head_due_at, id)
            WHERE running_job IS NULL AND head_due_at IS NOT NULL;

        CREATE TABLE jobs (
            number bigint GENERATED ALWAYS AS IDENTITY,
            user_id text COLLATE "C" NOT NULL REFERENCES users (id),
            id text COLLATE "C" NOT NULL,
            reflection text COLLATE "C" NOT NULL UNIQUE,
            scope text NOT NULL,
            body text NOT NULL,
            state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled')),
            attempt int NOT NULL DEFAULT 0,
            failures int NOT NULL DEFAULT 0,
            takeovers int NOT NULL DEFAULT 0,
            events int NOT NULL DEFAULT 0,
            is_kept boolean NOT NULL DEFAULT false,
            fence bigint,
            lease_token text,
            leased_until bigint,
            run_until bigint,
            worker text,
            claimed_at bigint,
            due_at bigint NOT NULL,
            submitted_at bigint NOT NULL,
            ended_at bigint,
            error text,
            PRIMARY KEY (user_id, id)
        ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
        CREATE UNIQUE INDEX jobs_one_running ON jobs (user_id) WHERE state = 'running';
        CREATE INDEX jobs_leases ON jobs (leased_until) WHERE state = 'running';
        CREATE INDEX jobs_queued_by_user ON jobs (user_id, due_at, submitted_at, number) WHERE state = 'queued';
        CREATE INDEX jobs_queued_by_due ON jobs (due_at, submitted_at, number) WHERE state = 'queued';
        CREATE INDEX jobs_ended ON jobs (state, ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX jobs_ended_by_user ON jobs (user_id, state, ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX jobs_to_forget ON jobs (ended_at) WHERE ended_at IS NOT NULL AND is_kept;

        CREATE TABLE activities (
            user_id text COLLATE "C" NOT NULL,
            job text COLLATE "C" NOT NULL,
            body text NOT NULL,
            PRIMARY KEY (user_id, job)
        );

        CREATE TABLE pauses (
            user_id text COLLATE "C" UNIQUE,
            until bigint,
            reason text,
            since bigint NOT NULL
        );

        CREATE TABLE workers (
            token text COLLATE "C" PRIMARY KEY,
            name text NOT NULL,
            seen_at bigint NOT NULL
        );

        """

    /// A document's version is the user's revision that wrote it.
    ///
    /// So no number comes twice, and what changed since a revision is found by it. One that was removed keeps its row, without text, for that reason.
    private static let documents = """
        CREATE TABLE documents (
            user_id text COLLATE "C" NOT NULL,
            path text COLLATE "C" NOT NULL,
            kind text NOT NULL CHECK (kind IN ('entry', 'index', 'piece')),
            scope text COLLATE "C",
            document text NOT NULL,
            text text,
            hash text COLLATE "C",
            version bigint NOT NULL,
            reflection text COLLATE "C",
            written_at bigint NOT NULL,
            PRIMARY KEY (user_id, path)
        );
        CREATE INDEX documents_by_version ON documents (user_id, version);

        """

    private static let history = """
        CREATE TABLE reflections (
            number bigint GENERATED ALWAYS AS IDENTITY,
            id text COLLATE "C" PRIMARY KEY,
            kind text NOT NULL,
            job text COLLATE "C",
            user_id text COLLATE "C" NOT NULL,
            scope text NOT NULL,
            piece text,
            job_outcome text NOT NULL,
            job_outcome_inferred text,
            outcome text NOT NULL,
            reasoning text NOT NULL,
            reflector text NOT NULL,
            model text,
            tokens_in bigint,
            tokens_out bigint,
            duration_ms bigint NOT NULL,
            memory_changes int NOT NULL,
            piece_edited boolean NOT NULL,
            digest_bytes bigint,
            digest_of_bytes bigint,
            notes text NOT NULL,
            error text,
            reverts text NOT NULL,
            created_at bigint NOT NULL
        );
        CREATE INDEX reflections_by_user ON reflections (user_id, created_at, number);
        CREATE INDEX reflections_by_time ON reflections (created_at, number);
        CREATE INDEX reflections_by_id ON reflections (user_id, id);

        CREATE TABLE changes (
            reflection text COLLATE "C" NOT NULL,
            ordinal int NOT NULL,
            user_id text COLLATE "C" NOT NULL,
            op text NOT NULL,
            name text NOT NULL,
            scope text,
            verdict text NOT NULL,
            code text,
            message text NOT NULL,
            proposed text,
            evidence text NOT NULL,
            agrees_with text,
            resolver text,
            resolved_at bigint,
            reason text,
            settled_by text,
            reverted_by text COLLATE "C",
            PRIMARY KEY (reflection, ordinal)
        );
        CREATE INDEX changes_waiting ON changes (user_id) WHERE verdict = 'waiting';
        CREATE INDEX changes_reverted ON changes (user_id, reverted_by) WHERE reverted_by IS NOT NULL;
        CREATE INDEX changes_confirmed ON changes (user_id, name, scope)
            WHERE op = 'confirm' AND verdict = 'accepted' AND reverted_by IS NULL;
        CREATE INDEX changes_piece_edits ON changes (user_id, name)
            WHERE op = 'piece_edit' AND verdict = 'accepted' AND reverted_by IS NULL;

        CREATE TABLE plans (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            reflection text COLLATE "C" NOT NULL,
            sequence int NOT NULL,
            user_id text COLLATE "C" NOT NULL,
            created_at bigint NOT NULL,
            UNIQUE (reflection, sequence)
        );

        CREATE TABLE operations (
            plan bigint NOT NULL REFERENCES plans (id),
            ordinal int NOT NULL,
            user_id text COLLATE "C" NOT NULL,
            reflection text COLLATE "C" NOT NULL,
            change int,
            path text COLLATE "C" NOT NULL,
            document text NOT NULL,
            before text,
            after text,
            is_superseded boolean NOT NULL DEFAULT false,
            at bigint NOT NULL,
            PRIMARY KEY (plan, ordinal)
        );
        CREATE INDEX operations_by_reflection ON operations (reflection, plan, ordinal);

        CREATE TABLE index_lines (
            user_id text COLLATE "C" NOT NULL,
            sequence bigint NOT NULL,
            plan bigint NOT NULL UNIQUE REFERENCES plans (id),
            sha text NOT NULL,
            text text NOT NULL,
            PRIMARY KEY (user_id, sequence)
        );

        CREATE TABLE attempts (
            id text COLLATE "C" PRIMARY KEY,
            number bigint GENERATED ALWAYS AS IDENTITY,
            reflection text COLLATE "C" NOT NULL,
            started_at bigint NOT NULL,
            duration_ms bigint NOT NULL,
            model text,
            rung text,
            tokens_in bigint,
            tokens_out bigint,
            error text
        );
        CREATE INDEX attempts_by_reflection ON attempts (reflection);

        CREATE TABLE replies (
            reflection text COLLATE "C" PRIMARY KEY,
            text text,
            body text NOT NULL,
            base text NOT NULL,
            kept_at bigint NOT NULL
        );

        CREATE TABLE metrics (
            number bigint GENERATED ALWAYS AS IDENTITY,
            reflection text COLLATE "C" PRIMARY KEY,
            job text COLLATE "C" NOT NULL,
            user_id text COLLATE "C" NOT NULL,
            piece text,
            outcome text NOT NULL,
            memory_changes int NOT NULL,
            piece_edited boolean NOT NULL,
            tokens_in bigint,
            tokens_out bigint,
            duration_ms bigint NOT NULL,
            at bigint NOT NULL
        );
        CREATE INDEX metrics_by_user ON metrics (user_id, at);

        CREATE TABLE recalls (
            id text COLLATE "C" PRIMARY KEY,
            user_id text COLLATE "C" NOT NULL,
            scope text NOT NULL,
            job text COLLATE "C",
            at bigint NOT NULL,
            budget_tokens bigint NOT NULL
        );
        CREATE INDEX recalls_by_user ON recalls (user_id, at);

        CREATE TABLE exposures (
            recall text COLLATE "C" NOT NULL REFERENCES recalls (id),
            rank int NOT NULL,
            path text COLLATE "C" NOT NULL,
            hash text NOT NULL,
            in_full boolean NOT NULL,
            PRIMARY KEY (recall, rank, path)
        );

        """
}
#endif
