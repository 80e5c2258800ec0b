//! The features that react once per event.

use std::sync::Arc;

use crate::{
    events::consumer::Consumer,
    search::{ProductListConsumer, SalesConsumer},
};

/// All consumers; every worker runs them.
#[must_use]
pub fn all() -> Vec<Arc<dyn Consumer>> {
    vec![Arc::new(SalesConsumer), Arc::new(ProductListConsumer)]
}

/// The consumers whose results lists need; processes that serve requests run them too.
#[must_use]
pub fn of_lists() -> Vec<Arc<dyn Consumer>> {
    vec![Arc::new(ProductListConsumer)]
}
