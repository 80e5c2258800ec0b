//! Sums of digits.

use std::ops::Deref;

/// The digits of a number.
pub(super) struct Digits(Vec<u64>);

impl Digits {
    /// The digits of a text with exactly this number of digits and nothing else.
    pub fn parse(text: &str, count: usize) -> Option<Self> {
        let digits: Option<Vec<u64>> = text.chars().map(|letter| letter.to_digit(10).map(u64::from)).collect();
        digits.filter(|digits| digits.len() == count).map(Self)
    }
}

impl Deref for Digits {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        &self.0
    }
}

/// The value of a text with exactly this number of digits and nothing else.
pub(super) fn number(text: &str, count: usize) -> Option<u64> {
    Digits::parse(text, count).map(|digits| digits.iter().fold(0, |value, digit| 10 * value + digit))
}

/// True if the text has this number of digits and the last one is the check digit of the others.
pub(super) fn check_digit(text: &str, count: usize, expected: impl Fn(&[u64]) -> Option<u64>) -> bool {
    let digits = Digits::parse(text, count);
    let split = digits.as_deref().and_then(<[u64]>::split_last);
    split.is_some_and(|(check, others)| expected(others) == Some(*check))
}

/// The sum of the digits, each times its weight.
pub(super) fn sum(digits: &[u64], weights: &[u64]) -> u64 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The sum of the digit sums of the products of digits and weights.
pub(super) fn crossed(digits: &[u64], weights: &[u64]) -> u64 {
    let products = digits.iter().zip(weights).map(|(digit, weight)| digit * weight);
    products.map(|product| product / 10 + product % 10).sum()
}

/// The check digit by ISO 7064, modulo 11 and 10.
pub(super) fn iso_7064(digits: &[u64]) -> u64 {
    let product = digits.iter().fold(10, |product, digit| match (digit + product) % 10 {
        0 => 10 * 2 % 11,
        sum => sum * 2 % 11,
    });
    (11 - product) % 10
}
