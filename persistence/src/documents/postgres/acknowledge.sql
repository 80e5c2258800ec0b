-- Removes transferred events ($3) from documents ($2) of a collection ($1); later events stay. Reads only the row that it
-- writes, because only that row is read again after waiting for a concurrent writer.
UPDATE documents
SET (events, pending) = (
    SELECT coalesce(jsonb_agg(item.event ORDER BY item.place), '[]'),
           CASE WHEN count(*) = 0 THEN NULL ELSE documents.pending END
    FROM jsonb_array_elements(documents.events) WITH ORDINALITY AS item (event, place)
    WHERE NOT ((item.event ->> 'id')::uuid = ANY ($3))
)
WHERE collection = $1 AND id = ANY ($2)
