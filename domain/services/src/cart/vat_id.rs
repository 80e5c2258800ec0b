//! Confirming the VAT identification numbers of buyers.

use model::{
    Patch,
    cart::{BuyerChange, CartError},
};

use super::{CartChangeError, CartRefused};
use crate::App;

/// The change with the time at which the tax authority confirmed its VAT identification number, if it did. Call it before
/// a connection is taken. `parent` is the path of the buyer in the input.
pub(super) async fn confirm_vat_id(
    app: &App,
    buyer: BuyerChange,
    parent: &[&str],
) -> Result<BuyerChange, CartChangeError> {
    let Patch::Set(number) = &buyer.vat_id else { return Ok(buyer) };
    let refuse = |_| CartRefused::at(CartError::VatIdNotRegistered, &[parent, &["vatId"]].concat());
    let vat_id_confirmed_at = app.vat_ids.confirm(number, app.clock.now()).await.map_err(refuse)?;
    Ok(BuyerChange { vat_id_confirmed_at, ..buyer })
}
