-- $1 now, $2 how many at most. A cart that somebody is at stays; of one that was renewed or completed meanwhile the
-- conditions hold no more once it is locked.
WITH expired AS MATERIALIZED (
    SELECT id FROM carts
    WHERE expires_at < $1 AND status <> 'COMPLETED'
    ORDER BY expires_at, id LIMIT $2
    FOR UPDATE SKIP LOCKED
)
DELETE FROM carts USING expired WHERE carts.id = expired.id
