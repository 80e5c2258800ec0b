-- Documents of shops without MongoDB: one row each, with their pending events.
CREATE TABLE documents (
    collection text NOT NULL,
    -- Sorted by bytes, as in MongoDB.
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL CONSTRAINT documents_version_check CHECK (version > 0),
    -- The unique keys that the document holds; each is claimed in document_claims.
    keys text[] NOT NULL,
    body jsonb NOT NULL,
    -- Domain events of changes, oldest first, until they are in the outbox.
    events jsonb NOT NULL DEFAULT '[]',
    -- The id of the oldest pending event; null if there is none.
    pending uuid,
    -- A deleted document stays until its events are in the outbox.
    is_deleted boolean NOT NULL DEFAULT false,
    -- Only sessions expire.
    expires_at timestamptz,
    CONSTRAINT documents_pkey PRIMARY KEY (collection, id)
);
CREATE INDEX documents_pending_idx ON documents (collection, pending) WHERE pending IS NOT NULL;
CREATE INDEX documents_expires_at_idx ON documents (expires_at) WHERE expires_at IS NOT NULL;

-- Unique keys of documents, claimed before the document is written. A claim whose owner does not hold the key can be
-- taken over.
CREATE TABLE document_claims (
    key text NOT NULL,
    collection text NOT NULL,
    owner text NOT NULL,
    CONSTRAINT document_claims_pkey PRIMARY KEY (key)
);
