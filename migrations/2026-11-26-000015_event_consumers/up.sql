-- Features that react once per event, with the position of the last event that each has handled.
CREATE TABLE event_consumers (
    name text PRIMARY KEY,
    position bigint NOT NULL,
    -- How often events were removed before the consumer had handled them.
    gaps integer NOT NULL DEFAULT 0
);

-- Units sold by product and day (UTC): the order of best-selling products.
CREATE TABLE product_sales (
    product_id uuid NOT NULL,
    day date NOT NULL,
    units bigint NOT NULL,
    PRIMARY KEY (product_id, day)
);
CREATE INDEX product_sales_day_idx ON product_sales (day);

-- The orders included in `product_sales`, so that each is added and subtracted once.
CREATE TABLE counted_orders (
    order_id uuid PRIMARY KEY,
    day date NOT NULL
);
CREATE INDEX counted_orders_day_idx ON counted_orders (day);
