SELECT account, currency,
       coalesce(sum(amount) FILTER (WHERE side = 'DEBIT'), 0)::bigint AS debit,
       coalesce(sum(amount) FILTER (WHERE side = 'CREDIT'), 0)::bigint AS credit
FROM ledger_lines
GROUP BY account, currency
ORDER BY account, currency
