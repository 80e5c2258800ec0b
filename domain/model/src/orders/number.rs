//! The number of an order.

use std::fmt;

use serde::{Serialize, Serializer};

/// The number of an order, unique in the shop. The database assigns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNumber {
    value: i64,
    text: String,
}

impl OrderNumber {
    /// The number of an order that is not inserted yet.
    #[must_use]
    pub const fn unassigned() -> Self {
        Self { value: 0, text: String::new() }
    }

    /// Restores a stored number; without a text, the text is the number alone.
    #[must_use]
    pub fn restore(value: i64, text: Option<String>) -> Self {
        Self { value, text: text.unwrap_or_else(|| value.to_string()) }
    }

    /// The number that counts up.
    #[must_use]
    pub const fn value(&self) -> i64 {
        self.value
    }

    /// The text for people, in the format of the time of the order.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for OrderNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
