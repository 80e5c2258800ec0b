//! Carts. Every change reads one row, decides by the model and writes that row under its version.

mod account;
mod change;
mod codes;
mod create;
mod details;
mod error;
mod find;
mod lines;
mod merge;
mod records;
mod vat_id;

pub use change::CartTarget;
pub use codes::update_discount_codes;
pub use create::{CreateCart, create_cart};
pub use details::{select_delivery, update_addresses, update_buyer, update_note};
pub use error::{CartChangeError, CartRefused};
pub use find::{carts_by_ids, find_cart};
pub use lines::{LineInput, add_lines, remove_lines, update_lines};
pub use merge::{MergeCarts, merge_carts};
pub use records::{CartFilter, count_records, list_records, list_records_of, may_recover, records_by_ids};
