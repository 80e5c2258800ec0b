-- $1 time before which keys are deleted, $2 maximum number.
WITH old AS MATERIALIZED (
    SELECT scope, key FROM idempotency_keys
    WHERE created_at < $1
    ORDER BY created_at LIMIT $2
    FOR UPDATE SKIP LOCKED
)
DELETE FROM idempotency_keys AS kept USING old
WHERE kept.scope = old.scope AND kept.key = old.key
