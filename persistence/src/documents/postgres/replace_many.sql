-- Replaces documents ($2) of a collection ($1) that have the expected versions ($3) by new versions ($4) and bodies ($5),
-- appends one event ($6, $7) to each, and returns the ids of those that were replaced. Locks them in the order of their
-- ids, so that two batches cannot deadlock.
WITH input AS (
    SELECT *
    FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::jsonb[], $6::uuid[], $7::jsonb[])
        AS input (id, expected, version, body, event_id, event)
), locked AS (
    SELECT documents.id
    FROM documents JOIN input ON documents.id = input.id
    WHERE documents.collection = $1 AND documents.version = input.expected AND NOT documents.is_deleted
    ORDER BY documents.id
    FOR UPDATE OF documents
)
UPDATE documents
SET version = input.version,
    body = input.body,
    events = documents.events || input.event,
    pending = coalesce(documents.pending, input.event_id)
FROM input JOIN locked ON locked.id = input.id
WHERE documents.collection = $1 AND documents.id = input.id AND documents.version = input.expected
RETURNING documents.id
