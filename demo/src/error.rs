//! Errors of seeding.

use services::{ServiceError, identity::IdentityError};

/// The reason why the demo shop was not created.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database holds a shop that is not a demo.
    #[error("this database holds a shop that was not seeded; use another database for the demo")]
    NotADemo,
    /// A table of the demo is wrong: a bug.
    #[error("the demo's data is wrong: {0}")]
    Data(String),
    /// An account cannot be created.
    #[error("an account of the demo cannot be created: {0}")]
    Identity(#[from] IdentityError),
    /// A store failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<model::InvalidSlug> for SeedError {
    fn from(error: model::InvalidSlug) -> Self {
        Self::Data(error.to_string())
    }
}
