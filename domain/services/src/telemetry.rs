//! Counts what a merchant and an operator want to see; the process shows the counts as metrics.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

macro_rules! facts {
    ($($(#[$meta:meta])* $name:ident = $metric:ident $label:literal;)*) => {
        /// Something that is counted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fact { $($(#[$meta])* $name),* }

        impl Fact {
            /// Everything that is counted.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The metric it belongs to, and its label there.
            #[must_use]
            pub const fn metric(self) -> (Metric, &'static str) {
                match self { $(Self::$name => (Metric::$metric, $label)),* }
            }
        }
    };
}

/// The families of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Steps of shoppers towards an order.
    Funnel,
    /// Orders by outcome.
    Orders,
    /// Tries to take money, by outcome.
    Payments,
    /// Answers of caches.
    Cache,
}

facts! {
    /// A cart was opened: the first that is known of a shopper.
    SessionStarted = Funnel "session";
    /// A product's page was read.
    ProductViewed = Funnel "product_view";
    /// A cart got its first line.
    AddedToCart = Funnel "add_to_cart";
    /// A cart learned who buys: an e-mail address or a telephone number.
    CheckoutStarted = Funnel "checkout_started";
    /// A cart learned where it goes.
    AddressGiven = Funnel "address";
    /// A cart learned how it is delivered.
    DeliveryChosen = Funnel "delivery";
    /// A payment of a cart was begun.
    PaymentStarted = Funnel "payment_started";
    /// An order was placed.
    OrderPlaced = Funnel "order_placed";
    /// A cart became an order.
    OrderAccepted = Orders "placed";
    /// A cart was refused for good.
    OrderRefused = Orders "refused";
    /// An order was canceled.
    OrderCanceled = Orders "canceled";
    /// A gateway authorised the money.
    PaymentAuthorized = Payments "authorized";
    /// A gateway declined.
    PaymentDeclined = Payments "declined";
    /// A gateway has not decided, or nobody knows.
    PaymentPending = Payments "pending";
    /// A gateway could not be reached.
    PaymentUnavailable = Payments "unavailable";
    /// Money was taken.
    PaymentCaptured = Payments "captured";
    /// Money was given back.
    PaymentRefunded = Payments "refunded";
    /// An authorisation was given up.
    PaymentVoided = Payments "voided";
    /// A product was in the cache.
    ProductHit = Cache "products_hit";
    /// A product was read from the documents.
    ProductMiss = Cache "products_miss";
    /// Stock was in the cache.
    AvailabilityHit = Cache "availability_hit";
    /// Stock was read from the database.
    AvailabilityMiss = Cache "availability_miss";
}

/// The counts of one process; cheap to clone.
#[derive(Clone)]
pub struct Telemetry(Arc<[AtomicU64]>);

impl Default for Telemetry {
    /// Everything at zero.
    fn default() -> Self {
        Self(Fact::ALL.iter().map(|_| AtomicU64::new(0)).collect())
    }
}

impl Telemetry {
    /// Counts one.
    pub fn count(&self, fact: Fact) {
        self.add(fact, 1);
    }

    /// Counts several.
    pub fn add(&self, fact: Fact, number: usize) {
        if let Some(counter) = self.0.get(fact as usize) {
            counter.fetch_add(u64::try_from(number).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    /// How often it was counted.
    #[must_use]
    pub fn total(&self, fact: Fact) -> u64 {
        self.0.get(fact as usize).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }
}
