-- $1 orders, $2 now. Attributes of lines, such as an engraving, are texts of the buyer. Metafields can name the buyer, too.
WITH lines AS (
    UPDATE order_lines SET body = body - 'attributes' WHERE order_id = ANY($1) AND body -> 'attributes' <> '{}'
)
UPDATE orders
SET body = body - 'billing_address' - 'vat_id' - 'metafields',
    customer_id = NULL,
    buyer_removed_at = $2,
    version = version + 1,
    updated_at = $2
WHERE id = ANY($1) AND buyer_removed_at IS NULL
