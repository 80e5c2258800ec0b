-- Gives back the jobs whose worker has not renewed its lease; those that were tried often enough are dead.
UPDATE jobs
SET state = CASE WHEN attempts >= max_attempts THEN 'DEAD' ELSE 'READY' END,
    run_at = $1,
    leased_until = NULL,
    finished_at = CASE WHEN attempts >= max_attempts THEN $1 END,
    last_error = 'the worker went away'
WHERE id IN (
    SELECT id FROM jobs WHERE state = 'RUNNING' AND leased_until < $1
    ORDER BY leased_until LIMIT 1000
    FOR UPDATE SKIP LOCKED
)
