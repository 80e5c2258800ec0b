//! Actors and their permissions.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{
    Network, Timestamp,
    ids::{ApiTokenId, CustomerId, StaffUserId},
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
        /// The permissions of their roles.
        permissions: Permissions,
        /// Time when they last proved password and code in this session; None if it is unknown.
        verified_at: Option<Timestamp>,
        /// The network of the request; None if it is unknown.
        network: Option<Network>,
    },
    /// An integration with an API token.
    Token {
        /// The API token.
        id: ApiTokenId,
        /// The effective permissions of the token.
        permissions: Permissions,
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
    /// The use case is only for customers.
    #[error("only a customer may do this")]
    NotACustomer,
    /// The use case is only for staff members, not for API tokens.
    #[error("only a member of staff may do this")]
    NotStaff,
}

impl Actor {
    /// Checks that the actor holds the permission; [`Actor::System`] holds all.
    ///
    /// # Errors
    /// [`AccessError`] if the actor does not hold it.
    pub fn require(&self, permission: Permission) -> Result<(), AccessError> {
        match self {
            Self::System => Ok(()),
            Self::Staff { permissions, .. } | Self::Token { permissions, .. } if permissions.contains(permission) => {
                Ok(())
            }
            Self::Staff { .. } | Self::Token { .. } | Self::Customer(_) => Err(AccessError::Forbidden(permission)),
            Self::Anonymous => Err(AccessError::Unauthenticated),
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

    /// The permissions of a staff member or API token; all for the system, none for others.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::System => Permissions::all(),
            Self::Staff { permissions, .. } | Self::Token { permissions, .. } => *permissions,
            Self::Customer(_) | Self::Anonymous => Permissions::NONE,
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

/// A right of a staff member or an API token. Writing implies reading.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Permission {
    /// Read all products, including unpublished ones, product types and private metafields.
    CatalogRead,
    /// Change products, product types, categories, collections and prices.
    CatalogWrite,
    /// Read stock levels, stock movements and stock locations.
    InventoryRead,
    /// Adjust stock and create stock locations.
    InventoryWrite,
    /// Read all orders and their payments.
    OrdersRead,
    /// Fulfill placed orders.
    OrdersFulfill,
    /// Change and cancel orders, and write notes; refunding a captured payment also needs `PAYMENTS_WRITE`.
    OrdersWrite,
    /// Record that a bank transfer has arrived.
    OrdersMarkPaid,
    /// Read payments, gateways, routing rules and the ledger.
    PaymentsRead,
    /// Capture, void and refund payments; manage routing rules.
    PaymentsWrite,
    /// Read customers and customer groups.
    CustomersRead,
    /// Change customers and customer groups.
    CustomersWrite,
    /// Read promotions and discount codes.
    PromotionsRead,
    /// Change promotions and add discount codes.
    PromotionsWrite,
    /// Change the settings of the shop, channels, taxes, delivery, and accounts for bank transfers.
    SettingsWrite,
    /// Invite and change staff, define roles, create and delete API tokens.
    StaffManage,
    /// Name the address of the shopper for whom a storefront's server sends a request, in the header `Mercator-Client-Ip`.
    ForwardClient,
    /// Read the audit log, which contains the actions and networks of staff and customers.
    AuditRead,
}

impl Permission {
    /// Every permission, in the order of declaration.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The bits of the permission and of the one it implies.
    const fn bits(self) -> u64 {
        let own = 1 << self as u8;
        match self.implied() {
            Some(implied) => own | implied.bits(),
            None => own,
        }
    }

    const fn implied(self) -> Option<Self> {
        match self {
            Self::CatalogWrite => Some(Self::CatalogRead),
            Self::InventoryWrite => Some(Self::InventoryRead),
            Self::OrdersFulfill | Self::OrdersWrite | Self::OrdersMarkPaid => Some(Self::OrdersRead),
            Self::PaymentsWrite => Some(Self::PaymentsRead),
            Self::CustomersWrite => Some(Self::CustomersRead),
            Self::PromotionsWrite => Some(Self::PromotionsRead),
            Self::CatalogRead
            | Self::InventoryRead
            | Self::OrdersRead
            | Self::PaymentsRead
            | Self::CustomersRead
            | Self::PromotionsRead
            | Self::SettingsWrite
            | Self::StaffManage
            | Self::ForwardClient
            | Self::AuditRead => None,
        }
    }
}

/// A set of permissions, closed under what they imply.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Permissions(u64);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);

    /// Every permission.
    #[must_use]
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// True if the set contains the permission.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        let bits = permission.bits();
        self.0 & bits == bits
    }

    /// True if the set contains every permission of `other`.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The permissions of the set, in the order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bits()))
    }
}

impl From<Vec<String>> for Permissions {
    /// Ignores unknown names, so that a permission that was removed grants nothing.
    fn from(names: Vec<String>) -> Self {
        names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect()
    }
}

impl From<Permissions> for Vec<String> {
    fn from(permissions: Permissions) -> Self {
        permissions.iter().map(|permission| permission.to_string()).collect()
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_permissions_imply_only_their_read_permission() {
        let token: Permissions = [Permission::InventoryWrite].into_iter().collect();
        assert!(token.contains(Permission::InventoryRead));
        assert!(!token.contains(Permission::CatalogRead));
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
