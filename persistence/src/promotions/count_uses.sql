-- $1 codes. Counts a use of each code that has a limit, and returns the codes that are used up or do not exist.
WITH wanted AS (
    SELECT DISTINCT unnest($1) AS code
),
locked AS (
    SELECT id, code, usage_limit, usage_limit_per_customer
    FROM discount_codes
    WHERE code = ANY($1) AND deactivated_at IS NULL AND (usage_limit IS NOT NULL OR usage_limit_per_customer IS NOT NULL)
    ORDER BY id
    FOR UPDATE
),
counted AS (
    UPDATE discount_codes AS target
    SET uses = target.uses + 1
    FROM locked
    WHERE target.id = locked.id AND (target.usage_limit IS NULL OR target.uses < target.usage_limit)
    RETURNING target.code
),
unlimited AS (
    SELECT code
    FROM discount_codes
    WHERE code = ANY($1) AND deactivated_at IS NULL AND usage_limit IS NULL AND usage_limit_per_customer IS NULL
)
SELECT code
FROM wanted
WHERE code NOT IN (SELECT code FROM counted) AND code NOT IN (SELECT code FROM unlimited)
ORDER BY code
