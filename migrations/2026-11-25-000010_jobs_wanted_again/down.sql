ALTER TABLE jobs DROP COLUMN is_wanted_again;
