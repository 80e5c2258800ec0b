-- $1 orders placed before this time, $2 limit. Finished orders whose contact data is not needed any longer.
SELECT id
FROM orders
WHERE contact_removed_at IS NULL
  AND status IN ('COMPLETED', 'CANCELED', 'EXPIRED')
  AND (erasure_requested_at IS NOT NULL OR placed_at < $1)
ORDER BY placed_at
LIMIT $2
FOR UPDATE SKIP LOCKED
