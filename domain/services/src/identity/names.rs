//! Display names of roles, groups and staff.

use super::IdentityRule;

/// The trimmed name, of 1 to 100 characters without control characters.
pub(super) fn checked_name(name: &str) -> Result<String, IdentityRule> {
    let name = name.trim();
    let fits = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(IdentityRule::InvalidName) }
}
