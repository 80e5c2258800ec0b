//! Mail: enqueued as jobs in the transaction of their cause, sent by workers.

mod compose;
mod content;
mod deliver;
mod enqueue;
mod file;
mod links;
mod order_content;
mod orders;
mod preview;
mod sample;
mod shop;
mod smtp;
mod sources;
mod template;
mod templates;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use lettre::{
    Message,
    message::{Mailbox, MultiPart, header::ContentType},
};
use model::{Timestamp, customers::Email};

pub(crate) use deliver::deliver;
pub use enqueue::{
    enqueue_email_change_requested, enqueue_email_changed, enqueue_order, enqueue_staff_email_change_requested,
    enqueue_staff_email_changed, enqueue_token, order_job,
};
pub use file::FileMailer;
pub use links::{InvalidLinks, StorefrontLinks};
pub use preview::{MailPreview, check, preview};
pub(crate) use shop::{MailShop, mail_shop};
pub use smtp::SmtpMailer;
pub use sources::FolderError;
pub use template::Template;
pub use templates::{TemplateError, Templates};

pub use crate::jobs::MailKind;

/// A mail to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipient.
    pub to: Email,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same text for mail programs that show HTML.
    pub html: Option<String>,
    /// The date of the mail.
    pub at: Timestamp,
    /// The message id without its domain; the same when the mail is sent again, so that mailboxes can deduplicate it.
    pub key: String,
}

/// The mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The mail server is unavailable; a later retry can succeed.
    #[error("the mail could not be sent: {0}")]
    Unavailable(String),
    /// The mail server rejected the mail permanently.
    #[error("the mail was refused: {0}")]
    Refused(String),
}

/// A way to send mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a mail from a sender; returns when the mail server or the file system has accepted it.
    async fn send(&self, mail: &Mail, from: &Mailbox) -> Result<(), MailError>;

    /// The destination for log lines; contains no secrets.
    fn describe(&self) -> String;
}

/// The configuration of mail. The name of the shop and the sender are settings of the shop.
#[derive(Clone)]
pub struct MailConfig {
    /// The URL of the mail server, such as `smtps://user:password@mail.example.org`; without it, mail is written to files.
    pub smtp_url: Option<String>,
    /// The directory of the files.
    pub directory: PathBuf,
    /// The folder of a merchant's templates, which override those of the binary.
    pub templates: Option<PathBuf>,
    /// The pages that mails link to: `/account/verify`, `/account/reset`, `/staff/reset`, `/staff/verify` and the page of an order.
    /// Without it, mails contain no links.
    pub storefront: Option<StorefrontLinks>,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self { smtp_url: None, directory: PathBuf::from("var/mail"), templates: None, storefront: None }
    }
}

/// Creates the configured mailer.
///
/// # Errors
/// [`MailError::Refused`] if the URL of the mail server is malformed.
pub fn connect(config: &MailConfig) -> Result<Arc<dyn Mailer>, MailError> {
    Ok(match &config.smtp_url {
        Some(url) => Arc::new(SmtpMailer::new(url)?),
        None => Arc::new(FileMailer::new(config.directory.clone())),
    })
}

/// The encoded mail.
fn message(mail: &Mail, from: &Mailbox) -> Result<Message, MailError> {
    let refused = |error: &dyn std::fmt::Display| MailError::Refused(error.to_string());
    let to = mail.to.as_str().parse().map_err(|error: lettre::address::AddressError| refused(&error))?;
    let message = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&mail.subject)
        .date(mail.at.into())
        .message_id(Some(format!("<{}@{}>", mail.key, from.email.domain())));
    let built = match &mail.html {
        Some(html) => message.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone())),
        None => message.header(ContentType::TEXT_PLAIN).body(mail.text.clone()),
    };
    built.map_err(|error| refused(&error))
}
