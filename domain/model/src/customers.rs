//! Customers, their addresses and groups; staff and roles; the rules of passwords, sessions, API tokens, one-time
//! tokens, login throttling and signing keys.

mod api_token;
mod checkout_details;
mod customer;
mod digest;
mod edit;
mod email;
mod filter;
mod one_time;
mod password;
mod session;
mod signing;
mod staff;
mod throttle;

pub use api_token::{ApiToken, ApiTokenError, ApiTokenStatus};
pub use checkout_details::CheckoutDetails;
pub use customer::{
    Customer, CustomerAddress, CustomerError, CustomerGroup, CustomerPatch, DefaultAddress, MAX_ADDRESSES,
};
pub use digest::{Digest, InvalidDigest};
pub use edit::{CustomerEdit, MAX_TAGS};
pub use email::{Email, InvalidEmail};
pub use filter::{CustomerCursor, CustomerFilter, CustomerSort, CustomerSortKey};
pub use one_time::{OneTimeToken, Purpose, Registration};
pub use password::{Password, PasswordError};
pub use session::{ListedSession, RefreshDecision, Session, SessionLifetime, Subject};
pub use signing::{KeyPlan, KeySchedule, SigningKey};
pub use staff::{Credentials, MAX_ROLE_CHANNELS, Role, StaffError, StaffUser};
pub use throttle::{Throttle, ThrottlePolicy, Throttled};
