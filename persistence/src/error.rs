//! Errors of stores.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The error of a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no object with this id or key.
    #[error("not found")]
    NotFound,
    /// A constraint rejected the write; its name identifies the rule.
    #[error("rejected by the constraint {constraint}")]
    Constraint {
        /// The name of the constraint.
        constraint: String,
        /// The kind of constraint.
        kind: ConstraintKind,
    },
    /// The object has changed since it was read.
    #[error("the object was changed by another request; read it again")]
    VersionConflict,
    /// The store is unreachable or overloaded, or timed out. A write may or may not have happened.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// A deadlock or serialization failure; retry the transaction.
    #[error("the transaction conflicted with another one; retry it")]
    Retry,
    /// A stored value cannot be read, or a statement is wrong: a bug.
    #[error("the store failed: {0}")]
    Internal(String),
}

/// The kinds of constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// A unique constraint.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A check constraint.
    Check,
}

/// The result of a store function.
pub type StoreResult<T> = Result<T, StoreError>;

impl StoreError {
    /// True if the constraint of this name rejected the write.
    #[must_use]
    pub fn is_constraint(&self, name: &str) -> bool {
        matches!(self, Self::Constraint { constraint, .. } if constraint == name)
    }

    /// An error for a stored value that is not valid for the model.
    pub fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Internal(format!("invalid stored value: {what}"))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        // Every constraint of the migrations has a name; an unnamed one matches no rule.
        let constraint = |kind, info: &dyn diesel::result::DatabaseErrorInformation| Self::Constraint {
            constraint: info.constraint_name().unwrap_or_default().to_owned(),
            kind,
        };
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(kind, info) => match kind {
                DatabaseErrorKind::UniqueViolation => constraint(ConstraintKind::Unique, info.as_ref()),
                DatabaseErrorKind::ForeignKeyViolation => constraint(ConstraintKind::ForeignKey, info.as_ref()),
                DatabaseErrorKind::CheckViolation => constraint(ConstraintKind::Check, info.as_ref()),
                DatabaseErrorKind::SerializationFailure => Self::Retry,
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                    Self::Unavailable(info.message().to_owned())
                }
                _ => Self::from_message(info.message()),
            },
            DieselError::BrokenTransactionManager => Self::Unavailable("the connection is broken".to_owned()),
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl StoreError {
    /// Classifies errors that diesel has no kind for. diesel-async drops their SQLSTATE code, so the message decides; every
    /// connection requests untranslated messages (see `db.rs`).
    fn from_message(message: &str) -> Self {
        // 57014 and 55P03; 57P01, 57P02 and 25P03; 57P03; 53300.
        const UNAVAILABLE: [&str; 5] = [
            "canceling statement due to",
            "terminating connection",
            "the database system is",
            "too many clients",
            "remaining connection slots",
        ];
        // 40P01.
        if message.contains("deadlock detected") {
            Self::Retry
        } else if UNAVAILABLE.iter().any(|text| message.contains(text)) {
            Self::Unavailable(message.to_owned())
        } else {
            Self::Internal(message.to_owned())
        }
    }
}
