//! What both schemas share: scalars, money, ids, connections, errors, request data and loaders.

mod address;
mod channel;
mod codes;
mod connection;
mod errors;
mod fresh;
mod ids;
mod loaders;
mod money;
mod nullable;
mod orders;
mod payments;
mod ready;
mod request;
mod session;

pub use address::{Address, AddressInput};
pub use channel::Channel;
pub use codes::{CountryCode, CurrencyCode};
pub use connection::{Connection, Edge, PageInfo, decode_cursor, encode_cursor, page, wants_total_count};
pub use errors::{BadUserInput, ErrorCode, Warning, WarningCode, code_of, coded};
pub use fresh::Fresh;
pub use ids::{parse_id, to_id};
pub use loaders::{BatchLoader, CurrentLoaders, Fetch, Loaders};
pub use money::{Decimal, Money, TaxedMoney};
pub use nullable::nullable;
pub use orders::{
    FulfillmentStatus, OrderDelivery, OrderDiscount, OrderEventKind, OrderFulfillmentStatus, OrderLineAttribute,
    OrderPaymentStatus, OrderStatus, Tracking,
};
pub use payments::{PaymentFailureCode, PaymentMethod, PaymentStatus};
pub use ready::{ReadyList, ReadyObject};
pub use request::{RequestData, RequestExt};
pub use session::Session;
