//! Rules for passwords.

use std::fmt;

use super::Email;

/// A plain-text password before it is hashed. It is neither logged nor stored.
#[derive(Clone)]
pub struct Password(String);

/// The reason why a new password is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The password has too few characters.
    #[error("a password has at least {} characters", Password::MIN_LENGTH)]
    TooShort,
    /// The password has too many characters; hashing it would waste time.
    #[error("a password has at most {} characters", Password::MAX_LENGTH)]
    TooLong,
    /// The password is among the first that an attacker tries.
    #[error("this password is too easy to guess")]
    TooCommon,
}

impl Password {
    /// Minimum number of characters of a new password.
    pub const MIN_LENGTH: usize = 10;
    /// Maximum number of characters of a password.
    pub const MAX_LENGTH: usize = 128;

    /// Checks a new password for the account of an email address.
    ///
    /// # Errors
    /// [`PasswordError`] if the password is too short, too long or too easy to guess.
    pub fn parse(text: &str, email: &Email) -> Result<Self, PasswordError> {
        match text.chars().count() {
            length if length < Self::MIN_LENGTH => Err(PasswordError::TooShort),
            length if length > Self::MAX_LENGTH => Err(PasswordError::TooLong),
            _ if is_common(text, email) => Err(PasswordError::TooCommon),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// A password entered at login. The rules for new passwords do not apply; None if it is too long for any account.
    #[must_use]
    pub fn attempt(text: &str) -> Option<Self> {
        (text.chars().count() <= Self::MAX_LENGTH).then(|| Self(text.to_owned()))
    }

    /// The plain text, to be hashed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// True for repetitions of one or two characters, keyboard and digit sequences, common words, and the email address.
fn is_common(text: &str, email: &Email) -> bool {
    let lower = text.to_lowercase();
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let word: String = lower.chars().filter(|letter| letter.is_alphabetic()).collect();
    let local = email.as_str().split('@').next().unwrap_or_default();
    letters.len() < 4
        || ROWS.iter().any(|row| row.contains(&lower))
        || (WORDS.contains(&word.as_str()) && lower.chars().count() < word.chars().count() + 6)
        || lower == email.as_str()
        || lower == format!("{local}{local}")
}

const ROWS: &[&str] = &[
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

const WORDS: &[&str] = &[
    "password",
    "passwort",
    "passw",
    "motdepasse",
    "qwerty",
    "qwertz",
    "letmein",
    "welcome",
    "iloveyou",
    "admin",
    "administrator",
    "changeme",
    "football",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "secret",
    "abc",
    "test",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn email() -> Email {
        "grace@example.org".parse().unwrap()
    }

    #[test]
    fn the_length_is_counted_in_characters() {
        assert_eq!(Password::parse("ñandú-ñan", &email()).unwrap_err(), PasswordError::TooShort);
        assert!(Password::parse("ñandú-ñand", &email()).is_ok());
        assert_eq!(Password::parse(&"aé1x".repeat(33), &email()).unwrap_err(), PasswordError::TooLong);
    }

    #[test]
    fn common_passwords_are_rejected() {
        for text in ["aaaaaaaaaaaa", "1234567890", "Password123", "qwertyuiop", "grace@example.org", "gracegrace"] {
            assert_eq!(Password::parse(text, &email()).unwrap_err(), PasswordError::TooCommon, "{text}");
        }
        assert!(Password::parse("mercator-demo", &email()).is_ok());
        assert!(Password::parse("correct horse battery", &email()).is_ok());
    }

    #[test]
    fn debug_output_hides_the_password() {
        let password = Password::parse("correct horse battery", &email()).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }
}
