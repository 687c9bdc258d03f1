// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// What several workers need: fairness, failures, pauses, and indexes that keep ended jobs out of their way.
    ///
    /// `jobs.events` outlives the activity, so that growth is seen after it was forgotten; `jobs.is_kept` says whether
    /// the activity is still there. `users.served_at` orders users by their last claim: a time, made to grow with every
    /// claim.
    static let second = """
        ALTER TABLE jobs ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN events INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN is_kept INTEGER NOT NULL DEFAULT 0;
        UPDATE jobs SET is_kept = 1, events = json_array_length(activities.body, '$.events')
            FROM activities WHERE activities.user = jobs.user AND activities.job = jobs.id;

        DROP INDEX jobs_queued;
        CREATE INDEX jobs_queued_by_user ON jobs (user, due_at, submitted_at) WHERE state = 'queued';
        CREATE INDEX jobs_queued_by_submission ON jobs (submitted_at) WHERE state = 'queued';
        CREATE INDEX jobs_ended ON jobs (state, ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX jobs_ended_by_user ON jobs (user, state, ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX jobs_to_forget ON jobs (ended_at) WHERE ended_at IS NOT NULL AND is_kept = 1;

        ALTER TABLE users ADD COLUMN served_at INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX users_by_service ON users (served_at);

        CREATE TABLE pauses (
            user TEXT UNIQUE,
            until INTEGER,
            reason TEXT,
            since INTEGER NOT NULL
        ) STRICT;
        """
}
