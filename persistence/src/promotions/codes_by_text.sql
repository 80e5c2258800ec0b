-- $1 codes, $2 account of the buyer, $3 e-mail address of the buyer in lower case.
SELECT
    code.id,
    code.promotion_id,
    code.code,
    code.usage_limit,
    code.usage_limit_per_customer,
    code.uses,
    code.created_at,
    code.deactivated_at,
    CASE
        WHEN code.usage_limit_per_customer IS NULL THEN 0
        ELSE (
            SELECT count(*)
            FROM discount_code_uses AS earlier
            WHERE earlier.code_id = code.id AND (earlier.customer_id = $2 OR earlier.email = $3)
        )
    END AS uses_by_buyer
FROM discount_codes AS code
INNER JOIN promotions AS promotion ON promotion.id = code.promotion_id
WHERE code.code = ANY($1) AND promotion.archived_at IS NULL AND code.deactivated_at IS NULL
ORDER BY code.id
