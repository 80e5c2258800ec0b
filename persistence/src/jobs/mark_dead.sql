-- $1 job, $2 its attempt, $3 now, $4 error. Marks the job as dead. If it was enqueued again in the meantime, it becomes
-- ready with all its attempts, because the new data may fix the failure.
UPDATE jobs
SET state = CASE WHEN is_wanted_again THEN 'READY' ELSE 'DEAD' END,
    max_attempts = CASE WHEN is_wanted_again THEN max_attempts + attempts ELSE max_attempts END,
    finished_at = CASE WHEN is_wanted_again THEN NULL ELSE $3 END,
    leased_until = NULL,
    last_error = $4
WHERE id = $1 AND state = 'RUNNING' AND attempts = $2
