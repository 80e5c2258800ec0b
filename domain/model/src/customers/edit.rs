//! Changes of a customer by staff.

use super::{Customer, CustomerError, CustomerPatch, Email};
use crate::Timestamp;

/// Maximum number of tags of a customer.
pub const MAX_TAGS: usize = 50;
const MAX_TAG: usize = 100;
const MAX_NOTE: usize = 5_000;

/// A partial update of a customer by staff; None leaves a field unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerEdit {
    /// The fields that the customer can change, too.
    pub profile: CustomerPatch,
    /// E-mail address. It takes effect at once and counts as not verified.
    pub email: Option<Email>,
    /// Note of staff; an empty text removes it.
    pub note: Option<String>,
    /// Tags of staff, which replace the present ones.
    pub tags: Option<Vec<String>>,
}

impl CustomerEdit {
    /// Checks that all fields are short enough and without control characters.
    ///
    /// # Errors
    /// [`CustomerError::InvalidField`] with the GraphQL name of the first invalid field.
    pub fn check(&self) -> Result<(), CustomerError> {
        self.profile.check()?;
        let is_text = |letter: char| !letter.is_control() || letter == '\n' || letter == '\t';
        let is_note = |note: &String| note.chars().count() <= MAX_NOTE && note.chars().all(is_text);
        if !self.note.as_ref().is_none_or(is_note) {
            return Err(CustomerError::InvalidField("note"));
        }
        let is_tag =
            |tag: &String| (1..=MAX_TAG).contains(&tag.trim().chars().count()) && !tag.chars().any(char::is_control);
        let are_tags = |tags: &Vec<String>| tags.len() <= MAX_TAGS && tags.iter().all(is_tag);
        if self.tags.as_ref().is_none_or(are_tags) { Ok(()) } else { Err(CustomerError::InvalidField("tags")) }
    }
}

impl Customer {
    /// Applies an update by staff and returns the former e-mail address if it changed; an invalid update changes nothing.
    ///
    /// # Errors
    /// [`CustomerError`] if a field is not valid or the account was erased.
    pub fn edit(&mut self, edit: CustomerEdit, now: Timestamp) -> Result<Option<Email>, CustomerError> {
        edit.check()?;
        let CustomerEdit { profile, email, note, tags } = edit;
        self.change(profile, now)?;
        if let Some(note) = note {
            self.note = Some(note.trim().to_owned()).filter(|note| !note.is_empty());
        }
        if let Some(tags) = tags {
            self.tags = distinct(tags);
        }
        match email.filter(|email| self.email.as_ref() != Some(email)) {
            Some(email) => {
                self.email_verified_at = None;
                Ok(self.email.replace(email))
            }
            None => Ok(None),
        }
    }
}

/// The trimmed tags without repetitions, in the order of their first use.
fn distinct(tags: Vec<String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = tag.trim();
        if !distinct.iter().any(|known| known == tag) {
            distinct.push(tag.to_owned());
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CustomerId;

    fn customer() -> Customer {
        let mut ada = Customer::new(CustomerId::new(), "ada@example.org".parse().unwrap(), Timestamp::UNIX_EPOCH);
        ada.email_verified_at = Some(Timestamp::UNIX_EPOCH);
        ada
    }

    #[test]
    fn a_new_address_is_not_verified() {
        let mut ada = customer();
        let same = CustomerEdit { email: ada.email.clone(), ..CustomerEdit::default() };
        assert_eq!(ada.edit(same, Timestamp::UNIX_EPOCH), Ok(None));
        assert!(ada.email_verified_at.is_some());
        let new = CustomerEdit { email: "augusta@example.org".parse().ok(), ..CustomerEdit::default() };
        assert_eq!(ada.edit(new, Timestamp::UNIX_EPOCH), Ok("ada@example.org".parse().ok()));
        assert_eq!(ada.email_verified_at, None);
    }

    #[test]
    fn tags_are_trimmed_and_distinct() {
        let mut ada = customer();
        let tags = Some([" vip", "press", "vip "].map(str::to_owned).into());
        ada.edit(CustomerEdit { tags, ..CustomerEdit::default() }, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(ada.tags, ["vip", "press"]);
    }

    #[test]
    fn an_invalid_field_changes_nothing() {
        let first_name = Some("Augusta".to_owned());
        let profile = CustomerPatch { first_name, ..CustomerPatch::default() };
        for (note, tags, field) in [
            (Some("x".repeat(MAX_NOTE + 1)), None, "note"),
            (Some("\u{7}".to_owned()), None, "note"),
            (None, Some(vec![" ".to_owned()]), "tags"),
            (None, Some(vec!["x".repeat(MAX_TAG + 1)]), "tags"),
            (None, Some(vec!["x".to_owned(); MAX_TAGS + 1]), "tags"),
        ] {
            let mut ada = customer();
            let edit = CustomerEdit { profile: profile.clone(), note, tags, email: None };
            assert_eq!(ada.edit(edit, Timestamp::UNIX_EPOCH), Err(CustomerError::InvalidField(field)));
            assert_eq!(ada, customer_like(&ada));
        }
    }

    /// The same customer as [`customer`] with another id.
    fn customer_like(ada: &Customer) -> Customer {
        Customer { id: ada.id, ..customer() }
    }

    #[test]
    fn erasing_removes_what_staff_wrote() {
        let mut ada = customer();
        let edit = CustomerEdit {
            note: Some("calls often".to_owned()),
            tags: Some(vec!["press".to_owned()]),
            ..CustomerEdit::default()
        };
        ada.edit(edit, Timestamp::UNIX_EPOCH).unwrap();
        ada.erase(Timestamp::UNIX_EPOCH);
        assert_eq!((ada.note, ada.tags), (None, Vec::new()));
    }
}
