-- The network that a request came from, for security events; null for work of the system and for older entries.
ALTER TABLE audit_log ADD COLUMN network text;

-- The audit log is read newest first, filtered by actor, action or object.
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor, id);
CREATE INDEX audit_log_action_id_idx ON audit_log (action, id);
CREATE INDEX audit_log_object_id_idx ON audit_log (object, id);
