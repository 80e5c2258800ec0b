//! Stores: rows and documents, queries, pools, search index, queue and outbox.
//! Free functions that take the connection first, and model types in and out. The caller opens the transaction.
//!
//! Connection argument: `conn: &mut Conn`. Only writes that a caller sends side by side, without waiting for each answer,
//! take `mut conn: &Conn`, because diesel-async pipelines statements on shared references.

pub mod api_tokens;
pub mod audit;
pub mod bus;
pub mod carts;
pub mod channels;
pub mod consumers;
pub mod customers;
pub mod db;
pub mod documents;
pub mod error;
pub mod idempotency;
pub mod inventory;
pub mod jobs;
pub mod json;
mod keyset;
pub mod ledger;
pub mod locks;
pub mod login_throttle;
pub mod maintenance;
pub mod migrate;
pub mod one_time_tokens;
pub mod orders;
pub mod outbox;
pub mod payments;
mod prefix;
pub mod product_lists;
pub mod promotions;
pub mod sales;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod shipping;
pub mod shop_meta;
pub mod signing_keys;
pub mod staff;
pub mod statements;
pub mod tax;

pub use db::{Conn, Db, DbConfig};
pub use error::{StoreError, StoreResult};
