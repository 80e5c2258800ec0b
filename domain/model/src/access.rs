//! Actors and their permissions.

mod actor;
mod permissions;
mod scope;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

pub use actor::{AccessError, Actor};
pub use permissions::Permissions;
pub use scope::{ChannelScope, Grants, LimitedPermissions};

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
    /// Create, invite and change customers and customer groups.
    CustomersWrite,
    /// Export everything that is stored about a person.
    CustomersExport,
    /// Erase a person.
    CustomersErase,
    /// Read the secret id of a shopper's cart, which opens the cart in the storefront.
    CartsRecover,
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

    /// True if it reads what all channels share. A role that is limited to channels grants it without a limit.
    #[must_use]
    pub const fn reads_shared_objects(self) -> bool {
        matches!(self, Self::CatalogRead | Self::InventoryRead | Self::CustomersRead)
    }

    /// True if it has an effect in a role that is limited to channels: it reads shared objects, or its objects belong to
    /// channels. The others concern the whole shop.
    #[must_use]
    pub const fn can_be_limited(self) -> bool {
        self.reads_shared_objects()
            || matches!(
                self,
                Self::OrdersRead
                    | Self::OrdersFulfill
                    | Self::OrdersWrite
                    | Self::OrdersMarkPaid
                    | Self::PaymentsRead
                    | Self::PaymentsWrite
                    | Self::PromotionsRead
                    | Self::PromotionsWrite
                    | Self::CartsRecover
            )
    }

    const fn implied(self) -> Option<Self> {
        match self {
            Self::CatalogWrite => Some(Self::CatalogRead),
            Self::InventoryWrite => Some(Self::InventoryRead),
            Self::OrdersFulfill | Self::OrdersWrite | Self::OrdersMarkPaid | Self::CartsRecover => {
                Some(Self::OrdersRead)
            }
            Self::PaymentsWrite => Some(Self::PaymentsRead),
            Self::CustomersWrite | Self::CustomersExport | Self::CustomersErase => Some(Self::CustomersRead),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_permissions_imply_only_their_read_permission() {
        let token: Permissions = [Permission::InventoryWrite].into_iter().collect();
        assert!(token.contains(Permission::InventoryRead));
        assert!(!token.contains(Permission::CatalogRead));
    }
}
