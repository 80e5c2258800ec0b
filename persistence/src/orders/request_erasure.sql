-- $1 customer, $2 e-mail address in lower case, $3 now. Orders of the account, and orders of guests with the address. The
-- note and the token serve no open order, so they are removed at once.
UPDATE orders
SET erasure_requested_at = $3,
    token = gen_random_uuid()::text || gen_random_uuid()::text,
    body = body - 'note',
    version = version + 1,
    updated_at = $3
WHERE (customer_id = $1 OR (customer_id IS NULL AND lower(email) = $2)) AND contact_removed_at IS NULL
RETURNING id
