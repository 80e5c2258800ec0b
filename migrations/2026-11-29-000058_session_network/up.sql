-- The network of the login: an IPv4 address or an IPv6 /64 prefix; null if it is unknown.
ALTER TABLE account_sessions ADD COLUMN network text;
