//! The operations of the contract, read from the files that the outside checks use.

macro_rules! operation {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/checks/operations/", $path))
    };
}

pub const PRODUCT_PAGE: &str = operation!("storefront/ProductPage.graphql");
pub const LISTING: &str = operation!("storefront/Listing.graphql");
pub const SEARCH: &str = operation!("storefront/Search.graphql");
pub const SUGGEST: &str = operation!("storefront/Suggest.graphql");
pub const NAVIGATION: &str = operation!("storefront/Navigation.graphql");
pub const COLLECTION_PAGE: &str = operation!("storefront/CollectionPage.graphql");
pub const CART_PAGE: &str = operation!("storefront/CartPage.graphql");
pub const PAY: &str = operation!("storefront/Pay.graphql");
pub const COMPLETE: &str = operation!("storefront/Complete.graphql");
pub const ORDER_PAGE: &str = operation!("storefront/OrderPage.graphql");
pub const ME: &str = operation!("storefront/Me.graphql");
