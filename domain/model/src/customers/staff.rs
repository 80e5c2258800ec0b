//! Staff members, roles and login credentials.

use super::Email;
use crate::{
    Slug, Timestamp,
    access::{Grants, LimitedPermissions, Permission, Permissions},
    ids::{ChannelId, RoleId, StaffUserId},
};

/// Maximum number of channels that a role is limited to.
pub const MAX_ROLE_CHANNELS: usize = 100;

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
    /// Time when the account was deleted and its personal data removed; None if it was not.
    pub deleted_at: Option<Timestamp>,
}

impl StaffUser {
    /// The permissions of all roles together, whatever their channels.
    #[must_use]
    pub fn granted(&self) -> Permissions {
        self.roles.iter().flat_map(|role| role.permissions().iter()).collect()
    }

    /// The permissions of all roles, with their channels.
    #[must_use]
    pub fn grants(&self) -> Grants {
        let mut grants = Grants::default();
        for role in &self.roles {
            match role.channels() {
                None => grants.everywhere = grants.everywhere.union(role.permissions()),
                Some(channels) => grants.limited.add(channels, role.permissions()),
            }
        }
        grants
    }

    /// The permissions of a login in every channel: those of all roles that are not limited to channels, or none while
    /// a required second factor is missing.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        if self.lacks_second_factor() { Permissions::NONE } else { self.grants().everywhere }
    }

    /// The permissions of a login that hold only in channels; none while a required second factor is missing.
    #[must_use]
    pub fn limited_permissions(&self) -> LimitedPermissions {
        if self.lacks_second_factor() { LimitedPermissions::NONE } else { self.grants().limited }
    }

    /// The account after its deletion: without name, roles and second factor, and with an address that receives no mail.
    #[must_use]
    pub fn deleted(self, now: Timestamp) -> Self {
        Self {
            email: Email::of_deleted(self.id.uuid()),
            name: String::new(),
            is_active: false,
            roles: Vec::new(),
            last_login_at: None,
            has_second_factor: false,
            deleted_at: Some(now),
            ..self
        }
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
    channels: Option<Vec<ChannelId>>,
}

impl Role {
    /// Slug of the role that holds every permission, including those of later versions.
    pub const OWNER: &str = "owner";

    /// Restores a role from its stored permissions; it does not require a second factor and is not limited to channels.
    #[must_use]
    pub const fn restore(id: RoleId, slug: Slug, name: String, granted: Permissions) -> Self {
        Self { id, slug, name, requires_second_factor: false, granted, channels: None }
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

    /// The channels to which the role is limited; None for every channel.
    #[must_use]
    pub fn channels(&self) -> Option<&[ChannelId]> {
        self.channels.as_deref().filter(|_| !self.is_owner())
    }

    /// Limits the role to channels; None removes the limit.
    ///
    /// # Errors
    /// [`StaffError::OwnerRole`] for the owner role; [`StaffError::InvalidChannels`] for no or too many channels.
    pub fn limit(&mut self, channels: Option<Vec<ChannelId>>) -> Result<(), StaffError> {
        if channels.is_some() && self.is_owner() {
            return Err(StaffError::OwnerRole);
        }
        if channels.as_ref().is_some_and(|channels| !(1..=MAX_ROLE_CHANNELS).contains(&channels.len())) {
            return Err(StaffError::InvalidChannels);
        }
        self.channels = channels.map(|mut channels| {
            channels.sort_unstable();
            channels.dedup();
            channels
        });
        Ok(())
    }

    /// Checks that every permission of a limited role has an effect.
    ///
    /// # Errors
    /// [`StaffError::NotLimitable`] for a permission that concerns the whole shop.
    pub fn check_limit(&self) -> Result<(), StaffError> {
        let wrong = self.permissions().iter().find(|permission| !permission.can_be_limited());
        match wrong.filter(|_| self.channels().is_some()) {
            Some(permission) => Err(StaffError::NotLimitable(permission)),
            None => Ok(()),
        }
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
    /// A role is limited to no channel or to too many.
    #[error("a role is limited to 1 to {MAX_ROLE_CHANNELS} channels, or not at all")]
    InvalidChannels,
    /// A permission of a limited role concerns the whole shop.
    #[error("{0} concerns the whole shop, so a role with it cannot be limited to channels")]
    NotLimitable(Permission),
    /// Staff hold the role.
    #[error("staff hold this role; assign them another one first")]
    RoleInUse,
    /// An account cannot delete itself.
    #[error("you may not delete your own account")]
    OwnAccount,
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
    fn a_role_can_be_limited_to_channels() {
        let channel = ChannelId::new();
        let mut clerk = role("clerk", &[Permission::OrdersWrite]);
        assert_eq!(clerk.limit(Some(Vec::new())), Err(StaffError::InvalidChannels));
        clerk.limit(Some(vec![channel, channel])).unwrap();
        assert_eq!((clerk.channels(), clerk.check_limit()), (Some([channel].as_slice()), Ok(())));
        clerk.grant([Permission::SettingsWrite].into_iter().collect()).unwrap();
        assert_eq!(clerk.check_limit(), Err(StaffError::NotLimitable(Permission::SettingsWrite)));
        let mut owner = role("owner", &[]);
        assert_eq!(owner.limit(Some(vec![channel])), Err(StaffError::OwnerRole));
        assert_eq!(owner.channels(), None);
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
            deleted_at: None,
        };
        assert_eq!(user.permissions(), Permissions::NONE);
        assert!(user.granted().contains(Permission::OrdersFulfill));
        user.has_second_factor = true;
        assert_eq!(user.permissions(), user.granted());
    }

    #[test]
    fn a_deleted_account_has_a_valid_address_and_no_permissions() {
        let user = StaffUser {
            id: StaffUserId::new(),
            email: "carl@example.org".parse().unwrap(),
            name: "Carl".to_owned(),
            is_active: true,
            roles: vec![role("owner", &[])],
            created_at: Timestamp::UNIX_EPOCH,
            last_login_at: None,
            has_second_factor: true,
            deleted_at: None,
        };
        let gone = user.deleted(Timestamp::UNIX_EPOCH);
        assert_eq!(gone.email.as_str().parse(), Ok(gone.email.clone()));
        assert_eq!((gone.granted(), gone.name.as_str()), (Permissions::NONE, ""));
    }

    #[test]
    fn permissions_beyond_ones_own_cannot_be_granted() {
        let clerk = role("clerk", &[Permission::OrdersFulfill]).permissions();
        assert_eq!(StaffError::check_grant(clerk, [Permission::OrdersRead].into_iter().collect()), Ok(()));
        assert_eq!(StaffError::check_grant(clerk, Permissions::all()), Err(StaffError::MoreThanOwn));
    }
}
