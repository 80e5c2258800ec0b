-- $1 orders, $2 now.
UPDATE carts
SET body = body - 'shipping_address' - 'billing_address' - 'note' - 'buyer', version = version + 1, updated_at = $2
WHERE order_id = ANY($1) AND status = 'COMPLETED'
