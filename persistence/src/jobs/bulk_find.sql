-- The progress of a job ($1), and if its execution ($2) still waits or runs in the queue.
SELECT done,
       cardinality(targets) AS total,
       failed,
       errors,
       created_at,
       started_at,
       finished_at,
       EXISTS (SELECT 1 FROM jobs WHERE unique_key = $2 AND state IN ('READY', 'RUNNING')) AS is_queued
FROM bulk_jobs
WHERE id = $1
