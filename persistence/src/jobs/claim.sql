-- $1 queues, $2 now, $3 seconds of the lease, $4 maximum number. Claims the oldest due jobs of the queues. Workers never
-- wait for each other, because locked rows are skipped. The jobs are selected once, whatever the plan of the update, so
-- that the limit holds. The lease uses the database's clock, which all workers share.
WITH due AS MATERIALIZED (
    SELECT id FROM jobs
    WHERE state = 'READY' AND run_at <= $2 AND (cardinality($1) = 0 OR queue = ANY ($1))
    ORDER BY run_at, id
    LIMIT $4
    FOR UPDATE SKIP LOCKED
),
taken AS (
    UPDATE jobs
    SET state = 'RUNNING',
        attempts = attempts + 1,
        leased_until = now() + make_interval(secs => $3),
        is_wanted_again = false
    FROM due
    WHERE jobs.id = due.id
    RETURNING jobs.id, queue, kind, payload, attempts, max_attempts, run_at
)
SELECT id, queue, kind, payload, attempts, max_attempts FROM taken ORDER BY run_at, id
