-- $1 jobs, $2 seconds of the lease.
UPDATE jobs SET leased_until = now() + make_interval(secs => $2) WHERE id = ANY ($1) AND state = 'RUNNING'
