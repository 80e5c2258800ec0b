DROP TABLE outbox_head;
DROP INDEX outbox_published_idx;
DROP INDEX outbox_unpublished_idx;
ALTER TABLE outbox DROP COLUMN sequence;
CREATE INDEX outbox_unpublished_idx ON outbox (id) WHERE position IS NULL;
CREATE INDEX outbox_created_at_idx ON outbox (created_at);
