-- Documents for shops without MongoDB: one row each, with the events that wait to be drained inside.
CREATE TABLE documents (
    collection text NOT NULL,
    -- In byte order, as MongoDB scans ids.
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL CONSTRAINT documents_version_check CHECK (version > 0),
    -- The unique keys that the document holds; each is claimed in document_claims.
    keys text[] NOT NULL,
    body jsonb NOT NULL,
    -- Domain events of changes, oldest first, until they are in the outbox.
    events jsonb NOT NULL DEFAULT '[]',
    -- The oldest of those events; null when there is none.
    pending uuid,
    -- A deleted document stays until its events are drained.
    is_deleted boolean NOT NULL DEFAULT false,
    -- Sessions end by themselves.
    expires_at timestamptz,
    CONSTRAINT documents_pkey PRIMARY KEY (collection, id)
);
CREATE INDEX documents_pending_idx ON documents (collection, pending) WHERE pending IS NOT NULL;
CREATE INDEX documents_expires_at_idx ON documents (expires_at) WHERE expires_at IS NOT NULL;

-- Unique keys of documents, claimed before the document is written; a claim whose owner lacks the key is taken over.
CREATE TABLE document_claims (
    key text NOT NULL,
    collection text NOT NULL,
    owner text NOT NULL,
    CONSTRAINT document_claims_pkey PRIMARY KEY (key)
);
