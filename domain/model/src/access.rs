//! Who acts, and what they may do.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{ApiTokenId, CustomerId, StaffUserId};

/// Whoever performs a use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody is logged in.
    Anonymous,
    /// A shopper with an account.
    Customer(CustomerId),
    /// A member of staff.
    Staff {
        /// Who it is.
        id: StaffUserId,
        /// What their roles allow.
        permissions: Permissions,
    },
    /// An integration with an API token.
    Token {
        /// Which token it is.
        id: ApiTokenId,
        /// What the token allows.
        permissions: Permissions,
    },
    /// Mercator itself: jobs, webhooks of gateways, the seed.
    System,
}

/// The actor may not do this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Nobody is logged in where somebody must be.
    #[error("log in first")]
    Unauthenticated,
    /// The actor lacks a permission.
    #[error("this needs the permission {0}")]
    Forbidden(Permission),
    /// Only a customer may do this.
    #[error("only a customer may do this")]
    NotACustomer,
    /// Only a member of staff may do this, not an API token.
    #[error("only a member of staff may do this")]
    NotStaff,
}

impl Actor {
    /// Passes when the actor holds the permission; Mercator itself holds all.
    ///
    /// # Errors
    /// [`AccessError`] otherwise.
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

    /// The customer that acts.
    ///
    /// # Errors
    /// [`AccessError`] when it is anybody else.
    pub fn require_customer(&self) -> Result<CustomerId, AccessError> {
        match self {
            Self::Customer(id) => Ok(*id),
            Self::Anonymous => Err(AccessError::Unauthenticated),
            Self::Staff { .. } | Self::Token { .. } | Self::System => Err(AccessError::NotACustomer),
        }
    }

    /// The member of staff who acts.
    ///
    /// # Errors
    /// [`AccessError`] when it is anybody else.
    pub const fn require_staff(&self) -> Result<StaffUserId, AccessError> {
        match self {
            Self::Staff { id, .. } => Ok(*id),
            Self::Anonymous => Err(AccessError::Unauthenticated),
            Self::Customer(_) | Self::Token { .. } | Self::System => Err(AccessError::NotStaff),
        }
    }

    /// Passes for every member of staff and every API token, whatever they may do, and for Mercator itself.
    ///
    /// # Errors
    /// [`AccessError`] when it is anybody else.
    pub const fn require_back_office(&self) -> Result<(), AccessError> {
        match self {
            Self::Staff { .. } | Self::Token { .. } | Self::System => Ok(()),
            Self::Customer(_) => Err(AccessError::NotStaff),
            Self::Anonymous => Err(AccessError::Unauthenticated),
        }
    }

    /// Everything the actor may do as staff or integration; Mercator itself may do all.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::System => Permissions::all(),
            Self::Staff { permissions, .. } | Self::Token { permissions, .. } => *permissions,
            Self::Customer(_) | Self::Anonymous => Permissions::NONE,
        }
    }

    /// The customer that acts, if it is one.
    #[must_use]
    pub const fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::Customer(id) => Some(*id),
            _ => None,
        }
    }
}

impl fmt::Display for Actor {
    /// The form kept in audit records and timelines: `anonymous`, `system`, or a global id.
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

macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident = $bit:literal $text:literal $(implies $implied:ident)*;)*) => {
        /// A right of staff and API tokens.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Permission { $($(#[$meta])* $name),* }

        impl Permission {
            /// Every permission.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable name, as stored and as shown in GraphQL.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text),* } }

            const fn bits(self) -> u64 { match self { $(Self::$name => 1 << $bit $(| Self::$implied.bits())*),* } }
        }
    };
}

permissions! {
    /// Read products that are not published, product types, private metafields.
    CatalogRead = 0 "CATALOG_READ";
    /// Change products, product types, categories, collections and prices.
    CatalogWrite = 1 "CATALOG_WRITE" implies CatalogRead;
    /// Read stock levels and movements.
    InventoryRead = 2 "INVENTORY_READ";
    /// Adjust stock, manage locations.
    InventoryWrite = 3 "INVENTORY_WRITE" implies InventoryRead;
    /// Read every order.
    OrdersRead = 4 "ORDERS_READ";
    /// Fulfil orders.
    OrdersFulfill = 5 "ORDERS_FULFILL" implies OrdersRead;
    /// Cancel and edit orders.
    OrdersWrite = 6 "ORDERS_WRITE" implies OrdersRead;
    /// Read payments, gateways and the ledger.
    PaymentsRead = 7 "PAYMENTS_READ";
    /// Capture, void and refund payments; manage routing.
    PaymentsWrite = 8 "PAYMENTS_WRITE" implies PaymentsRead;
    /// Read customers.
    CustomersRead = 9 "CUSTOMERS_READ";
    /// Change customers and their groups.
    CustomersWrite = 10 "CUSTOMERS_WRITE" implies CustomersRead;
    /// Read promotions and discount codes.
    PromotionsRead = 11 "PROMOTIONS_READ";
    /// Change promotions and discount codes.
    PromotionsWrite = 12 "PROMOTIONS_WRITE" implies PromotionsRead;
    /// Read and change channels, taxes, delivery and other settings of the shop.
    SettingsWrite = 13 "SETTINGS_WRITE";
    /// Invite staff, define roles, create API tokens.
    StaffManage = 14 "STAFF_MANAGE";
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Permission {
    type Err = UnknownPermission;
    fn from_str(name: &str) -> Result<Self, UnknownPermission> {
        Self::ALL.iter().copied().find(|permission| permission.name() == name).ok_or(UnknownPermission)
    }
}

/// No permission has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown permission")]
pub struct UnknownPermission;

/// A set of permissions, closed under what they imply.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Permissions(u64);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);

    /// Every permission, as the owner has.
    #[must_use]
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether the set holds the permission.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        let bits = permission.bits();
        self.0 & bits == bits
    }

    /// Whether every permission of `other` is in this set.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The permissions of the set.
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
    /// Names that no longer exist grant nothing.
    fn from(names: Vec<String>) -> Self {
        names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect()
    }
}

impl From<Permissions> for Vec<String> {
    fn from(permissions: Permissions) -> Self {
        permissions.iter().map(|permission| permission.name().to_owned()).collect()
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
    fn writing_implies_reading_and_nothing_more() {
        let token: Permissions = [Permission::InventoryWrite].into_iter().collect();
        assert!(token.contains(Permission::InventoryRead));
        assert!(!token.contains(Permission::CatalogRead));
    }

    #[test]
    fn customers_and_strangers_hold_no_permission() {
        for permission in Permission::ALL {
            assert_eq!(Actor::Anonymous.require(*permission), Err(AccessError::Unauthenticated));
            let customer = Actor::Customer(CustomerId::new());
            assert_eq!(customer.require(*permission), Err(AccessError::Forbidden(*permission)));
            assert_eq!(Actor::System.require(*permission), Ok(()));
        }
    }
}
