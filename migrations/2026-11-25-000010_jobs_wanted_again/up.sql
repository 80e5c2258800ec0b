-- A job of the same key was wanted while this one was running: what it is about has changed since the run began, so
-- that it runs once more.
ALTER TABLE jobs ADD COLUMN is_wanted_again boolean NOT NULL DEFAULT false;
