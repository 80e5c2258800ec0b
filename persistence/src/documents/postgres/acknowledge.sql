-- Takes drained events ($3) out of documents ($2) of a collection ($1); events added since stay.
UPDATE documents
SET events = kept.events,
    pending = CASE WHEN kept.events = '[]' THEN NULL ELSE documents.pending END
FROM documents AS old
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(item.event ORDER BY item.place), '[]') AS events
    FROM jsonb_array_elements(old.events) WITH ORDINALITY AS item (event, place)
    WHERE NOT ((item.event ->> 'id')::uuid = ANY ($3))
) AS kept
WHERE old.collection = $1 AND old.id = ANY ($2)
  AND documents.collection = old.collection AND documents.id = old.id
