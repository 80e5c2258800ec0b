-- Keys of the counters that a declined payment is counted for: digests of the cart, the e-mail address and the network.
-- Empty as soon as the payment is decided.
ALTER TABLE payments ADD COLUMN decline_keys text[] NOT NULL DEFAULT '{}';
