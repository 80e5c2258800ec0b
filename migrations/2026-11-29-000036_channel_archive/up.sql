ALTER TABLE channels
    ADD COLUMN version integer NOT NULL DEFAULT 1 CONSTRAINT channels_version_check CHECK (version > 0),
    -- Names in other languages: { locale: name }.
    ADD COLUMN translations jsonb NOT NULL DEFAULT '{}',
    -- An archived channel sells nothing; its orders stay readable.
    ADD COLUMN archived_at timestamptz,
    ADD CONSTRAINT channels_archived_at_check CHECK (archived_at IS NULL OR NOT is_default);
ALTER TABLE channels ALTER COLUMN translations SET STATISTICS 0;
