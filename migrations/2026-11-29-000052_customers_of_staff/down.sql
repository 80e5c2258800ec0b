DROP INDEX customers_tags_idx, customers_first_name_prefix_idx, customers_updated_at_idx;
ALTER TABLE customers DROP COLUMN tags, DROP COLUMN note;
