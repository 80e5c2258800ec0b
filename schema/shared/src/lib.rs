//! Types and functions that both schemas share: scalars, money, ids, connections, errors, request data and loaders.

mod address;
mod channel;
mod codes;
mod connection;
mod customers;
mod errors;
mod fresh;
mod ids;
mod loaders;
mod metafield;
mod money;
mod names;
mod nodes;
mod nullable;
mod orders;
mod payloads;
mod payments;
mod pickup;
mod postal_codes;
mod ready;
mod request;
mod session;
mod sort;
mod tax;

pub use address::{Address, AddressInput};
pub use channel::Channel;
pub use codes::{CountryCode, CurrencyCode};
pub use connection::{Connection, ConnectionArgs, Edge, PageInfo, encode_cursor, page_range, total_count};
pub use customers::{CustomerAddress, CustomerFields};
pub use errors::{BadUserInput, ErrorCode, FromRule, TooComplex, code_of, coded, full_message, to_user_errors};
pub use fresh::Fresh;
pub use ids::{parse_id, to_id};
pub use loaders::{BatchLoader, CurrentLoaders, Fetch, Loaders};
pub use metafield::Metafield;
pub use money::{Decimal, Money, TaxedMoney};
pub use names::{NameTranslation, NameTranslationInput};
pub use nodes::nodes;
pub use nullable::nullable;
pub use orders::{
    FulfillmentFields, FulfillmentLine, OrderDelivery, OrderDiscount, OrderFields, OrderLineAttribute, OrderLineFields,
    PaymentInstructions, Tracking,
};
pub use payloads::{Payload, Warning, WarningCode};
pub use payments::PaymentFields;
pub use pickup::PickupPoint;
pub use postal_codes::{PostalCodeRange, PostalCodeRangeInput};
pub use ready::{ReadyList, ReadyObject};
pub use request::{RequestData, RequestExt};
pub use schema_macros::connection_fields;
pub use session::{LoginSession, Session};
pub use sort::SortDirection;
pub use tax::{TaxLine, order_taxes};
