//! What can go wrong in a store, and which constraint said so.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing is there under that id or key.
    #[error("not found")]
    NotFound,
    /// A constraint refused the write; its name says which rule.
    #[error("refused by the constraint {constraint}")]
    Constraint {
        /// The name of the constraint.
        constraint: String,
        /// Which kind of rule it is.
        kind: ConstraintKind,
    },
    /// The object was changed by somebody else in the meantime.
    #[error("the version has moved on")]
    VersionConflict,
    /// The store cannot be reached, is overloaded or took too long. The write may or may not have happened.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// Two transactions waited for each other, or could not be serialised; trying again helps.
    #[error("the transaction has to be tried again")]
    Retry,
    /// What is stored cannot be read, or the statement is wrong: a bug.
    #[error("the store failed: {0}")]
    Internal(String),
}

/// The kinds of constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// A value that must be unique.
    Unique,
    /// A reference to something that is not there.
    ForeignKey,
    /// A check.
    Check,
}

/// The result of a store.
pub type StoreResult<T> = Result<T, StoreError>;

impl StoreError {
    /// Whether the constraint of this name refused the write.
    #[must_use]
    pub fn is_constraint(&self, name: &str) -> bool {
        matches!(self, Self::Constraint { constraint, .. } if constraint == name)
    }

    /// A stored value that cannot be read as the model's type.
    pub fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Internal(format!("stored value cannot be read: {what}"))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
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
            DieselError::BrokenTransactionManager => Self::Unavailable("the connection broke".to_owned()),
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
