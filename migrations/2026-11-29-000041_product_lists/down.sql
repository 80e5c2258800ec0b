DELETE FROM event_consumers WHERE name = 'product_lists';
DROP TABLE listed_variants;
DROP TABLE product_deletions;
DROP TABLE product_changes;
