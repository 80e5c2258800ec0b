-- Advances a job ($1) from a number of objects ($2) to another ($3), adds failures ($4), and keeps the first errors ($5)
-- up to a limit ($6).
UPDATE bulk_jobs
SET done = $3,
    failed = failed + $4,
    errors = (
        SELECT coalesce(jsonb_agg(kept.error ORDER BY kept.place), '[]')
        FROM (
            SELECT item.error, item.place
            FROM jsonb_array_elements(bulk_jobs.errors || $5) WITH ORDINALITY AS item (error, place)
            ORDER BY item.place
            LIMIT $6
        ) AS kept
    )
WHERE id = $1 AND done = $2 AND finished_at IS NULL
