//! Use cases: each authorizes the actor, opens one transaction, loads, lets the model decide, saves and records the event.
//!
//! Shoppers read the catalog through [`Storefront`]. Three kinds of functions take no actor: those that establish one or
//! verify a secret (logins, mailed tokens, webhooks), those that the process runs for itself (jobs, events, imports), and
//! loaders whose keys an authorized use case has returned.

pub mod abuse;
mod app;
pub mod audit;
pub mod back_office;
pub mod background;
pub mod budgets;
pub mod bus;
mod cache;
pub mod cart;
pub mod catalog;
pub mod channels;
pub mod checkout;
pub mod clock;
pub mod consumers;
mod counters;
pub mod error;
pub mod events;
mod idempotency;
pub mod identity;
pub mod import;
pub mod inventory;
pub mod jobs;
pub mod mail;
pub mod media;
pub mod opening;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod privacy;
pub mod promotions;
mod scope;
pub mod search;
mod secrets;
pub mod settings;
pub mod shipping;
pub mod storefront;
pub mod tax;
pub mod telemetry;
pub mod vat_ids;
pub mod webhook_signature;
pub mod worker;

pub use app::{App, AppBuilder, AppConfig, Backlog, BuildError, ConsumerStatus, DocumentsConfig, DocumentsError};
pub use back_office::BackOffice;
pub use background::Background;
pub use clock::Clock;
pub use error::{ServiceError, ServiceResult, UseCaseError};
pub use storefront::Storefront;
