DROP TABLE idempotency_keys, audit_log, jobs, outbox;
