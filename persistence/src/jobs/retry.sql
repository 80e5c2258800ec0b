-- Makes dead jobs ready with all their attempts: one job per unique key, unless a job of that key is already waiting.
UPDATE jobs
SET state = 'READY', attempts = 0, run_at = $1, finished_at = NULL
WHERE id IN (
    SELECT DISTINCT ON (coalesce(unique_key, id::text)) id FROM jobs AS dead
    WHERE state = 'DEAD' AND ($2 IS NULL OR id = $2)
      AND NOT EXISTS (
          SELECT 1 FROM jobs AS waiting
          WHERE waiting.unique_key = dead.unique_key AND waiting.state IN ('READY', 'RUNNING')
      )
    ORDER BY coalesce(unique_key, id::text), id DESC
    LIMIT 1000
)
