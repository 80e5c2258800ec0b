//! Staff, their roles, and what any login checks.

use super::Email;
use crate::{
    Slug, Timestamp,
    access::Permissions,
    ids::{RoleId, StaffUserId},
};

/// A member of the merchant's staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffUser {
    /// Identifier.
    pub id: StaffUserId,
    /// What they log in with.
    pub email: Email,
    /// What colleagues call them.
    pub name: String,
    /// Whether they may log in.
    pub is_active: bool,
    /// What they may do is the sum of their roles.
    pub roles: Vec<Role>,
    /// When they were invited.
    pub created_at: Timestamp,
    /// When they logged in last.
    pub last_login_at: Option<Timestamp>,
}

impl StaffUser {
    /// Everything their roles allow.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        self.roles.iter().flat_map(|role| role.permissions().iter()).collect()
    }
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Identifier.
    pub id: RoleId,
    /// What systems call it, such as `clerk`.
    pub slug: Slug,
    /// What staff call it.
    pub name: String,
    granted: Permissions,
}

impl Role {
    /// The role that holds every permission, also those of later versions.
    pub const OWNER: &str = "owner";

    /// A role with these permissions.
    #[must_use]
    pub const fn restore(id: RoleId, slug: Slug, name: String, granted: Permissions) -> Self {
        Self { id, slug, name, granted }
    }

    /// What the role allows.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        if self.is_owner() { Permissions::all() } else { self.granted }
    }

    /// Whether it is the role that holds every permission.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.slug.as_str() == Self::OWNER
    }
}

/// The change of staff or roles cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// Nobody hands out more than they hold.
    #[error("you may not give or take permissions that you do not hold")]
    MoreThanOwn,
    /// Somebody must be able to do everything.
    #[error("at least one active owner has to stay")]
    LastOwner,
}

impl StaffError {
    /// Passes when everything that changes hands is held by whoever acts.
    ///
    /// # Errors
    /// [`StaffError::MoreThanOwn`] otherwise.
    pub fn check_grant(own: Permissions, granted: Permissions) -> Result<(), Self> {
        if own.includes(granted) { Ok(()) } else { Err(Self::MoreThanOwn) }
    }
}

/// What a login is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials<Id> {
    /// Whose they are.
    pub id: Id,
    /// Argon2id hash of the password; none for an account that cannot log in.
    pub password_hash: Option<String>,
    /// Sessions that began in an earlier epoch are over.
    pub session_epoch: i32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Permission;

    fn role(slug: &str, permissions: &[Permission]) -> Role {
        let granted = permissions.iter().copied().collect();
        Role::restore(RoleId::new(), slug.parse().unwrap(), slug.to_owned(), granted)
    }

    #[test]
    fn an_owner_may_do_everything_whatever_was_stored() {
        assert_eq!(role("owner", &[]).permissions(), Permissions::all());
        assert_eq!(role("clerk", &[]).permissions(), Permissions::NONE);
    }

    #[test]
    fn nobody_hands_out_more_than_they_hold() {
        let clerk = role("clerk", &[Permission::OrdersFulfill]).permissions();
        assert_eq!(StaffError::check_grant(clerk, [Permission::OrdersRead].into_iter().collect()), Ok(()));
        assert_eq!(StaffError::check_grant(clerk, Permissions::all()), Err(StaffError::MoreThanOwn));
    }
}
