//! Confirming the VAT identification numbers of customers.

use model::customers::{CustomerError, CustomerPatch};

use super::IdentityError;
use crate::App;

/// The patch with the time at which the tax authority confirmed its VAT identification number, if it did. Call it before
/// the transaction.
///
/// # Errors
/// [`CustomerError::VatIdNotRegistered`].
pub(super) async fn confirm(app: &App, patch: CustomerPatch) -> Result<CustomerPatch, IdentityError> {
    let Some(number) = &patch.vat_id else { return Ok(patch) };
    let confirmed = app.vat_ids.confirm(number, app.clock.now()).await;
    let vat_id_confirmed_at = confirmed.map_err(|_| CustomerError::VatIdNotRegistered)?;
    Ok(CustomerPatch { vat_id_confirmed_at, ..patch })
}
