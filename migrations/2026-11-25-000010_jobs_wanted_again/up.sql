-- A job of the same key was enqueued while this one was running: its data may have changed since the run began, so it
-- runs again.
ALTER TABLE jobs ADD COLUMN is_wanted_again boolean NOT NULL DEFAULT false;
