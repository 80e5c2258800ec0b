-- Assigns the next positions to the oldest unpublished events. Locking the row of the head serializes publishers.
WITH head AS MATERIALIZED (
    SELECT position FROM outbox_head FOR UPDATE
),
batch AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY sequence) AS place
    FROM (SELECT id, sequence FROM outbox WHERE position IS NULL ORDER BY sequence LIMIT $1) AS oldest
),
published AS (
    UPDATE outbox SET position = head.position + batch.place
    FROM batch, head
    WHERE outbox.id = batch.id AND outbox.position IS NULL
    RETURNING outbox.position
)
UPDATE outbox_head SET position = (SELECT max(position) FROM published)
WHERE EXISTS (SELECT 1 FROM published)
RETURNING position, (SELECT count(*) FROM published) AS published
