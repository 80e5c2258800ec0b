//! Business counters. The process exports them as Prometheus metrics.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

macro_rules! counters {
    ($($(#[$meta:meta])* $name:ident = $metric:ident $label:literal;)*) => {
        /// A value that only grows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Counter { $($(#[$meta])* $name),* }

        impl Counter {
            /// Every counter, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The metric that exports it, and its label value there.
            #[must_use]
            pub const fn metric(self) -> (Metric, &'static str) {
                match self { $(Self::$name => (Metric::$metric, $label)),* }
            }
        }
    };
}

/// A metric that groups counters by label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Steps of the checkout funnel.
    Funnel,
    /// Orders by outcome.
    Orders,
    /// Payment operations by outcome.
    Payments,
    /// Cache hits and misses.
    Cache,
}

counters! {
    /// A cart was created.
    SessionStarted = Funnel "session";
    /// A shopper requested a product by slug or id.
    ProductViewed = Funnel "product_view";
    /// The first line was added to a cart.
    AddedToCart = Funnel "add_to_cart";
    /// The buyer's e-mail address or telephone number was set on a cart.
    CheckoutStarted = Funnel "checkout_started";
    /// A shipping address was set on a cart.
    AddressGiven = Funnel "address";
    /// A delivery option was selected for a cart.
    DeliveryChosen = Funnel "delivery";
    /// A payment was created for a cart.
    PaymentStarted = Funnel "payment_started";
    /// An order was placed.
    OrderPlaced = Funnel "order_placed";
    /// A cart was completed. Counts the same event as `OrderPlaced`, for the metric of orders.
    OrderAccepted = Orders "placed";
    /// A cart was refused at completion.
    OrderRefused = Orders "refused";
    /// An order was canceled.
    OrderCanceled = Orders "canceled";
    /// A gateway authorized a payment.
    PaymentAuthorized = Payments "authorized";
    /// A gateway authorized less than the amount of a payment.
    PaymentPartiallyAuthorized = Payments "partially_authorized";
    /// A gateway declined a payment.
    PaymentDeclined = Payments "declined";
    /// The outcome of a payment is not known yet.
    PaymentPending = Payments "pending";
    /// A gateway was unavailable.
    PaymentUnavailable = Payments "unavailable";
    /// A payment was captured.
    PaymentCaptured = Payments "captured";
    /// A payment was refunded.
    PaymentRefunded = Payments "refunded";
    /// An authorization was voided.
    PaymentVoided = Payments "voided";
    /// A product was found in the cache.
    ProductHit = Cache "products_hit";
    /// A product was read from the document store.
    ProductMiss = Cache "products_miss";
    /// The stock of a product was found in the cache.
    AvailabilityHit = Cache "availability_hit";
    /// The stock of a product was read from the database.
    AvailabilityMiss = Cache "availability_miss";
}

/// The counters of one process; cheap to clone.
#[derive(Clone)]
pub struct Telemetry(Arc<[AtomicU64]>);

impl Default for Telemetry {
    /// Every counter starts at zero.
    fn default() -> Self {
        Self(Counter::ALL.iter().map(|_| AtomicU64::new(0)).collect())
    }
}

impl Telemetry {
    /// Adds one to a counter.
    pub fn count(&self, counter: Counter) {
        self.add(counter, 1);
    }

    /// Adds `number` to a counter.
    pub fn add(&self, counter: Counter, number: usize) {
        if let Some(total) = self.0.get(counter as usize) {
            // A `usize` always fits where this runs; the bound only matters on a target wider than 64 bits.
            total.fetch_add(u64::try_from(number).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    /// The current value of a counter.
    #[must_use]
    pub fn total(&self, counter: Counter) -> u64 {
        self.0.get(counter as usize).map_or(0, |total| total.load(Ordering::Relaxed))
    }
}
