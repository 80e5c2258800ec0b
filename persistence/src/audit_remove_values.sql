-- $1 global ids of objects, $2 names of values, null for all. The record of who changed what and when stays.
UPDATE audit_log AS entry
SET changes = (
    SELECT jsonb_agg(
        CASE WHEN $2 IS NULL OR split_part(change ->> 'path', '.', 1) = ANY($2) THEN jsonb_build_object(
            'path', change -> 'path',
            'from', CASE WHEN change ->> 'from' IS NOT NULL THEN '[removed]' END,
            'to', CASE WHEN change ->> 'to' IS NOT NULL THEN '[removed]' END
        ) ELSE change END
        ORDER BY position
    )
    FROM jsonb_array_elements(entry.changes) WITH ORDINALITY AS listed (change, position)
)
WHERE entry.object = ANY($1) AND entry.changes <> '[]'
