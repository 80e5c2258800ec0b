-- $1 lines, $2 fulfilled units of each line.
UPDATE order_lines AS line
SET fulfilled = sent.fulfilled
FROM unnest($1, $2) AS sent (id, fulfilled)
WHERE line.id = sent.id AND line.fulfilled <> sent.fulfilled
