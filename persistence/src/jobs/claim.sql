-- Takes the oldest due jobs of the queues. Workers never wait for each other: a row that is locked is somebody's.
UPDATE jobs
SET state = 'RUNNING', attempts = attempts + 1, leased_until = $3, is_wanted_again = false
WHERE id IN (
    SELECT id FROM jobs
    WHERE state = 'READY' AND run_at <= $2 AND (cardinality($1) = 0 OR queue = ANY ($1))
    ORDER BY run_at, id
    LIMIT $4
    FOR UPDATE SKIP LOCKED
)
RETURNING id, queue, kind, payload, attempts, max_attempts
