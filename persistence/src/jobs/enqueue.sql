-- $1 to $7 the columns of new jobs. At most one unfinished job exists per key: a waiting job will see the new data, and a
-- running one may have read before it, so it runs again.
INSERT INTO jobs (id, queue, kind, payload, unique_key, run_at, max_attempts)
SELECT DISTINCT ON (coalesce(new.unique_key, new.id::text)) new.*
FROM unnest($1, $2, $3, $4, $5, $6, $7) AS new (id, queue, kind, payload, unique_key, run_at, max_attempts)
ORDER BY coalesce(new.unique_key, new.id::text), new.run_at, new.id
ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state IN ('READY', 'RUNNING')
DO UPDATE SET is_wanted_again = true, run_at = excluded.run_at
WHERE jobs.state = 'RUNNING'
