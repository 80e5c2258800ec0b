//! The demo shop on a real database.

mod seed;
