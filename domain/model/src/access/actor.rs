//! The caller of a use case.

use std::fmt;

use super::{ChannelScope, LimitedPermissions, Permission, Permissions};
use crate::{
    Network, Timestamp,
    ids::{ApiTokenId, ChannelId, CustomerId, StaffUserId},
};

/// The caller of a use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A caller who is not logged in.
    Anonymous,
    /// A customer who is logged in.
    Customer(CustomerId),
    /// A staff member who is logged in.
    Staff {
        /// The staff member.
        id: StaffUserId,
        /// The permissions of their roles that are not limited to channels.
        permissions: Permissions,
        /// The permissions of their roles that are limited to channels.
        limited: LimitedPermissions,
        /// Time when they last proved password and code in this session; None if it is unknown.
        verified_at: Option<Timestamp>,
        /// The network of the request; None if it is unknown.
        network: Option<Network>,
    },
    /// An integration with an API token.
    Token {
        /// The API token.
        id: ApiTokenId,
        /// The effective permissions of the token that are not limited to channels.
        permissions: Permissions,
        /// The effective permissions that its creator holds only in channels.
        limited: LimitedPermissions,
        /// The network of the request; None if it is unknown.
        network: Option<Network>,
    },
    /// Mercator itself: jobs, gateway webhooks and seeding.
    System,
}

/// The actor is not authorized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The use case requires a login.
    #[error("log in first")]
    Unauthenticated,
    /// The actor lacks a permission.
    #[error("this needs the permission {0}")]
    Forbidden(Permission),
    /// The actor holds the permission only in some channels.
    #[error("this needs the permission {0} in every channel, not only in some")]
    Limited(Permission),
    /// The use case is only for customers.
    #[error("only a customer may do this")]
    NotACustomer,
    /// The use case is only for staff members, not for API tokens.
    #[error("only a member of staff may do this")]
    NotStaff,
}

impl Actor {
    /// Checks that the actor holds the permission in every channel; [`Actor::System`] holds all. For objects that belong
    /// to no channel. What all channels share can also be read with a permission that is limited to channels.
    ///
    /// # Errors
    /// [`AccessError`] if the actor does not hold it.
    pub fn require(&self, permission: Permission) -> Result<(), AccessError> {
        match self.channels_with(permission)? {
            ChannelScope::Only(_) if !permission.reads_shared_objects() => Err(AccessError::Limited(permission)),
            ChannelScope::All | ChannelScope::Only(_) => Ok(()),
        }
    }

    /// Checks that the actor holds the permission in a channel.
    ///
    /// # Errors
    /// [`AccessError`] if the actor does not hold it there.
    pub fn require_in(&self, permission: Permission, channel: ChannelId) -> Result<(), AccessError> {
        let scope = self.channels_with(permission)?;
        if scope.contains(channel) { Ok(()) } else { Err(AccessError::Limited(permission)) }
    }

    /// The channels in which the actor holds the permission, for lists and for objects that belong to a channel. An
    /// object outside is treated as absent.
    ///
    /// # Errors
    /// [`AccessError`] if the actor holds it in no channel.
    pub fn channels_with(&self, permission: Permission) -> Result<ChannelScope, AccessError> {
        let (permissions, limited) = match self {
            Self::System => return Ok(ChannelScope::All),
            Self::Staff { permissions, limited, .. } | Self::Token { permissions, limited, .. } => {
                (permissions, limited)
            }
            Self::Customer(_) => return Err(AccessError::Forbidden(permission)),
            Self::Anonymous => return Err(AccessError::Unauthenticated),
        };
        if permissions.contains(permission) {
            return Ok(ChannelScope::All);
        }
        match limited.channels_with(permission) {
            channels if channels.is_empty() => Err(AccessError::Forbidden(permission)),
            channels => Ok(ChannelScope::Only(channels)),
        }
    }

    /// The channels that the actor may know: all, or those of the limits if every role is limited.
    #[must_use]
    pub fn known_channels(&self) -> ChannelScope {
        match self {
            Self::Staff { permissions, limited, .. } | Self::Token { permissions, limited, .. }
                if *permissions == Permissions::NONE && !limited.channels().is_empty() =>
            {
                ChannelScope::Only(limited.channels())
            }
            _ => ChannelScope::All,
        }
    }

    /// The acting customer.
    ///
    /// # Errors
    /// [`AccessError`] if the actor is not a customer.
    pub fn require_customer(&self) -> Result<CustomerId, AccessError> {
        match self {
            Self::Customer(id) => Ok(*id),
            Self::Anonymous => Err(AccessError::Unauthenticated),
            Self::Staff { .. } | Self::Token { .. } | Self::System => Err(AccessError::NotACustomer),
        }
    }

    /// The acting staff member.
    ///
    /// # Errors
    /// [`AccessError`] if the actor is not a staff member.
    pub const fn require_staff(&self) -> Result<StaffUserId, AccessError> {
        match self {
            Self::Staff { id, .. } => Ok(*id),
            Self::Anonymous => Err(AccessError::Unauthenticated),
            Self::Customer(_) | Self::Token { .. } | Self::System => Err(AccessError::NotStaff),
        }
    }

    /// Checks that the actor is a staff member, an API token or the system, with any permissions.
    ///
    /// # Errors
    /// [`AccessError`] if the actor is anonymous or a customer.
    pub const fn require_back_office(&self) -> Result<(), AccessError> {
        match self {
            Self::Staff { .. } | Self::Token { .. } | Self::System => Ok(()),
            Self::Customer(_) => Err(AccessError::NotStaff),
            Self::Anonymous => Err(AccessError::Unauthenticated),
        }
    }

    /// False for a staff member who last proved their identity before `since`. Others cannot prove it again.
    #[must_use]
    pub fn is_verified_since(&self, since: Timestamp) -> bool {
        match self {
            Self::Staff { verified_at, .. } => verified_at.is_some_and(|at| at >= since),
            Self::Anonymous | Self::Customer(_) | Self::Token { .. } | Self::System => true,
        }
    }

    /// The permissions that a staff member or API token holds in every channel; all for the system, none for others.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::System => Permissions::all(),
            Self::Staff { permissions, .. } | Self::Token { permissions, .. } => *permissions,
            Self::Customer(_) | Self::Anonymous => Permissions::NONE,
        }
    }

    /// The permissions that a staff member or API token holds in a channel, or in any channel without one.
    #[must_use]
    pub fn permissions_in(&self, channel: Option<ChannelId>) -> Permissions {
        match self {
            Self::Staff { permissions, limited, .. } | Self::Token { permissions, limited, .. } => {
                permissions.union(channel.map_or_else(|| limited.anywhere(), |channel| limited.of(channel)))
            }
            Self::System | Self::Customer(_) | Self::Anonymous => self.permissions(),
        }
    }

    /// The network of a request of staff or an integration; None for others and if it is unknown.
    #[must_use]
    pub const fn network(&self) -> Option<Network> {
        match self {
            Self::Staff { network, .. } | Self::Token { network, .. } => *network,
            Self::Anonymous | Self::Customer(_) | Self::System => None,
        }
    }

    /// The same actor, acting from a network.
    #[must_use]
    pub const fn from_network(mut self, from: Option<Network>) -> Self {
        if let Self::Staff { network, .. } | Self::Token { network, .. } = &mut self {
            *network = from;
        }
        self
    }

    /// The acting customer; None for any other actor.
    #[must_use]
    pub const fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::Customer(id) => Some(*id),
            _ => None,
        }
    }
}

impl fmt::Display for Actor {
    /// Writes the form that audit records and timelines store: `anonymous`, `system`, or a global id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Customer(id) => id.fmt(f),
            Self::Staff { id, .. } => id.fmt(f),
            Self::Token { id, .. } => id.fmt(f),
            Self::System => f.write_str("system"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Grants;

    fn limited(channels: &[ChannelId], permissions: &[Permission]) -> Actor {
        let mut limited = LimitedPermissions::NONE;
        limited.add(channels, permissions.iter().copied().collect());
        let permissions = Permissions::NONE;
        Actor::Staff { id: StaffUserId::new(), permissions, limited, verified_at: None, network: None }
    }

    #[test]
    fn a_limited_permission_holds_only_in_its_channels() {
        let (eu, us) = (ChannelId::new(), ChannelId::new());
        let clerk = limited(&[eu], &[Permission::OrdersWrite, Permission::CustomersRead]);
        assert_eq!(clerk.require_in(Permission::OrdersRead, eu), Ok(()));
        let refused = Err(AccessError::Limited(Permission::OrdersRead));
        assert_eq!(clerk.require_in(Permission::OrdersRead, us), refused);
        assert_eq!(clerk.require(Permission::OrdersRead), refused);
        assert_eq!(clerk.channels_with(Permission::OrdersRead), Ok(ChannelScope::Only(vec![eu])));
        let absent = Permission::PaymentsRead;
        assert_eq!(clerk.require_in(absent, eu), Err(AccessError::Forbidden(absent)));
        assert_eq!(clerk.require(Permission::CustomersRead), Ok(()));
        assert_eq!(clerk.known_channels(), ChannelScope::Only(vec![eu]));
    }

    #[test]
    fn the_limits_of_several_roles_do_not_mix() {
        let (eu, us) = (ChannelId::new(), ChannelId::new());
        let mut limited = LimitedPermissions::NONE;
        limited.add(&[eu], [Permission::OrdersWrite].into_iter().collect());
        limited.add(&[eu, us], [Permission::PromotionsRead].into_iter().collect());
        assert_eq!(limited.channels_with(Permission::OrdersRead), vec![eu]);
        let mut both = vec![eu, us];
        both.sort_unstable();
        assert_eq!(limited.channels_with(Permission::PromotionsRead), both);
        let grants = Grants { everywhere: Permissions::NONE, limited };
        let restricted = grants.restricted_to([Permission::OrdersRead].into_iter().collect());
        assert_eq!(restricted.limited.of(us), Permissions::NONE);
        assert!(!restricted.anywhere().contains(Permission::OrdersWrite));
    }

    #[test]
    fn objects_of_every_channel_need_an_unlimited_permission() {
        let (eu, us) = (ChannelId::new(), ChannelId::new());
        let scope = ChannelScope::Only(vec![eu]);
        assert!(scope.contains_all(&[eu]) && !scope.contains_all(&[eu, us]) && !scope.contains_all(&[]));
        assert!(scope.contains_any(&[eu, us]) && scope.contains_any(&[]) && !scope.contains_any(&[us]));
        assert_eq!(scope.narrowed_to(Some(&[us])), Some(Vec::new()));
        assert_eq!(ChannelScope::All.narrowed_to(Some(&[us])), Some(vec![us]));
        assert!(ChannelScope::All.contains_all(&[]));
    }

    #[test]
    fn customers_and_anonymous_callers_hold_no_permission() {
        for permission in Permission::ALL {
            assert_eq!(Actor::Anonymous.require(*permission), Err(AccessError::Unauthenticated));
            let customer = Actor::Customer(CustomerId::new());
            assert_eq!(customer.require(*permission), Err(AccessError::Forbidden(*permission)));
            assert_eq!(Actor::System.require(*permission), Ok(()));
        }
    }
}
