//! The account of a channel for bank transfers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ids::ChannelId;

/// The account of a channel that shoppers transfer money to. It is shown to every buyer, so that nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransferAccount {
    /// The channel.
    pub channel: ChannelId,
    /// The holder of the account.
    pub account_holder: String,
    /// The international account number.
    pub iban: Option<Iban>,
    /// The bank's BIC (SWIFT code).
    pub bic: Option<String>,
    /// The national account number, where no IBAN exists.
    pub account_number: Option<String>,
    /// The national code of the bank, such as a routing number or sort code.
    pub routing_number: Option<String>,
    /// The name of the bank.
    pub bank_name: Option<String>,
    /// A note for shoppers.
    pub note: Option<String>,
    /// Hours before the expiry of an unpaid order at which its buyer is reminded; zero for no reminder.
    pub reminder_hours: i32,
}

/// An international bank account number with a right check sum, without blanks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iban(String);

/// The text is no IBAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IBAN, or its check sum is wrong")]
pub struct InvalidIban;

/// The rule that an account breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransferAccount {
    /// The holder is missing or too long.
    #[error("the account holder has 1 to 200 characters")]
    Holder,
    /// Neither an IBAN nor an account number is given.
    #[error("an account has an IBAN or an account number")]
    NoNumber,
    /// A text is empty or too long; contains its GraphQL name.
    #[error("this text is empty or too long")]
    Text(&'static str),
    /// The reminder is not within the time that an order can wait.
    #[error("a reminder is sent 1 to 719 hours before the expiry, or never (0)")]
    Reminder,
}

impl Iban {
    /// The number without blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Iban {
    type Err = InvalidIban;

    /// Parses a number with or without blanks, in upper or lower case (ISO 13616).
    fn from_str(text: &str) -> Result<Self, InvalidIban> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let is_plain = (15..=34).contains(&plain.len()) && plain.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let (head, tail) = plain.split_at_checked(4).filter(|_| is_plain).ok_or(InvalidIban)?;
        let (country, digits) = head.split_at(2);
        let is_head =
            country.bytes().all(|byte| byte.is_ascii_uppercase()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let rest = tail.chars().chain(head.chars()).filter_map(|c| c.to_digit(36)).fold(0_u32, |rest, digit| {
            let shift = if digit < 10 { 10 } else { 100 };
            (rest * shift + digit) % 97
        });
        if is_head && rest == 1 { Ok(Self(plain)) } else { Err(InvalidIban) }
    }
}

impl TryFrom<String> for Iban {
    type Error = InvalidIban;
    fn try_from(text: String) -> Result<Self, InvalidIban> {
        text.parse()
    }
}

impl From<Iban> for String {
    fn from(iban: Iban) -> Self {
        iban.0
    }
}

impl fmt::Display for Iban {
    /// Writes groups of four, as people read it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, character) in self.0.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{character}")?;
        }
        Ok(())
    }
}

impl TransferAccount {
    /// The reminder of a new account: one day before the expiry.
    pub const REMINDER_HOURS: i32 = 24;

    /// Checks the account.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self) -> Result<(), InvalidTransferAccount> {
        let is_text = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
        if !is_text(&self.account_holder, 200) {
            return Err(InvalidTransferAccount::Holder);
        }
        if self.iban.is_none() && self.account_number.is_none() {
            return Err(InvalidTransferAccount::NoNumber);
        }
        let texts = [
            ("bic", &self.bic, 11),
            ("accountNumber", &self.account_number, 50),
            ("routingNumber", &self.routing_number, 50),
            ("bankName", &self.bank_name, 200),
            ("note", &self.note, 1_000),
        ];
        let bad = texts.iter().find(|(_, text, most)| text.as_ref().is_some_and(|text| !is_text(text, *most)));
        if let Some((name, ..)) = bad {
            return Err(InvalidTransferAccount::Text(name));
        }
        if (0..720).contains(&self.reminder_hours) { Ok(()) } else { Err(InvalidTransferAccount::Reminder) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> TransferAccount {
        TransferAccount {
            channel: ChannelId::new(),
            account_holder: "Shop GmbH".to_owned(),
            iban: Some("DE89 3704 0044 0532 0130 00".parse().unwrap()),
            bic: None,
            account_number: None,
            routing_number: None,
            bank_name: None,
            note: None,
            reminder_hours: TransferAccount::REMINDER_HOURS,
        }
    }

    #[test]
    fn ibans_are_checked_by_their_check_sum() {
        for (text, written) in [
            ("de89370400440532013000", Some("DE89 3704 0044 0532 0130 00")),
            ("GB82 WEST 1234 5698 7654 32", Some("GB82 WEST 1234 5698 7654 32")),
            ("NO9386011117947", Some("NO93 8601 1117 947")),
            ("DE88 3704 0044 0532 0130 00", None),
            ("1289370400440532013000", None),
            ("DE89", None),
            ("DE89-3704-0044-0532-0130-00", None),
            ("\u{e9}\u{e9}89370400440532013000", None),
            ("", None),
        ] {
            let parsed = text.parse::<Iban>().ok().map(|iban| iban.to_string());
            assert_eq!(parsed.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn an_account_has_a_holder_a_number_and_short_texts() {
        assert_eq!(account().check(), Ok(()));
        let national = TransferAccount { iban: None, account_number: Some("12345678".to_owned()), ..account() };
        assert_eq!(national.check(), Ok(()));
        let without = TransferAccount { iban: None, ..account() };
        assert_eq!(without.check(), Err(InvalidTransferAccount::NoNumber));
        let nobody = TransferAccount { account_holder: " ".to_owned(), ..account() };
        assert_eq!(nobody.check(), Err(InvalidTransferAccount::Holder));
        let long = TransferAccount { bank_name: Some("x".repeat(201)), ..account() };
        assert_eq!(long.check(), Err(InvalidTransferAccount::Text("bankName")));
        let late = TransferAccount { reminder_hours: 720, ..account() };
        assert_eq!(late.check(), Err(InvalidTransferAccount::Reminder));
    }
}
