SELECT gateway,
       count(*) FILTER (WHERE outcome NOT IN ('STARTED', 'PENDING', 'REQUIRES_ACTION')) AS finished,
       count(*) FILTER (WHERE outcome IN ('AUTHORIZED', 'DECLINED', 'CANCELED')) AS succeeded,
       count(*) FILTER (WHERE outcome IN ('STARTED', 'UNKNOWN', 'PENDING', 'REQUIRES_ACTION')) AS pending,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE latency_ms IS NOT NULL) AS median_latency_ms
FROM payment_attempts
WHERE started_at >= $1
GROUP BY gateway
ORDER BY gateway
