//! Rules for passwords.

use std::{collections::HashSet, fmt};

use zxcvbn::Score;

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
    /// Minimum score of a new password: at least 10^8 guesses.
    const MIN_SCORE: Score = Score::Three;

    /// Checks a new password for the account of an email address. `known` are further words that an attacker knows, such
    /// as the names of the person and of the shop. Estimating the strength can take as long as hashing.
    ///
    /// # Errors
    /// [`PasswordError`] if the password is too short, too long or too easy to guess.
    pub fn parse(text: &str, email: &Email, known: &[&str]) -> Result<Self, PasswordError> {
        match text.chars().count() {
            length if length < Self::MIN_LENGTH => Err(PasswordError::TooShort),
            length if length > Self::MAX_LENGTH => Err(PasswordError::TooLong),
            _ if is_easy(text, email, known) => Err(PasswordError::TooCommon),
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

/// The number of characters whose strength is estimated. The time of an estimate grows faster than the length, and this
/// many characters suffice for the minimum score.
const ESTIMATED: usize = 32;

/// True if zxcvbn estimates too few guesses. It estimates too many for a word with a year or a number, so the word is
/// estimated alone, too.
fn is_easy(text: &str, email: &Email, known: &[&str]) -> bool {
    let address = email.as_str();
    let mut words: Vec<&str> = address.split(|letter: char| !letter.is_alphanumeric()).collect();
    words.extend(known.iter().flat_map(|text| text.split_whitespace()));
    words.extend(COMMON);
    words.push(address);
    let start = simplified(text);
    let word = start.trim_matches(|letter: char| !letter.is_alphabetic());
    let added = start.chars().count() - word.chars().count();
    let is_word_with_number =
        || (1..=MAX_ADDED).contains(&added) && !word.is_empty() && zxcvbn::zxcvbn(word, &words).score() < Score::Two;
    zxcvbn::zxcvbn(&start, &words).score() < Password::MIN_SCORE || is_word_with_number()
}

/// The number of digits and symbols around a common word that do not make it a good password.
const MAX_ADDED: usize = 8;

/// The text with one symbol for those that zxcvbn tries as the same letter, if it has many of them: zxcvbn tries all
/// combinations, which would take seconds.
fn simplified(text: &str) -> String {
    let start = text.chars().take(ESTIMATED);
    let symbols: HashSet<char> = start.clone().filter(|letter| SYMBOLS.contains(*letter)).collect();
    if symbols.len() <= MAX_SYMBOLS {
        return start.collect();
    }
    let simplified = |letter| match letter {
        '{' | '[' | '<' => '(',
        '!' | '|' => '1',
        '@' => '4',
        '$' => '5',
        '+' => '7',
        other => other,
    };
    start.map(simplified).collect()
}

/// Symbols and digits that zxcvbn tries as letters.
const SYMBOLS: &str = "4@8({[<3691!|705$+%2";
/// The number of different ones that it can try in a short time.
const MAX_SYMBOLS: usize = 6;

/// Common words of passwords that are not in the lists of zxcvbn, which are English.
const COMMON: &[&str] = &[
    "passwort",
    "motdepasse",
    "contraseña",
    "qwertz",
    "qwertzuiop",
    "azerty",
    "asdfghjkl",
    "yxcvbnm",
    "administrator",
    "changeme",
    "willkommen",
    "bienvenue",
    "sommer",
    "frühling",
    "1q2w3e4r5t6z7u8i9o0p",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn email() -> Email {
        "grace@example.org".parse().unwrap()
    }

    fn parse(text: &str) -> Result<Password, PasswordError> {
        Password::parse(text, &email(), &["Grace", "Hopper", "Mercator Shop"])
    }

    #[test]
    fn the_length_is_counted_in_characters() {
        assert_eq!(parse("ñandú-ñan").unwrap_err(), PasswordError::TooShort);
        assert!(parse("ñandú-ñand").is_ok());
        assert_eq!(parse(&"aé1x".repeat(33)).unwrap_err(), PasswordError::TooLong);
    }

    #[test]
    fn passwords_that_are_easy_to_guess_are_rejected() {
        for text in [
            "aaaaaaaaaaaa",
            "1234567890",
            "Password123",
            "qwertyuiop",
            "grace@example.org",
            "gracegrace",
            "password123456",
            "letmein123456",
            "qwerty1234567",
            "welcome2026!!",
            "iloveyou123456",
            "mercatormercator",
            "Mercator2026!",
            "P@ssw0rd123456",
            "Sommer2026!!",
            "!!dragon!!1990",
            "passwort123456",
            "qwertzuiop1",
            "abcd1234abcd1234",
            "1990199019901990199019901990199019901990",
            "!@#$%^&*()",
        ] {
            assert_eq!(parse(text).err(), Some(PasswordError::TooCommon), "{text}");
        }
    }

    #[test]
    fn other_passwords_are_accepted() {
        for text in ["correct horse battery", "a wholly new horse", "xK4#9vQ!72mZ", "}{][<>|!()", "vpnzrkwqtb2026"] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn debug_output_hides_the_password() {
        let password = parse("correct horse battery").unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }
}
