//! Counters of alerts about the reports of a gateway.

use std::sync::atomic::{AtomicU64, Ordering};

use model::payments::ReportAlert;
use strum::VariantArray as _;

/// The number of alerts about a gateway's reports, by reason.
#[derive(Default)]
pub struct AlertCounts([AtomicU64; ReportAlert::VARIANTS.len()]);

impl AlertCounts {
    /// Counts an alert.
    pub fn count(&self, alert: ReportAlert) {
        if let Some(total) = self.0.get(alert as usize) {
            total.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The number of alerts for every reason.
    pub fn totals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        ReportAlert::VARIANTS
            .iter()
            .map(|alert| (*alert).into())
            .zip(&self.0)
            .map(|(reason, total)| (reason, total.load(Ordering::Relaxed)))
    }
}
