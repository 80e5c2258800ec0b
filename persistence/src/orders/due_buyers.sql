-- $1 orders placed before this time, $2 limit.
SELECT id
FROM orders
WHERE contact_removed_at IS NOT NULL AND buyer_removed_at IS NULL AND placed_at < $1
ORDER BY placed_at
LIMIT $2
FOR UPDATE SKIP LOCKED
