-- Takes drained events ($3) out of documents ($2) of a collection ($1); events added since stay. Reads nothing but the
-- row it writes: only that one is read again after waiting for another writer of the row.
UPDATE documents
SET (events, pending) = (
    SELECT coalesce(jsonb_agg(item.event ORDER BY item.place), '[]'),
           CASE WHEN count(*) = 0 THEN NULL ELSE documents.pending END
    FROM jsonb_array_elements(documents.events) WITH ORDINALITY AS item (event, place)
    WHERE NOT ((item.event ->> 'id')::uuid = ANY ($3))
)
WHERE collection = $1 AND id = ANY ($2)
