-- What staff write about a customer; removed with the personal data.
ALTER TABLE customers
    ADD COLUMN note text,
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
CREATE INDEX customers_updated_at_idx ON customers (updated_at, id);
CREATE INDEX customers_first_name_prefix_idx ON customers (lower(first_name) text_pattern_ops);
CREATE INDEX customers_tags_idx ON customers USING gin (tags);
