-- Domain events, inserted in the transaction of the change and published in the order of `position`.
CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    aggregate text NOT NULL,
    event jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Assigned by the relay under a lock, so that no event appears before a position that was already read.
    position bigint
);
CREATE UNIQUE INDEX outbox_position_key ON outbox (position) WHERE position IS NOT NULL;
CREATE INDEX outbox_unpublished_idx ON outbox (id) WHERE position IS NULL;
CREATE INDEX outbox_created_at_idx ON outbox (created_at);

-- Jobs, executed at least once.
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    queue text NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    -- At most one unfinished job exists per key.
    unique_key text,
    state text NOT NULL DEFAULT 'READY' CONSTRAINT jobs_state_check CHECK (state IN ('READY', 'RUNNING', 'DONE', 'DEAD')),
    attempts integer NOT NULL DEFAULT 0 CONSTRAINT jobs_attempts_check CHECK (attempts >= 0),
    max_attempts integer NOT NULL CONSTRAINT jobs_max_attempts_check CHECK (max_attempts > 0),
    run_at timestamptz NOT NULL,
    -- Another worker can claim a running job after its lease expired.
    leased_until timestamptz,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX jobs_due_idx ON jobs (run_at, id) WHERE state = 'READY';
CREATE INDEX jobs_leased_idx ON jobs (leased_until) WHERE state = 'RUNNING';
CREATE INDEX jobs_dead_idx ON jobs (finished_at, id) WHERE state = 'DEAD';
CREATE INDEX jobs_done_idx ON jobs (finished_at) WHERE state = 'DONE';
CREATE UNIQUE INDEX jobs_unique_key_key ON jobs (unique_key) WHERE unique_key IS NOT NULL AND state IN ('READY', 'RUNNING');

-- Actions of staff and integrations.
CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    object text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_at_idx ON audit_log (at, id);
CREATE INDEX audit_log_object_idx ON audit_log (object, at);

-- Stored answers by idempotency key, so that a repeated request gets the same answer.
CREATE TABLE idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    input_hash bytea NOT NULL,
    -- Null while the first request is in progress.
    answer jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
