//! Shared test support: a database per test, fixtures, clients, fakes for third parties.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and control clock and environment themselves"
)]

pub mod cart_fixtures;
pub mod channels;
pub mod client;
pub mod clock;
pub mod database;
pub mod mails;
pub mod plans;
pub mod product_fixtures;
pub mod server_process;
pub mod shop;
pub mod stock;
pub mod wait;

pub use client::{Answer, Events, GraphqlClient};
pub use clock::TestClock;
pub use database::TestDatabase;
pub use mails::Mails;
pub use plans::assert_no_sequential_scan;
pub use server_process::{ServerProcess, free_port};
pub use shop::TestShop;
pub use wait::eventually;
