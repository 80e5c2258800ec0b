-- The values that an action changed: a list of { path, from, to }.
ALTER TABLE audit_log ADD COLUMN changes jsonb NOT NULL DEFAULT '[]';
ALTER TABLE audit_log ALTER COLUMN changes SET STATISTICS 0;
