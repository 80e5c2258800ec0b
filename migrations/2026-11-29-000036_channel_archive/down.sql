ALTER TABLE channels
    DROP COLUMN version,
    DROP COLUMN translations,
    DROP COLUMN archived_at;
