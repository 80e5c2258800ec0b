//! Composing a mail from its contents.

use model::{Formats, Timestamp, customers::Email};
use uuid::Uuid;

use super::{
    Mail, MailShop, Template, TemplateError,
    content::{Content, ShopContent},
    templates::Language,
};
use crate::{App, jobs::JobError};

/// The shop in mails of a language.
pub(super) fn shop_content(shop: &MailShop, formats: &Formats<'_>) -> ShopContent {
    ShopContent {
        name: shop.shop_name.clone(),
        url: shop.storefront.as_ref().map(|storefront| storefront.base().to_owned()),
        address: shop.address.as_ref().map(|address| formats.address(address)).unwrap_or_default(),
    }
}

/// The recipient and identity of a mail.
pub(super) struct Envelope {
    /// The recipient.
    pub to: Email,
    /// Distinguishes the mail from others; the same when it is sent again.
    pub id: Uuid,
    /// The date.
    pub at: Timestamp,
}

/// Renders a mail.
///
/// # Errors
/// [`TemplateError`] if its template names something that does not exist.
pub(super) fn compose(
    app: &App,
    template: Template,
    language: &Language,
    content: &Content,
    envelope: Envelope,
) -> Result<Mail, TemplateError> {
    let rendered = app.mail_templates.render(template, language, content)?;
    let Envelope { to, id, at } = envelope;
    Ok(Mail {
        to,
        subject: rendered.subject,
        text: rendered.text,
        html: Some(rendered.html),
        at,
        // Sorts by time in the folder of files.
        key: format!("{}-{template}", id.simple()),
    })
}

impl From<TemplateError> for JobError {
    fn from(error: TemplateError) -> Self {
        // Another attempt can succeed once the merchant has corrected the template.
        Self::Retry(error.to_string())
    }
}
