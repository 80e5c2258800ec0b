-- What can be counted: one item for each variant of the catalog. The only place where a SKU is unique.
CREATE TABLE inventory_items (
    variant_id uuid PRIMARY KEY,
    product_id uuid NOT NULL,
    -- Checked at the end of a statement, so that two variants may swap their SKUs in one.
    sku text NOT NULL CONSTRAINT inventory_items_sku_key UNIQUE DEFERRABLE INITIALLY IMMEDIATE,
    -- Untracked items, such as downloads, are never short.
    is_tracked boolean NOT NULL,
    -- May be sold although nothing is left.
    allows_backorder boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inventory_items_product_id_idx ON inventory_items (product_id, variant_id);

-- What a bundle is made of; its stock is that of its components. A component that is gone makes it unavailable.
CREATE TABLE inventory_components (
    bundle_id uuid NOT NULL CONSTRAINT inventory_components_bundle_id_fkey REFERENCES inventory_items (variant_id) ON DELETE CASCADE,
    component_id uuid NOT NULL,
    quantity bigint NOT NULL CONSTRAINT inventory_components_quantity_check CHECK (quantity > 0),
    PRIMARY KEY (bundle_id, component_id)
);
CREATE INDEX inventory_components_component_id_idx ON inventory_components (component_id);

-- The stock of an item at a location, in units. What is promised may exceed what is on hand: by backorders, and when
-- a count finds less than expected.
CREATE TABLE inventory_levels (
    variant_id uuid NOT NULL CONSTRAINT inventory_levels_variant_id_fkey REFERENCES inventory_items (variant_id) ON DELETE CASCADE,
    location_id uuid NOT NULL CONSTRAINT inventory_levels_location_id_fkey REFERENCES stock_locations (id),
    on_hand bigint NOT NULL DEFAULT 0 CONSTRAINT inventory_levels_on_hand_check CHECK (on_hand >= 0),
    reserved bigint NOT NULL DEFAULT 0 CONSTRAINT inventory_levels_reserved_check CHECK (reserved >= 0),
    allocated bigint NOT NULL DEFAULT 0 CONSTRAINT inventory_levels_allocated_check CHECK (allocated >= 0),
    incoming bigint NOT NULL DEFAULT 0 CONSTRAINT inventory_levels_incoming_check CHECK (incoming >= 0),
    PRIMARY KEY (variant_id, location_id)
) WITH (fillfactor = 80);
CREATE INDEX inventory_levels_location_id_idx ON inventory_levels (location_id);

-- Every change of a level; the sums of its changes are the level. Outlives the item. `location_id` has no foreign key:
-- checking one would lock the same few rows of `stock_locations` in every sale, and a location is never deleted.
CREATE TABLE stock_movements (
    id uuid PRIMARY KEY,
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT stock_movements_kind_check CHECK (kind IN (
        'RECEIVED', 'RETURNED', 'COUNTED', 'CORRECTED', 'DAMAGED', 'LOST', 'ALLOCATION', 'RELEASE', 'DEDUCTION')),
    on_hand bigint NOT NULL,
    allocated bigint NOT NULL,
    -- The global id of the order or the fulfilment, or a word of whoever adjusted.
    reference text,
    actor text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX stock_movements_variant_id_idx ON stock_movements (variant_id, id);

CREATE FUNCTION stock_movements_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock movements are append-only' USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_movements_append_only';
END $$;
CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
    FOR EACH STATEMENT EXECUTE FUNCTION stock_movements_are_append_only();
