//! Staff members, roles and login credentials.

use super::Email;
use crate::{
    Slug, Timestamp,
    access::Permissions,
    ids::{RoleId, StaffUserId},
};

/// A staff member of the merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffUser {
    /// Global id.
    pub id: StaffUserId,
    /// Email address used to log in.
    pub email: Email,
    /// Name shown to other staff.
    pub name: String,
    /// True if the staff member may log in.
    pub is_active: bool,
    /// Roles whose permissions add up.
    pub roles: Vec<Role>,
    /// Time of the invitation.
    pub created_at: Timestamp,
    /// Time of the last login; None if they never logged in.
    pub last_login_at: Option<Timestamp>,
    /// True if logins need a code of an authenticator or a recovery code.
    pub has_second_factor: bool,
}

impl StaffUser {
    /// The permissions of all roles together.
    #[must_use]
    pub fn granted(&self) -> Permissions {
        self.roles.iter().flat_map(|role| role.permissions().iter()).collect()
    }

    /// The permissions of a login: those of all roles, or none while a required second factor is missing.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        if self.lacks_second_factor() { Permissions::NONE } else { self.granted() }
    }

    /// True if a role requires a second factor and none is enrolled.
    #[must_use]
    pub fn lacks_second_factor(&self) -> bool {
        !self.has_second_factor && self.roles.iter().any(|role| role.requires_second_factor)
    }
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Global id.
    pub id: RoleId,
    /// Unique name in the API, such as `clerk`.
    pub slug: Slug,
    /// Name shown to staff.
    pub name: String,
    /// True if members have no permissions until they have a second factor.
    pub requires_second_factor: bool,
    granted: Permissions,
}

impl Role {
    /// Slug of the role that holds every permission, including those of later versions.
    pub const OWNER: &str = "owner";

    /// Restores a role from its stored permissions; it does not require a second factor.
    #[must_use]
    pub const fn restore(id: RoleId, slug: Slug, name: String, granted: Permissions) -> Self {
        Self { id, slug, name, requires_second_factor: false, granted }
    }

    /// The permissions of the role.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        if self.is_owner() { Permissions::all() } else { self.granted }
    }

    /// Replaces the permissions.
    ///
    /// # Errors
    /// [`StaffError::OwnerRole`] for the owner role.
    pub fn grant(&mut self, permissions: Permissions) -> Result<(), StaffError> {
        if self.is_owner() {
            return Err(StaffError::OwnerRole);
        }
        self.granted = permissions;
        Ok(())
    }

    /// True if the role is the one that holds every permission.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.slug.as_str() == Self::OWNER
    }
}

/// The reason why staff or roles cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// The actor lacks a permission that the change grants or removes.
    #[error("you may not grant or remove permissions that you do not hold")]
    MoreThanOwn,
    /// The change would leave the shop without an active owner.
    #[error("the shop needs at least one active owner")]
    LastOwner,
    /// The permissions of the owner role cannot be changed.
    #[error("the owner role always has every permission")]
    OwnerRole,
}

impl StaffError {
    /// Checks that an actor who holds `own` may grant or remove the permissions `granted`.
    ///
    /// # Errors
    /// [`StaffError::MoreThanOwn`] if the actor lacks one of them.
    pub fn check_grant(own: Permissions, granted: Permissions) -> Result<(), Self> {
        if own.includes(granted) { Ok(()) } else { Err(Self::MoreThanOwn) }
    }
}

/// The credentials that a login is verified against.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials<Id> {
    /// Id of the customer or staff member.
    pub id: Id,
    /// Argon2id hash of the password; None if the account cannot log in.
    pub password_hash: Option<String>,
    /// Current session epoch; sessions of earlier epochs are invalid.
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
    fn the_owner_role_holds_every_permission() {
        assert_eq!(role("owner", &[]).permissions(), Permissions::all());
        assert_eq!(role("clerk", &[]).permissions(), Permissions::NONE);
    }

    #[test]
    fn a_required_second_factor_withholds_permissions_until_it_exists() {
        let mut strict = role("clerk", &[Permission::OrdersFulfill]);
        strict.requires_second_factor = true;
        let mut user = StaffUser {
            id: StaffUserId::new(),
            email: "carl@example.org".parse().unwrap(),
            name: "Carl".to_owned(),
            is_active: true,
            roles: vec![role("reader", &[Permission::CatalogRead]), strict],
            created_at: Timestamp::UNIX_EPOCH,
            last_login_at: None,
            has_second_factor: false,
        };
        assert_eq!(user.permissions(), Permissions::NONE);
        assert!(user.granted().contains(Permission::OrdersFulfill));
        user.has_second_factor = true;
        assert_eq!(user.permissions(), user.granted());
    }

    #[test]
    fn permissions_beyond_ones_own_cannot_be_granted() {
        let clerk = role("clerk", &[Permission::OrdersFulfill]).permissions();
        assert_eq!(StaffError::check_grant(clerk, [Permission::OrdersRead].into_iter().collect()), Ok(()));
        assert_eq!(StaffError::check_grant(clerk, Permissions::all()), Err(StaffError::MoreThanOwn));
    }
}
