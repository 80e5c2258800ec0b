//! The place to which a shopper returns from a gateway.

use model::channels::{Channel, ReturnOrigin};

use super::{
    errors::{PaymentError, PaymentRule},
    request::NewPayment,
};
use crate::{App, identity};

/// Passes if the shopper may return to the requested URL: its origin is listed by the channel or is the storefront's. In a
/// demo, storefronts on the same machine are allowed, too.
pub(super) async fn check(app: &App, new: &NewPayment) -> Result<(), PaymentError> {
    let Some(url) = &new.return_url else { return Ok(()) };
    let origin = ReturnOrigin::of_url(url).map_err(|_| PaymentRule::ReturnUrl)?;
    let settings = app.settings.current(&app.db).await?;
    let is_listed = |channel: &Channel| channel.return_origins.contains(&origin);
    let is_allowed = settings.channel_by_id(new.channel_id).is_some_and(|channel| is_listed(channel))
        || app.mail.storefront.as_ref().is_some_and(|storefront| *storefront.origin() == origin);
    if is_allowed || (origin.is_loopback() && identity::is_demo(app).await?) {
        Ok(())
    } else {
        Err(PaymentRule::ReturnOrigin(origin).into())
    }
}
