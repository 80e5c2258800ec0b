-- $1 the next number. The caller holds the lock of the sequence, so that no transaction takes a number meanwhile.
SELECT setval('order_numbers', $1, false) AS value FROM order_numbers
WHERE CASE WHEN is_called THEN last_value < $1 ELSE last_value <= $1 END
