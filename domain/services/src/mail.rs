//! Mail: written as jobs in the transaction of what they tell of, sent by workers.

mod deliver;
mod enqueue;
mod file;
mod links;
mod smtp;
mod templates;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use lettre::{Message, message::header::ContentType};
use model::{Timestamp, customers::Email};

pub(crate) use deliver::deliver;
pub use enqueue::enqueue_email_changed;
pub(crate) use enqueue::{enqueue_email_change_asked, enqueue_token};
pub use file::FileMailer;
pub use links::{InvalidLinks, StorefrontLinks};
pub use smtp::SmtpMailer;

/// A mail, ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Where it goes.
    pub to: Email,
    /// What it is about.
    pub subject: String,
    /// The text.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
    /// Stays the same when the mail is sent again, so that a mailbox may show it once.
    pub key: String,
}

/// A mail did not go.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Trying again later may help.
    #[error("the mail could not be handed over: {0}")]
    Unavailable(String),
    /// It will never go.
    #[error("the mail was refused: {0}")]
    Refused(String),
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over; when this returns, somebody else is responsible for it.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;

    /// Where mail goes, for people; no secret.
    fn describe(&self) -> String;
}

/// How mail leaves and what it says about the shop; read once by the process.
#[derive(Clone)]
pub struct MailConfig {
    /// Address of a mail server, such as `smtps://user:password@mail.example.org`; without one mail goes to files.
    pub smtp_url: Option<String>,
    /// Where the files go.
    pub directory: PathBuf,
    /// The sender, such as `Shop <shop@example.org>`.
    pub from: String,
    /// The name of the shop in texts.
    pub shop_name: String,
    /// The pages that mails link to: `/account/verify`, `/account/reset`, `/staff/reset` and the page of an order.
    /// Without it, mails contain no links.
    pub storefront: Option<StorefrontLinks>,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            smtp_url: None,
            directory: PathBuf::from("var/mail"),
            from: "Mercator <shop@mercator.invalid>".to_owned(),
            shop_name: "Mercator".to_owned(),
            storefront: None,
        }
    }
}

/// Makes the configured mailer.
///
/// # Errors
/// [`MailError::Refused`] when an address in the configuration is none.
pub fn connect(config: &MailConfig) -> Result<Arc<dyn Mailer>, MailError> {
    let from = config.from.parse().map_err(|error| MailError::Refused(format!("sender {}: {error}", config.from)))?;
    Ok(match &config.smtp_url {
        Some(url) => Arc::new(SmtpMailer::new(url, from)?),
        None => Arc::new(FileMailer::new(config.directory.clone(), from)),
    })
}

/// The mail as it goes over the wire.
fn message(mail: &Mail, from: &lettre::message::Mailbox) -> Result<Message, MailError> {
    let refused = |error: &dyn std::fmt::Display| MailError::Refused(error.to_string());
    let to = mail.to.as_str().parse().map_err(|error: lettre::address::AddressError| refused(&error))?;
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&mail.subject)
        .date(mail.at.into())
        .message_id(Some(format!("<{}@{}>", mail.key, from.email.domain())))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(|error| refused(&error))
}
