-- $1 promotion, $2 codes, $3 time. Returns the codes as they were before.
WITH locked AS (
    SELECT *
    FROM discount_codes
    WHERE promotion_id = $1 AND code = ANY($2)
    ORDER BY id
    FOR UPDATE
),
deactivated AS (
    UPDATE discount_codes AS target
    SET deactivated_at = $3
    FROM locked
    WHERE target.id = locked.id AND locked.deactivated_at IS NULL
)
SELECT
    id,
    promotion_id,
    code,
    usage_limit,
    usage_limit_per_customer,
    uses,
    created_at,
    deactivated_at
FROM locked
ORDER BY id
