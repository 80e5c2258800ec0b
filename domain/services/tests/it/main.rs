//! Behavior of the use cases on real databases.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]

mod bus;
mod cart;
mod catalog;
mod catalog_bulk;
mod catalog_deletion;
mod channels;
mod checkout;
mod consumers;
mod events;
mod identity;
mod inventory;
mod jobs;
mod orders;
mod product_lists;
mod promotions;
mod search;
mod settings;
