SELECT account, currency,
       -- Reported amounts have up to 64 bits, so that a sum may have more; then it is the largest amount.
       least(coalesce(sum(amount) FILTER (WHERE side = 'DEBIT'), 0), 9223372036854775807)::bigint AS debit,
       least(coalesce(sum(amount) FILTER (WHERE side = 'CREDIT'), 0), 9223372036854775807)::bigint AS credit
FROM ledger_lines
GROUP BY account, currency
ORDER BY account, currency
