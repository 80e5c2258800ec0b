//! Email addresses in a normal form.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An email address in lower case without surrounding spaces, so that one mailbox has one account.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// The text is not a valid email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidEmail;

impl Email {
    /// Maximum length of an address in bytes (RFC 5321).
    pub const MAX_LENGTH: usize = 254;

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of a deleted account; no mail can be sent to the domain (RFC 2606).
    #[must_use]
    pub(super) fn of_deleted(id: Uuid) -> Self {
        Self(format!("{}@deleted.invalid", id.simple()))
    }

    /// True if the address belongs to the demo shop, whose passwords are public.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.0.ends_with("@demo.test")
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    /// Parses a plain ASCII address; internationalized domains must be in their `xn--` form.
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let fits = text.len() <= Self::MAX_LENGTH && local.len() <= 64;
        if fits && is_local_part(local) && is_domain(domain) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(InvalidEmail)
        }
    }
}

/// Accepts dot-separated atoms of RFC 5322, but no quoted local parts.
fn is_local_part(local: &str) -> bool {
    let is_atom_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte))
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;
    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_and_surrounding_spaces_do_not_matter() {
        let email: Email = "  Ada.Lovelace+Shop@Example.ORG ".parse().unwrap();
        assert_eq!(email.as_str(), "ada.lovelace+shop@example.org");
    }

    #[test]
    fn invalid_addresses_are_rejected() {
        let long = format!("{}@example.org", "a".repeat(65));
        let refused =
            ["", "ada", "ada@", "@example.org", "ada@localhost", "a da@example.org", "ada@exa mple.org", "a@b@c.d e"];
        for text in
            refused.into_iter().chain([".ada@example.org", "ada..b@example.org", "a@-b.org", "a\n@b.org", &long])
        {
            assert_eq!(text.parse::<Email>(), Err(InvalidEmail), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parsing_a_parsed_address_changes_nothing(text in "[ A-Za-z0-9.+@-]{0,40}") {
            if let Ok(email) = text.parse::<Email>() {
                prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone()));
            }
        }

        #[test]
        fn no_address_can_break_out_of_a_mail_header(text in "\\PC{0,20}@\\PC{0,20}[\r\n]?") {
            if let Ok(email) = text.parse::<Email>() {
                prop_assert!(email.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
