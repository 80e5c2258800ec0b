//! Behaviour of the storefront schema on real databases, without a server around it.

mod search;
