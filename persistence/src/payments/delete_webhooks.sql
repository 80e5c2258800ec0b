-- $1 time before which webhooks are deleted, $2 maximum number.
DELETE FROM gateway_webhook_events
WHERE (gateway, event_id) IN (
    SELECT gateway, event_id FROM gateway_webhook_events
    WHERE received_at < $1
    ORDER BY received_at LIMIT $2
    FOR UPDATE SKIP LOCKED
)
