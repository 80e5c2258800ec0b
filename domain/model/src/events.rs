//! Domain events that other contexts and other processes react to.

use serde::{Deserialize, Serialize};

use crate::ids::{CustomerId, OrderId, PaymentId, ProductId, VariantId};

/// A domain event, written in the same transaction or document as the change that it reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum DomainEvent {
    /// A product was created or changed.
    ProductChanged {
        /// The product.
        id: ProductId,
    },
    /// A product was deleted.
    ProductDeleted {
        /// The product.
        id: ProductId,
    },
    /// A product type, category or collection was created, changed or deleted.
    TaxonomyChanged {
        /// The global id of the object.
        id: String,
    },
    /// Stock of variants changed.
    InventoryChanged {
        /// The products of the variants.
        products: Vec<ProductId>,
        /// The variants whose stock changed.
        variants: Vec<VariantId>,
    },
    /// A channel, location, tax rate, delivery method, promotion or routing rule changed.
    SettingsChanged {
        /// The global id or name of the changed setting.
        id: String,
    },
    /// An order was placed.
    OrderPlaced {
        /// The order.
        id: OrderId,
    },
    /// The status, payment or fulfillment of an order changed.
    OrderUpdated {
        /// The order.
        id: OrderId,
    },
    /// The status of a payment changed.
    PaymentUpdated {
        /// The payment.
        id: PaymentId,
    },
    /// A customer registered.
    CustomerRegistered {
        /// The customer.
        id: CustomerId,
    },
    /// The data of a customer changed.
    CustomerUpdated {
        /// The customer.
        id: CustomerId,
    },
}

impl DomainEvent {
    /// The global id or name of the object that the event belongs to; events of one object are delivered in order.
    #[must_use]
    pub fn aggregate(&self) -> String {
        match self {
            Self::ProductChanged { id } | Self::ProductDeleted { id } => id.to_string(),
            Self::TaxonomyChanged { id } | Self::SettingsChanged { id } => id.clone(),
            Self::InventoryChanged { products, .. } => {
                products.first().map_or_else(|| "inventory".to_owned(), ToString::to_string)
            }
            Self::OrderPlaced { id } | Self::OrderUpdated { id } => id.to_string(),
            Self::PaymentUpdated { id } => id.to_string(),
            Self::CustomerRegistered { id } | Self::CustomerUpdated { id } => id.to_string(),
        }
    }
}
