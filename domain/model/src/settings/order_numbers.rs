//! The format of order numbers.

use serde::{Deserialize, Serialize};

/// The largest number of characters of a prefix or suffix.
const MAX_CHARS: usize = 12;

/// The format of the numbers of new orders. Orders keep the text that they got.
///
/// The prefix does not end with a digit and the suffix contains none, so that the last digits of a text are the number
/// that counts up. Numbers are unique, so texts of different formats are unique too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderNumberFormat {
    /// The text before the digits.
    pub prefix: String,
    /// The text after the digits.
    pub suffix: String,
    /// The number of digits that shorter numbers are filled up to with zeros.
    pub digits: i32,
}

impl Default for OrderNumberFormat {
    /// The digits alone.
    fn default() -> Self {
        Self { prefix: String::new(), suffix: String::new(), digits: 1 }
    }
}

impl OrderNumberFormat {
    /// The text of a number. The database writes the same text when it assigns a number.
    #[must_use]
    pub fn write(&self, number: i64) -> String {
        let width = usize::try_from(self.digits).unwrap_or_default();
        format!("{}{number:0width$}{}", self.prefix, self.suffix)
    }

    pub(super) fn has_valid_prefix(&self) -> bool {
        let is_allowed = |letter: char| is_mark(letter) || letter.is_ascii_digit();
        fits(&self.prefix, is_allowed) && !self.prefix.ends_with(|last: char| last.is_ascii_digit())
    }

    pub(super) fn has_valid_suffix(&self) -> bool {
        fits(&self.suffix, is_mark)
    }

    pub(super) fn has_valid_digits(&self) -> bool {
        (1..=12).contains(&self.digits)
    }
}

fn fits(text: &str, is_allowed: impl Fn(char) -> bool) -> bool {
    text.len() <= MAX_CHARS && text.chars().all(is_allowed)
}

const fn is_mark(letter: char) -> bool {
    letter.is_ascii_alphabetic() || matches!(letter, '-' | '/' | '.' | '#')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn format(prefix: &str, suffix: &str, digits: i32) -> OrderNumberFormat {
        OrderNumberFormat { prefix: prefix.to_owned(), suffix: suffix.to_owned(), digits }
    }

    fn is_valid(format: &OrderNumberFormat) -> bool {
        format.has_valid_prefix() && format.has_valid_suffix() && format.has_valid_digits()
    }

    #[test]
    fn numbers_are_filled_up_and_never_cut() {
        assert_eq!(OrderNumberFormat::default().write(1001), "1001");
        assert_eq!(format("DE-2026-", "/A", 6).write(1001), "DE-2026-001001/A");
        assert_eq!(format("#", "", 3).write(123_456), "#123456");
    }

    #[test]
    fn digits_next_to_the_number_are_refused() {
        for (prefix, suffix, digits, expected) in [
            ("", "", 1, true),
            ("2026-", "-B", 12, true),
            ("2026", "", 4, false),
            ("", "-1", 4, false),
            ("DE ", "", 4, false),
            ("", "", 0, false),
            ("", "", 13, false),
            ("abcdefghijklm", "", 4, false),
        ] {
            assert_eq!(is_valid(&format(prefix, suffix, digits)), expected, "{prefix} {suffix} {digits}");
        }
    }

    proptest! {
        #[test]
        fn different_numbers_have_different_texts_in_all_formats(
            formats in prop::collection::vec(("[A-Z0-9]{0,3}[-/.#]?", "[-/.#]?[A-Z]{0,3}", 1..=12_i32), 2),
            numbers in prop::collection::vec(1_i64..100_000, 2),
        ) {
            let formats: Vec<_> = formats.iter().map(|(prefix, suffix, digits)| format(prefix, suffix, *digits)).collect();
            prop_assume!(formats.iter().all(is_valid) && numbers[0] != numbers[1]);
            prop_assert_ne!(formats[0].write(numbers[0]), formats[1].write(numbers[1]));
        }
    }
}
