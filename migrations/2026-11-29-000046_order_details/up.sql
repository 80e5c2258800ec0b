-- Tags for staff. Metafields are in the body.
ALTER TABLE orders ADD COLUMN tags text[] NOT NULL DEFAULT '{}';

-- Amount, tracking, and old and new values of an event.
ALTER TABLE order_events ADD COLUMN details jsonb NOT NULL DEFAULT '{}';
ALTER TABLE order_events ALTER COLUMN details SET STATISTICS 0;

-- Notes of staff about orders.
CREATE TABLE order_notes (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT order_notes_order_id_fkey REFERENCES orders (id),
    text text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX order_notes_order_id_idx ON order_notes (order_id, id);

-- A fulfillment can have several parcels, and can be delivered or canceled after it was shipped. The columns
-- `tracking_number` and `tracking_url` keep the first parcel.
ALTER TABLE fulfillments
    DROP CONSTRAINT fulfillments_state_check,
    ADD CONSTRAINT fulfillments_state_check CHECK (state IN ('SHIPPED', 'DELIVERED', 'CANCELED')),
    ADD COLUMN carrier text,
    ADD COLUMN further_trackings jsonb NOT NULL DEFAULT '[]',
    -- The location that staff chose. No foreign key: locations are never deleted.
    ADD COLUMN location_id uuid,
    -- Null until the first change.
    ADD COLUMN updated_at timestamptz,
    ADD COLUMN delivered_at timestamptz;
ALTER TABLE fulfillments ALTER COLUMN further_trackings SET STATISTICS 0;

-- The units of a fulfillment by the location that they left, so that they return there if it is canceled. A fulfillment
-- from before this table has no rows: its units return to the order, but not to stock.
CREATE TABLE fulfillment_allocations (
    fulfillment_id uuid NOT NULL
        CONSTRAINT fulfillment_allocations_fulfillment_id_fkey REFERENCES fulfillments (id),
    order_line_id uuid NOT NULL CONSTRAINT fulfillment_allocations_order_line_id_fkey REFERENCES order_lines (id),
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    quantity bigint NOT NULL CONSTRAINT fulfillment_allocations_quantity_check CHECK (quantity > 0),
    PRIMARY KEY (fulfillment_id, order_line_id, variant_id, location_id)
);
CREATE INDEX fulfillment_allocations_order_line_id_idx ON fulfillment_allocations (order_line_id);
