-- The progress of the search index of each process, for `mercator doctor`: an index lies on the disk of its process.
CREATE TABLE search_indexes (
    -- The machine and the process id.
    process text NOT NULL,
    -- The position of the last event in the index.
    position bigint NOT NULL,
    -- The last successful attempt to update the index.
    updated_at timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    CONSTRAINT search_indexes_pkey PRIMARY KEY (process)
);
