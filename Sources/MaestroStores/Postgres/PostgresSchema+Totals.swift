// SPDX-License-Identifier: Apache-2.0
#if Postgres

extension PostgresSchema {
    /// How many jobs of all users have ended, so that a worker, which asks every second, need not sum over the users.
    ///
    /// Kept by a trigger, because workers of the version before know nothing of it. Each connection counts in a row of its own
    /// (two may share one), which nobody else waits for; whoever holds it waits for no other row.
    static let totals = """
        CREATE TABLE ended_totals (
            slot int PRIMARY KEY,
            done bigint NOT NULL DEFAULT 0,
            dead bigint NOT NULL DEFAULT 0,
            cancelled bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
        INSERT INTO ended_totals (slot) SELECT generate_series(0, 127);

        CREATE FUNCTION count_ended() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN
            UPDATE ended_totals SET done = done + NEW.done - OLD.done, dead = dead + NEW.dead - OLD.dead,
                cancelled = cancelled + NEW.cancelled - OLD.cancelled
            WHERE slot = pg_backend_pid() % 128;
            RETURN NULL;
        END $$;

        -- Until the sum is taken, nobody ends a job.
        LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;
        CREATE TRIGGER users_ended AFTER UPDATE OF done, dead, cancelled ON users FOR EACH ROW
            WHEN ((OLD.done, OLD.dead, OLD.cancelled) IS DISTINCT FROM (NEW.done, NEW.dead, NEW.cancelled))
            EXECUTE FUNCTION count_ended();
        UPDATE ended_totals SET done = ended.done, dead = ended.dead, cancelled = ended.cancelled
        FROM (
            SELECT COALESCE(sum(done), 0) AS done, COALESCE(sum(dead), 0) AS dead,
                COALESCE(sum(cancelled), 0) AS cancelled FROM users
        ) AS ended WHERE slot = 0;

        """
}
#endif
