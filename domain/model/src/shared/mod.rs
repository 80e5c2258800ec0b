//! Types that every context uses: identifiers, money, addresses, locales, pages.

pub mod address;
pub mod basis_points;
pub mod country;
pub mod currency;
pub mod formats;
pub mod id;
pub mod idempotency_key;
pub mod locale;
pub mod money;
pub mod names;
pub mod network;
pub mod page;
pub mod patch;
pub mod postal_code;
pub mod quantity;
pub mod region;
pub mod slug;
mod vat_checksum;
pub mod vat_id;
pub mod web_url;
