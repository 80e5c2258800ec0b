//! Permissions on the wire.

use async_graphql::Enum;

/// A right of staff and API tokens. Writing implies reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::access::Permission")]
pub enum Permission {
    /// Read products that are not published, product types, private metafields.
    CatalogRead,
    /// Change products, product types, categories, collections and prices.
    CatalogWrite,
    /// Read stock levels and movements.
    InventoryRead,
    /// Adjust stock, manage locations.
    InventoryWrite,
    /// Read every order.
    OrdersRead,
    /// Fulfil orders.
    OrdersFulfill,
    /// Cancel and edit orders.
    OrdersWrite,
    /// Read payments, gateways and the ledger.
    PaymentsRead,
    /// Capture, void and refund payments; manage routing.
    PaymentsWrite,
    /// Read customers.
    CustomersRead,
    /// Change customers and their groups.
    CustomersWrite,
    /// Read promotions and discount codes.
    PromotionsRead,
    /// Change promotions and discount codes.
    PromotionsWrite,
    /// Read and change channels, taxes, delivery and other settings of the shop.
    SettingsWrite,
    /// Invite staff, define roles, create API tokens.
    StaffManage,
}

/// The permissions of a set, in the order in which they are defined.
pub(super) fn list(permissions: model::access::Permissions) -> Vec<Permission> {
    permissions.iter().map(Permission::from).collect()
}

/// The set of some permissions.
pub(super) fn set(permissions: &[Permission]) -> model::access::Permissions {
    permissions.iter().map(|permission| model::access::Permission::from(*permission)).collect()
}
