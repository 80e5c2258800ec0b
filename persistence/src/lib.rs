//! How it is kept: rows and documents, queries, pools, index, queue, outbox.
//! Free functions on a connection; model types in and out; a transaction is opened by the caller, never here.

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
pub mod ledger;
pub mod locks;
pub mod login_throttle;
pub mod migrate;
pub mod one_time_tokens;
pub mod orders;
pub mod outbox;
pub mod payments;
pub mod planner;
pub mod promotions;
pub mod sales;
pub mod search;
pub mod settings;
pub mod shipping;
pub mod shop_meta;
pub mod signing_keys;
mod sql;
pub mod staff;
pub mod statements;
pub mod tax;

pub use db::{Conn, Db, DbConfig};
pub use error::{StoreError, StoreResult};
