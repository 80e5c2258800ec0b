-- $1 orders.
UPDATE discount_code_uses SET email = '' WHERE order_id = ANY($1)
