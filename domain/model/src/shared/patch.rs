//! Partial updates of optional values.

use serde::Serialize;

/// A partial update of one optional value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub enum Patch<T> {
    /// The value stays as it is.
    #[default]
    Keep,
    /// The value is removed.
    Clear,
    /// The value is replaced.
    Set(T),
}

impl<T> Patch<T> {
    /// Applies the update to a value.
    pub fn apply(self, to: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *to = None,
            Self::Set(value) => *to = Some(value),
        }
    }

    /// Converts the new value, if there is one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(change(value)),
        }
    }
}
