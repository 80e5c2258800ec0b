//! What happens: use cases that authorise, open one transaction, load, decide by the model, save and record the fact.

pub mod app;
pub mod background;
pub mod bus;
mod cache;
pub mod cart;
pub mod catalog;
pub mod channels;
pub mod checkout;
pub mod clock;
pub mod consumers;
pub mod error;
pub mod events;
mod idempotency;
pub mod identity;
pub mod import;
pub mod inventory;
pub mod jobs;
pub mod mail;
pub mod media;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod promotions;
pub mod search;
mod secrets;
pub mod settings;
pub mod telemetry;
pub mod webhook_signature;
pub mod worker;

pub use app::{App, AppConfig, DocumentsConfig};
pub use background::Background;
pub use clock::Clock;
pub use error::{ServiceError, ServiceResult};
