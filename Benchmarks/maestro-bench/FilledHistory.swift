// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// SQL that fills the tables with history: ten ended jobs a user, and every hundredth job that of user 0.
///
/// Every job has what a reflection leaves: two changes (one in five says something again, one in fifty edits a piece, one in
/// a hundred waits), a plan with three operations, a line of the index, reply, attempt and metric row. Every user has five
/// entries. Activities are those that were forgotten.
enum FilledHistory {
    static let jobsOfUser = 10

    /// Brings `from` jobs to `count`.
    static func sql(from: Int, to count: Int) throws -> String {
        guard let name = EntryName("STEM") else { preconditionFailure("`STEM` is a name of an entry") }
        let path = DocumentPath.entry(.global, stem: name)
        let document = String(decoding: try JSONEncoder().encode(path), as: UTF8.self).replacing("'", with: "''")
        return """
            SET synchronous_commit = off; SET work_mem = '64MB';
            CREATE TEMPORARY TABLE given AS
            SELECT n, n + n / 100 AS m, 'bench-' || lpad((CASE WHEN n % 100 = 0 THEN 0 ELSE n / \(jobsOfUser) END)::text, 6, '0') AS u,
                left(md5('r' || n), 16) AS r, 1700000000000 + n * 1000::bigint AS at
            FROM generate_series(\(from)::bigint, \(count - 1)::bigint) AS n;
            INSERT INTO users (id, created_at, served, fence, revision, done)
            SELECT 'bench-' || lpad(n::text, 6, '0'), 1700000000000, n, 10, 10, 10
            FROM generate_series(\(from / jobsOfUser), \(count / jobsOfUser - 1)) AS n;
            INSERT INTO documents (user_id, path, kind, scope, document, text, hash, version, reflection, written_at)
            SELECT 'bench-' || lpad(n::text, 6, '0'), replace('\(path.relative)', 'STEM', s), 'entry', 'global',
                replace('\(document)', 'STEM', s), E'---\\nname: ' || s || E'\\ndescription: "' || \(words(1))
                || E'"\\ntype: feedback\\n---\\n\\n' || \(words(6)) || E'\\n', md5(s), k, left(md5('r' || n), 16),
                1700000000000 + n
            FROM generate_series(\(from / jobsOfUser), \(count / jobsOfUser - 1)) AS n, generate_series(1, 5) AS k,
                LATERAL (SELECT 'feedback-old-' || k AS s) AS stem;
            INSERT INTO jobs (user_id, id, reflection, scope, body, state, attempt, events, is_kept, fence, lease_token,
                leased_until, run_until, worker, claimed_at, due_at, submitted_at, ended_at)
            SELECT u, 'old-' || n, r, 'global', '{"id":"old-' || n || '","user":"' || u || '","words":"' || \(words(4))
                || '"}', CASE WHEN n % 100 = 7 THEN 'dead' ELSE 'done' END, 1, 18, false, 1, r, at, at, 'w', at, at, at, at
            FROM given;
            INSERT INTO reflections (id, kind, job, user_id, scope, job_outcome, outcome, reasoning, reflector, model,
                tokens_in, tokens_out, duration_ms, memory_changes, piece_edited, notes, reverts, created_at)
            SELECT r, 'job', 'old-' || n, u, 'global', 'succeeded', 'applied', \(words(4)), 'llm', 'm', 2400, 300, 4000, 1,
                false, '[]', '[]', at FROM given;
            INSERT INTO changes (reflection, ordinal, user_id, op, name, scope, verdict, code, message, evidence)
            SELECT r, 1, u, 'add', 'feedback-old-1', 'global', 'accepted', NULL, 'rests on event 1',
                '[{"event":1,"line":1,"actor":"user","text":"' || \(words(5)) || '"}]' FROM given
            UNION ALL
            SELECT r, 2, u, CASE WHEN m % 5 = 0 THEN 'confirm' WHEN m % 50 = 1 THEN 'piece_edit' ELSE 'add' END,
                'feedback-old-2', 'global', CASE WHEN m % 100 = 3 THEN 'waiting' WHEN m % 5 = 0 OR m % 50 = 1
                THEN 'accepted' ELSE 'rejected' END, CASE WHEN m % 100 = 3 THEN 'untrusted_evidence'
                WHEN m % 5 = 0 OR m % 50 = 1 THEN NULL ELSE 'missing_evidence' END, 'says why', '[]' FROM given;
            INSERT INTO metrics (reflection, job, user_id, outcome, memory_changes, piece_edited, tokens_in, tokens_out,
                duration_ms, at)
            SELECT r, 'old-' || n, u, 'applied', 1, false, 2400, 300, 4000, at FROM given;
            INSERT INTO plans (id, reflection, sequence, user_id, created_at) OVERRIDING SYSTEM VALUE
            SELECT 1000000000 + n, r, 1, u, at FROM given;
            INSERT INTO operations (plan, ordinal, user_id, reflection, change, path, document, before, after, at)
            SELECT 1000000000 + n, k, u, r, CASE WHEN k < 2 THEN k + 1 END, 'memory/feedback-old-1.md', '{}', NULL, \(words(8)), at
            FROM given, generate_series(0, 2) AS k;
            INSERT INTO index_lines (user_id, sequence, plan, sha, text)
            SELECT u, n * 10, 1000000000 + n, md5('a' || n) || md5('b' || n), \(words(20)) FROM given;
            INSERT INTO attempts (id, reflection, started_at, duration_ms, model, rung, tokens_in, tokens_out)
            SELECT r || '-1', r, at, 4000, 'm', 'json_schema', 2400, 300 FROM given;
            INSERT INTO replies (reflection, body, base, kept_at)
            SELECT r, '{}', '{"words":"' || \(words(8)) || '"}', at FROM given;
            SELECT setval('service_order', greatest(\(count + 1), nextval('service_order')));
            DROP TABLE given;
            """
    }

    /// Some 70 letters each, no two rows alike.
    private static func words(_ count: Int) -> String {
        "(" + (0..<count).map { "md5('w\($0)' || n) || ' makes some words '" }.joined(separator: " || ") + ")"
    }
}
