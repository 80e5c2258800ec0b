-- $1 orders. Notes are free texts about the buyer; changed values contain old addresses, and the reference of a transfer
-- can name the payer.
WITH notes AS (
    DELETE FROM order_notes WHERE order_id = ANY($1)
)
UPDATE order_events SET details = details - 'changes' - 'reference'
WHERE order_id = ANY($1) AND details ?| ARRAY['changes', 'reference']
