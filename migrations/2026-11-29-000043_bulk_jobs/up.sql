-- Changes of many objects, executed by a background job, with their progress.
CREATE TABLE bulk_jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    -- Who started it and from where, as in the audit log.
    actor text NOT NULL,
    network text,
    -- The change.
    input jsonb NOT NULL,
    -- The objects in the order of the work.
    targets uuid[] NOT NULL,
    -- The number of objects that are done, successfully or not.
    done integer NOT NULL DEFAULT 0 CONSTRAINT bulk_jobs_done_check CHECK (done >= 0),
    -- The number of objects that could not be changed, and the first errors.
    failed integer NOT NULL DEFAULT 0 CONSTRAINT bulk_jobs_failed_check CHECK (failed >= 0),
    errors jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX bulk_jobs_finished_at_idx ON bulk_jobs (finished_at) WHERE finished_at IS NOT NULL;
ALTER TABLE bulk_jobs ALTER COLUMN input SET STATISTICS 0;
ALTER TABLE bulk_jobs ALTER COLUMN errors SET STATISTICS 0;
