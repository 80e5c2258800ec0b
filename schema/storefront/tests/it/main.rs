//! Behavior of the storefront schema on real databases, without a server.

mod search;
