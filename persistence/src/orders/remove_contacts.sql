-- $1 orders, $2 now, $3 the address that stands for a removed one. Keeps the address for the invoice, without its phone
-- number; an order without one keeps the delivery address as such.
UPDATE orders
SET email = $3,
    token = gen_random_uuid()::text || gen_random_uuid()::text,
    body = (body - 'note' - 'phone' - 'shipping_address' - 'billing_address') || jsonb_strip_nulls(jsonb_build_object(
        'billing_address',
        coalesce(nullif(body -> 'billing_address', 'null'), nullif(body -> 'shipping_address', 'null')) - 'phone'
    )),
    erasure_requested_at = NULL,
    contact_removed_at = $2,
    version = version + 1,
    updated_at = $2
WHERE id = ANY($1) AND contact_removed_at IS NULL
