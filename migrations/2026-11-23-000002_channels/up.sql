-- Stock locations.
CREATE TABLE stock_locations (
    id uuid PRIMARY KEY,
    slug text NOT NULL CONSTRAINT stock_locations_slug_key UNIQUE,
    name text NOT NULL,
    country text NOT NULL CONSTRAINT stock_locations_country_check CHECK (country ~ '^[A-Z]{2}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Channels. The lists are short and always read as a whole; the first entry of each is the default.
CREATE TABLE channels (
    id uuid PRIMARY KEY,
    slug text NOT NULL CONSTRAINT channels_slug_key UNIQUE,
    name text NOT NULL,
    prices_include_tax boolean NOT NULL,
    currencies text[] NOT NULL CONSTRAINT channels_currencies_check CHECK (cardinality(currencies) > 0),
    locales text[] NOT NULL CONSTRAINT channels_locales_check CHECK (cardinality(locales) > 0),
    countries text[] NOT NULL CONSTRAINT channels_countries_check CHECK (cardinality(countries) > 0),
    capture_mode text NOT NULL CONSTRAINT channels_capture_mode_check CHECK (capture_mode IN ('AUTOMATIC', 'MANUAL')),
    is_default boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX channels_is_default_key ON channels (is_default) WHERE is_default;

-- The stock locations of channels, in order of preference.
CREATE TABLE channel_locations (
    channel_id uuid NOT NULL CONSTRAINT channel_locations_channel_id_fkey REFERENCES channels (id) ON DELETE CASCADE,
    location_id uuid NOT NULL CONSTRAINT channel_locations_location_id_fkey REFERENCES stock_locations (id),
    position integer NOT NULL,
    PRIMARY KEY (channel_id, location_id),
    CONSTRAINT channel_locations_position_key UNIQUE (channel_id, position)
);
CREATE INDEX channel_locations_location_id_idx ON channel_locations (location_id);

-- Values about the whole shop, for example if it is a demo.
CREATE TABLE shop_meta (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
