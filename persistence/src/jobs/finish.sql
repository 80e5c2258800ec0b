-- $1 job, $2 its try, $3 now. Done, unless it was wanted again meanwhile: then it waits once more, with all its tries
-- left. The number of the try goes on, because it tells this worker's try from later ones.
UPDATE jobs
SET state = CASE WHEN is_wanted_again THEN 'READY' ELSE 'DONE' END,
    max_attempts = CASE WHEN is_wanted_again THEN max_attempts + attempts ELSE max_attempts END,
    finished_at = CASE WHEN is_wanted_again THEN NULL ELSE $3 END,
    leased_until = NULL
WHERE id = $1 AND state = 'RUNNING' AND attempts = $2
