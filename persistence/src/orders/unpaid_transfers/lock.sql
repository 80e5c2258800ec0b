-- One order of locks, so that two transactions cannot deadlock.
SELECT pg_advisory_xact_lock(hashtextextended(subject, 0))
FROM (SELECT unnest($1) AS subject ORDER BY 1) AS sorted
