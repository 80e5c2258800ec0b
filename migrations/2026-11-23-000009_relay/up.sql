-- The order of insertion, from a sequence and not from a clock. Events of one object are inserted under its lock, so this
-- is also the order of their commits.
ALTER TABLE outbox ADD COLUMN sequence bigint GENERATED ALWAYS AS IDENTITY;
DROP INDEX outbox_unpublished_idx;
CREATE INDEX outbox_unpublished_idx ON outbox (sequence) WHERE position IS NULL;
CREATE INDEX outbox_published_idx ON outbox (created_at) WHERE position IS NOT NULL;
DROP INDEX outbox_created_at_idx;

-- The last published position: one row, which stays when old events are deleted.
CREATE TABLE outbox_head (
    is_only boolean PRIMARY KEY DEFAULT true CONSTRAINT outbox_head_is_only_check CHECK (is_only),
    position bigint NOT NULL
);
INSERT INTO outbox_head (position) SELECT coalesce(max(position), 0) FROM outbox;
