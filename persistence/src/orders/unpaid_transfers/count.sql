SELECT
    count(*) FILTER (WHERE transfers.email_digest = $1) AS email_orders,
    coalesce(sum(transfers.units) FILTER (WHERE transfers.email_digest = $1), 0)::bigint AS email_units,
    count(*) FILTER (WHERE transfers.network_digest = $2) AS network_orders,
    coalesce(sum(transfers.units) FILTER (WHERE transfers.network_digest = $2), 0)::bigint AS network_units
FROM unpaid_transfers AS transfers
JOIN orders ON orders.id = transfers.order_id
WHERE orders.status = 'PENDING_PAYMENT'
    AND (transfers.email_digest = $1 OR transfers.network_digest = $2)
