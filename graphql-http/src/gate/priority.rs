//! The priorities of operations.

use async_graphql::{Name, parser::types::OperationType};

use crate::hook::OperationInfo;

/// The priority of an operation, highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Must succeed whatever else is rejected.
    Critical,
    /// Leads to critical operations.
    High,
    /// Has a small part of the places.
    Medium,
    /// Is rejected first.
    Low,
}

impl Priority {
    /// All priorities, highest first.
    pub(super) const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// A short name for labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// A value for each priority.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByPriority<T> {
    /// The value of [`Priority::Critical`].
    pub critical: T,
    /// The value of [`Priority::High`].
    pub high: T,
    /// The value of [`Priority::Medium`].
    pub medium: T,
    /// The value of [`Priority::Low`].
    pub low: T,
}

impl<T> ByPriority<T> {
    pub(super) const fn get(&self, priority: Priority) -> &T {
        match priority {
            Priority::Critical => &self.critical,
            Priority::High => &self.high,
            Priority::Medium => &self.medium,
            Priority::Low => &self.low,
        }
    }

    pub(super) const fn get_mut(&mut self, priority: Priority) -> &mut T {
        match priority {
            Priority::Critical => &mut self.critical,
            Priority::High => &mut self.high,
            Priority::Medium => &mut self.medium,
            Priority::Low => &mut self.low,
        }
    }
}

/// The priorities of the operations of an endpoint. An operation with several root fields has that of its kind.
#[derive(Debug, Clone, Copy)]
pub struct Priorities {
    /// Root fields of [`Priority::Critical`].
    pub critical: &'static [&'static str],
    /// Root fields of [`Priority::High`].
    pub high: &'static [&'static str],
    /// The priority of other mutations.
    pub mutations: Priority,
    /// The priority of other queries, and of the start of subscriptions.
    pub queries: Priority,
}

impl Priorities {
    /// The priority of an operation.
    pub(crate) fn of(&self, operation: &OperationInfo) -> Priority {
        let field = operation.only_field.as_ref().map(Name::as_str);
        let is_in = |fields: &[&str]| field.is_some_and(|field| fields.contains(&field));
        match operation.kind {
            _ if is_in(self.critical) => Priority::Critical,
            _ if is_in(self.high) => Priority::High,
            OperationType::Mutation => self.mutations,
            _ => self.queries,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_root_field_decides() {
        let shop =
            Priorities { critical: &["pay"], high: &["cart"], mutations: Priority::High, queries: Priority::Low };
        let of = |kind: OperationType, field: Option<&str>| {
            shop.of(&OperationInfo {
                name: None,
                kind,
                only_field: field.map(Name::new),
                cost: 1,
                is_restricted: false,
            })
        };
        assert_eq!(of(OperationType::Mutation, Some("pay")), Priority::Critical);
        assert_eq!(of(OperationType::Mutation, Some("login")), Priority::High);
        assert_eq!(of(OperationType::Mutation, None), Priority::High);
        assert_eq!(of(OperationType::Query, Some("cart")), Priority::High);
        assert_eq!(of(OperationType::Query, Some("products")), Priority::Low);
        assert_eq!(of(OperationType::Query, None), Priority::Low);
    }
}
