DROP TABLE fulfillment_allocations;
UPDATE fulfillments SET state = 'SHIPPED' WHERE state <> 'SHIPPED';
ALTER TABLE fulfillments
    DROP CONSTRAINT fulfillments_state_check,
    ADD CONSTRAINT fulfillments_state_check CHECK (state IN ('SHIPPED')),
    DROP COLUMN carrier,
    DROP COLUMN further_trackings,
    DROP COLUMN location_id,
    DROP COLUMN updated_at,
    DROP COLUMN delivered_at;
DROP TABLE order_notes;
ALTER TABLE order_events DROP COLUMN details;
ALTER TABLE orders DROP COLUMN tags;
