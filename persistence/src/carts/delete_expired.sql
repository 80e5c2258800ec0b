-- $1 now, $2 maximum number. Skips locked carts. A cart that was renewed or completed in the meantime no longer matches
-- the conditions once it is locked.
WITH expired AS MATERIALIZED (
    SELECT id FROM carts
    WHERE expires_at < $1 AND status <> 'COMPLETED'
    ORDER BY expires_at, id LIMIT $2
    FOR UPDATE SKIP LOCKED
)
DELETE FROM carts USING expired WHERE carts.id = expired.id
