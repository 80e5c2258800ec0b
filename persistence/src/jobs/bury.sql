-- $1 job, $2 its try, $3 now, $4 what went wrong. Dead, unless it was wanted again meanwhile: then it waits once more,
-- with all its tries left, because what is new may cure it.
UPDATE jobs
SET state = CASE WHEN is_wanted_again THEN 'READY' ELSE 'DEAD' END,
    max_attempts = CASE WHEN is_wanted_again THEN max_attempts + attempts ELSE max_attempts END,
    finished_at = CASE WHEN is_wanted_again THEN NULL ELSE $3 END,
    leased_until = NULL,
    last_error = $4
WHERE id = $1 AND state = 'RUNNING' AND attempts = $2
