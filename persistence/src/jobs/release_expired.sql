-- $1 now. Releases jobs whose lease expired on the database's clock. Jobs without attempts left become dead, unless they
-- were enqueued again in the meantime: then they become ready with all their attempts.
WITH lost AS MATERIALIZED (
    SELECT id, attempts >= max_attempts AS is_last, is_wanted_again FROM jobs
    WHERE state = 'RUNNING' AND leased_until < now()
    ORDER BY leased_until LIMIT 1000
    FOR UPDATE SKIP LOCKED
)
UPDATE jobs
SET state = CASE WHEN is_last AND NOT lost.is_wanted_again THEN 'DEAD' ELSE 'READY' END,
    max_attempts = CASE WHEN is_last AND lost.is_wanted_again THEN max_attempts + attempts ELSE max_attempts END,
    run_at = $1,
    leased_until = NULL,
    finished_at = CASE WHEN is_last AND NOT lost.is_wanted_again THEN $1 END,
    last_error = 'the worker went away'
FROM lost
WHERE jobs.id = lost.id
