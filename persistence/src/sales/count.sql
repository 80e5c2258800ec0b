-- Adds orders that are accepted and subtracts orders that were canceled, each once.
WITH added AS (
    INSERT INTO counted_orders (order_id, day)
    SELECT id, (placed_at AT TIME ZONE 'UTC')::date FROM orders
    WHERE id = ANY($1) AND status IN ('OPEN', 'COMPLETED') AND placed_at >= $2
    ON CONFLICT (order_id) DO NOTHING
    RETURNING order_id, day
),
removed AS (
    DELETE FROM counted_orders USING orders
    WHERE counted_orders.order_id = ANY($1) AND orders.id = counted_orders.order_id
    AND orders.status IN ('CANCELED', 'EXPIRED')
    RETURNING counted_orders.order_id, counted_orders.day
),
changes AS (
    SELECT order_id, day, 1 AS sign FROM added
    UNION ALL
    SELECT order_id, day, -1 AS sign FROM removed
)
INSERT INTO product_sales (product_id, day, units)
SELECT product_id, day, sum(sign * quantity) FROM changes JOIN order_lines USING (order_id)
GROUP BY product_id, day ORDER BY product_id, day
ON CONFLICT (product_id, day) DO UPDATE SET units = product_sales.units + excluded.units
