//! Idempotency keys: a client names a request so that sending it again has no further effect.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An idempotency key: 1 to 255 characters without control characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyKey(String);

/// The text cannot be an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to {max} characters and no control characters", max = IdempotencyKey::MAX)]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// The maximum number of characters.
    pub const MAX: usize = 255;
    /// The minimum number of characters of a key that grants access, such as the key of a guest's new cart.
    pub const SECRET_MIN: usize = 16;

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if the key is long enough to be hard to guess. Required where anonymous callers share a scope.
    #[must_use]
    pub fn may_be_secret(&self) -> bool {
        self.0.chars().count() >= Self::SECRET_MIN
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;
    fn from_str(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = InvalidIdempotencyKey;
    fn try_from(text: String) -> Result<Self, InvalidIdempotencyKey> {
        let has_length = (1..=Self::MAX).contains(&text.chars().count());
        if has_length && !text.chars().any(char::is_control) { Ok(Self(text)) } else { Err(InvalidIdempotencyKey) }
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_255_characters_and_none_that_controls() {
        for good in ["1", "pay gid://mercator/Cart/1", "Schlüssel", &"ß".repeat(255)] {
            assert_eq!(good.parse::<IdempotencyKey>().map(String::from).as_deref(), Ok(good));
        }
        for bad in ["", &"x".repeat(256), "a\0b", "a\nb", "\u{85}"] {
            assert_eq!(bad.parse::<IdempotencyKey>(), Err(InvalidIdempotencyKey), "{bad:?}");
        }
    }

    #[test]
    fn a_key_of_16_characters_may_be_secret() {
        assert!("0123456789abcdef".parse::<IdempotencyKey>().unwrap().may_be_secret());
        assert!(!"0123456789abcde".parse::<IdempotencyKey>().unwrap().may_be_secret());
    }
}
