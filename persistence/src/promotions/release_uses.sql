-- $1 order. Codes are locked in the same order as by the statement that counts uses, so that transactions cannot
-- deadlock.
WITH locked AS (
    SELECT id
    FROM discount_codes
    WHERE id IN (SELECT code_id FROM discount_code_uses WHERE order_id = $1)
      AND (usage_limit IS NOT NULL OR usage_limit_per_customer IS NOT NULL)
    ORDER BY id
    FOR UPDATE
),
released AS (
    DELETE FROM discount_code_uses WHERE order_id = $1 RETURNING code_id
)
UPDATE discount_codes AS code
SET uses = code.uses - 1
FROM locked
JOIN released ON released.code_id = locked.id
WHERE code.id = locked.id
