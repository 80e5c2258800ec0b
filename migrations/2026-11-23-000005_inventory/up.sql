-- Inventory items, one for each variant of the catalog. SKUs are unique here and nowhere else.
CREATE TABLE inventory_items (
    variant_id uuid PRIMARY KEY,
    product_id uuid NOT NULL,
    -- Checked at the end of a statement, so that two variants can swap their SKUs in one statement.
    sku text NOT NULL CONSTRAINT inventory_items_sku_key UNIQUE DEFERRABLE INITIALLY IMMEDIATE,
    -- Untracked items, such as downloads, never run out.
    is_tracked boolean NOT NULL,
    -- Can be sold without stock.
    allows_backorder boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inventory_items_product_id_idx ON inventory_items (product_id, variant_id);

-- The components of bundles, which define their stock. A bundle with a deleted component is unavailable.
CREATE TABLE inventory_components (
    bundle_id uuid NOT NULL CONSTRAINT inventory_components_bundle_id_fkey REFERENCES inventory_items (variant_id) ON DELETE CASCADE,
    component_id uuid NOT NULL,
    quantity bigint NOT NULL CONSTRAINT inventory_components_quantity_check CHECK (quantity > 0),
    PRIMARY KEY (bundle_id, component_id)
);
CREATE INDEX inventory_components_component_id_idx ON inventory_components (component_id);

-- The stock of an item at a location, in units. Allocated units can exceed those on hand: by backorders, or if a count
-- finds less than expected.
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

-- Changes of levels; a level is the sum of its changes. Rows stay after the item is deleted. `location_id` has no foreign
-- key: checking it would lock the same few rows of `stock_locations` in every sale, and locations are never deleted.
CREATE TABLE stock_movements (
    id uuid PRIMARY KEY,
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT stock_movements_kind_check CHECK (kind IN (
        'RECEIVED', 'RETURNED', 'COUNTED', 'CORRECTED', 'DAMAGED', 'LOST', 'ALLOCATION', 'RELEASE', 'DEDUCTION')),
    on_hand bigint NOT NULL,
    allocated bigint NOT NULL,
    -- The global id of the order or fulfillment, or the reference of the adjustment.
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
