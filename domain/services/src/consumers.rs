//! The features that react once per event.

use std::sync::Arc;

use crate::{events::consumer::Consumer, search::SalesConsumer};

/// All consumers; every worker runs them.
#[must_use]
pub fn all() -> Vec<Arc<dyn Consumer>> {
    vec![Arc::new(SalesConsumer)]
}
