//! The shop as mails present it.

use lettre::message::Mailbox;
use model::Address;

use super::StorefrontLinks;
use crate::{App, ServiceResult, error::OrInternal as _};

/// Everything that mails contain about the shop: its settings, and the pages that they link to.
pub(crate) struct MailShop {
    /// The name of the shop.
    pub shop_name: String,
    /// The address of the merchant.
    pub address: Option<Address>,
    /// The sender.
    pub from: Mailbox,
    /// The pages of the storefront; without them, mails contain no links.
    pub storefront: Option<StorefrontLinks>,
}

/// The shop as mails present it now.
pub(crate) async fn mail_shop(app: &App) -> ServiceResult<MailShop> {
    let settings = app.settings().await?;
    let (name, address) = settings.shop.sender();
    let address = address.parse().or_internal("read the sender of mails")?;
    Ok(MailShop {
        shop_name: settings.shop.name.clone(),
        address: settings.shop.address.clone(),
        from: Mailbox::new(Some(name.to_owned()), address),
        storefront: app.mail.storefront.clone(),
    })
}
