-- $1 codes, $2 order, $3 account of the buyer, $4 e-mail address of the buyer, $5 time. Inserts a use of each code that
-- the buyer may still use, and returns the other codes.
WITH recorded AS (
    INSERT INTO discount_code_uses (code_id, order_id, customer_id, email, created_at)
    SELECT code.id, $2, $3, $4, $5
    FROM discount_codes AS code
    WHERE code.code = ANY($1) AND (
        code.usage_limit_per_customer IS NULL
        OR code.usage_limit_per_customer > (
            SELECT count(*)
            FROM discount_code_uses AS earlier
            WHERE earlier.code_id = code.id AND (earlier.customer_id = $3 OR earlier.email = $4)
        )
    )
    RETURNING code_id
)
SELECT code.code
FROM discount_codes AS code
WHERE code.code = ANY($1) AND code.id NOT IN (SELECT code_id FROM recorded)
ORDER BY code.code
