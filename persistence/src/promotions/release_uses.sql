-- $1 order.
WITH released AS (
    DELETE FROM discount_code_uses WHERE order_id = $1 RETURNING code_id
)
UPDATE discount_codes AS code
SET uses = code.uses - 1
FROM released
WHERE code.id = released.code_id AND (code.usage_limit IS NOT NULL OR code.usage_limit_per_customer IS NOT NULL)
