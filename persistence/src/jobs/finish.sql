-- $1 job, $2 its attempt, $3 now. Marks the job as done. If it was enqueued again in the meantime, it becomes ready with
-- all its attempts. The number of the attempt continues, because it distinguishes this worker's attempt from later ones.
UPDATE jobs
SET state = CASE WHEN is_wanted_again THEN 'READY' ELSE 'DONE' END,
    max_attempts = CASE WHEN is_wanted_again THEN max_attempts + attempts ELSE max_attempts END,
    finished_at = CASE WHEN is_wanted_again THEN NULL ELSE $3 END,
    leased_until = NULL
WHERE id = $1 AND state = 'RUNNING' AND attempts = $2
