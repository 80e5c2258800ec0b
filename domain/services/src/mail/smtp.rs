//! Sending mail by SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor, message::Mailbox};

use super::{Mail, MailError, Mailer, message};

/// Sends mail to a mail server by SMTP.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpMailer {
    /// A mailer for a server at `smtps://user:password@host:port` (or `smtp://…?tls=required`). It connects when the first
    /// mail is sent.
    ///
    /// # Errors
    /// [`MailError::Refused`] if the URL is malformed.
    pub fn new(url: &str) -> Result<Self, MailError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        // The URL can contain a password, so the error does not repeat it.
        let builder = builder.map_err(|_| MailError::Refused("the URL of the mail server is malformed".to_owned()))?;
        Ok(Self { transport: builder.timeout(Some(Duration::from_secs(10))).build() })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail, from: &Mailbox) -> Result<(), MailError> {
        let sent = self.transport.send(message(mail, from)?).await;
        sent.map(drop).map_err(|error| {
            let text = error.to_string();
            if error.is_permanent() { MailError::Refused(text) } else { MailError::Unavailable(text) }
        })
    }

    fn describe(&self) -> String {
        "a mail server".to_owned()
    }
}
