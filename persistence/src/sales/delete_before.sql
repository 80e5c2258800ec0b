DELETE FROM product_sales WHERE (product_id, day) IN (
    SELECT product_id, day FROM product_sales WHERE day < $1 LIMIT $2
)
