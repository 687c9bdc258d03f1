// SPDX-License-Identifier: Apache-2.0
#if Postgres
@testable import MaestroStores
import Testing

/// Every change of a job's state, in the order in which the database made it: written by a trigger of the test's own.
struct TurnLog: Sendable {
    struct Step: Sendable {
        let user: String
        let job: String
        let from: String
        let to: String
        /// Who held the job before.
        let holder: String?
        /// Who holds it now.
        let claimant: String?
        /// Whether it left that holder because the lease was over.
        let isTakeover: Bool
        let dueAt: Int
        /// When it was committed: a process may be stopped before that.
        let at: Int
    }

    let steps: [Step]

    /// Writes down what happens from now on, on a server that keeps the times of commits.
    static func start(in pool: ConnectionPool) async throws {
        try await pool.transaction { transaction in
            try await transaction.runScript(
                """
                CREATE TABLE turns (
                    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id text, job text, old text, new text,
                    holder text, claimant text, is_takeover boolean, due_at bigint
                );
                CREATE FUNCTION note_turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    INSERT INTO turns (user_id, job, old, new, holder, claimant, is_takeover, due_at)
                    VALUES (NEW.user_id, NEW.id, OLD.state, NEW.state, OLD.worker, NEW.worker,
                        OLD.state = 'running' AND (NEW.takeovers > OLD.takeovers OR NEW.state = 'dead'), OLD.due_at);
                    RETURN NULL;
                END $$;
                CREATE TRIGGER note_turn AFTER UPDATE OF state ON jobs
                    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_turn();
                """
            )
        }
    }

    init(from pool: ConnectionPool) async throws {
        let sql = """
            SELECT *, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::bigint AS at FROM turns
            ORDER BY pg_xact_commit_timestamp(xmin), number
            """
        steps = try await pool.run(sql).rows.map { row in
            Step(
                user: try row.value("user_id"),
                job: try row.value("job"),
                from: try row.value("old"),
                to: try row.value("new"),
                holder: try row.optional("holder"),
                claimant: try row.optional("claimant"),
                isTakeover: try row.value("is_takeover"),
                dueAt: try row.value("due_at"),
                at: try row.value("at")
            )
        }
    }

    var claims: Int { steps.count { $0.to == "running" } }
    var takeovers: [Step] { steps.filter(\.isTakeover) }

    /// Users of whom two jobs ran at one time.
    var overlaps: Set<String> {
        var running: [String: String] = [:]
        var found: Set<String> = []
        for step in steps {
            if step.to == "running" {
                if running.updateValue(step.job, forKey: step.user) != nil { found.insert(step.user) }
            } else if step.from == "running", running.removeValue(forKey: step.user) != step.job {
                found.insert(step.user)
            }
        }
        return found
    }

    /// From the moment in which it is a user's turn (a due job, and none that runs) to the claim.
    struct Wait: Sendable {
        let user: String
        let milliseconds: Int
        /// Claims of anybody's jobs in that time.
        let turns: Int
        /// Of these, the noisy user's.
        let noisyTurns: Int
        /// Who claimed in the end, and when that was committed.
        let claimant: String?
        let at: Int
    }

    func waits(besides noisy: String) -> [Wait] {
        var freeSince: [String: Int] = [:]
        /// When each claim happened, and how many of the noisy user's there were up to it.
        var claims: [(at: Int, noisy: Int)] = []
        var waits: [Wait] = []
        for step in steps {
            if step.from == "running" { freeSince[step.user] = step.at }
            guard step.to == "running" else { continue }
            let start = max(freeSince[step.user] ?? 0, step.dueAt)
            var first = claims.count
            while first > 0, claims[first - 1].at > start { first -= 1 }
            let noisyBefore = first > 0 ? claims[first - 1].noisy : 0
            waits.append(
                Wait(
                    user: step.user,
                    milliseconds: max(0, step.at - start),
                    turns: claims.count - first,
                    noisyTurns: (claims.last?.noisy ?? 0) - noisyBefore,
                    claimant: step.claimant,
                    at: step.at
                )
            )
            claims.append((step.at, (claims.last?.noisy ?? 0) + (step.user == noisy ? 1 : 0)))
        }
        return waits
    }
}
#endif
