-- Products in the order in which their changes became visible, for exports that continue where they stopped; see
-- docs/adr/. One process at a time writes these tables, from the published events.
CREATE TABLE product_changes (
    product_id uuid PRIMARY KEY,
    -- The version of the document that the place belongs to.
    version bigint NOT NULL,
    -- The time of the change, or later if a later change was listed before; never decreases from row to row.
    changed_at timestamptz NOT NULL
);
CREATE INDEX product_changes_changed_at_idx ON product_changes (changed_at, product_id);

-- Deleted products, for the same exports.
CREATE TABLE product_deletions (
    product_id uuid PRIMARY KEY,
    deleted_at timestamptz NOT NULL
);
CREATE INDEX product_deletions_deleted_at_idx ON product_deletions (deleted_at, product_id);

-- Variants as staff list them.
CREATE TABLE listed_variants (
    variant_id uuid PRIMARY KEY,
    product_id uuid NOT NULL,
    -- Sorted by bytes, like the cursors of the list.
    sku text COLLATE "C" NOT NULL,
    external_reference text,
    -- Folded words of SKU, names and references.
    words text[] NOT NULL,
    -- Units on hand less allocated ones at all locations; null if they are not counted, and for bundles.
    available bigint,
    -- The place of the product in product_changes.
    changed_at timestamptz NOT NULL
);
CREATE INDEX listed_variants_product_id_idx ON listed_variants (product_id);
CREATE INDEX listed_variants_sku_idx ON listed_variants (sku, variant_id);
CREATE INDEX listed_variants_external_reference_idx ON listed_variants (external_reference)
    WHERE external_reference IS NOT NULL;
CREATE INDEX listed_variants_words_idx ON listed_variants USING gin (array_to_tsvector(words));
CREATE INDEX listed_variants_available_idx ON listed_variants (available) WHERE available IS NOT NULL;
CREATE INDEX listed_variants_changed_at_idx ON listed_variants (changed_at, variant_id);
