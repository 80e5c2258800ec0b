//! Work that is done after a fact, by workers, at least once.

pub mod dispatch;
mod running;
pub mod worker;

pub use dispatch::JobError;
pub use worker::WorkerConfig;

/// The queues that jobs wait in.
pub const QUEUES: [&str; 3] = ["default", "mail", "payments"];
