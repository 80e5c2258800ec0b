//! Domain events: facts that other parts and other processes react to.

use serde::{Deserialize, Serialize};

use crate::ids::{CustomerId, OrderId, PaymentId, ProductId, VariantId};

/// A fact, written in the same transaction (or document) as the change it tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum DomainEvent {
    /// A product was created or changed.
    ProductChanged {
        /// Which one.
        id: ProductId,
    },
    /// A product was deleted.
    ProductDeleted {
        /// Which one.
        id: ProductId,
    },
    /// A product type, category or collection was created, changed or deleted.
    TaxonomyChanged {
        /// The global id of the object.
        id: String,
    },
    /// Stock of variants changed.
    InventoryChanged {
        /// The products whose variants moved.
        products: Vec<ProductId>,
        /// The variants.
        variants: Vec<VariantId>,
    },
    /// A channel, location, tax rate, delivery method, promotion or routing rule changed.
    SettingsChanged {
        /// The global id or name of what changed.
        id: String,
    },
    /// An order was placed.
    OrderPlaced {
        /// Which one.
        id: OrderId,
    },
    /// An order's status, payment or fulfilment changed.
    OrderUpdated {
        /// Which one.
        id: OrderId,
    },
    /// A payment changed its status.
    PaymentUpdated {
        /// Which one.
        id: PaymentId,
    },
    /// A customer registered.
    CustomerRegistered {
        /// Who.
        id: CustomerId,
    },
    /// A customer changed something of theirs.
    CustomerUpdated {
        /// Who.
        id: CustomerId,
    },
}

impl DomainEvent {
    /// The object whose events keep their order, as a global id or name.
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
