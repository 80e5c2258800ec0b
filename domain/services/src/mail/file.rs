//! Writes mail to files, for machines without a mail server.

use std::path::PathBuf;

use async_trait::async_trait;
use lettre::message::Mailbox;
use tokio::fs;

use super::{Mail, MailError, Mailer, message};

/// Writes each mail to a file `<key>.eml`.
pub struct FileMailer {
    directory: PathBuf,
    from: Mailbox,
}

impl FileMailer {
    /// A mailer that writes into a directory, which is made when it is missing.
    #[must_use]
    pub const fn new(directory: PathBuf, from: Mailbox) -> Self {
        Self { directory, from }
    }
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = message(mail, &self.from)?.formatted();
        let unavailable =
            |error: std::io::Error| MailError::Unavailable(format!("{}: {error}", self.directory.display()));
        fs::create_dir_all(&self.directory).await.map_err(unavailable)?;
        // Readers of the directory never see half a mail.
        let unfinished = self.directory.join(format!(".{}.part", mail.key));
        fs::write(&unfinished, message).await.map_err(unavailable)?;
        fs::rename(&unfinished, self.directory.join(format!("{}.eml", mail.key))).await.map_err(unavailable)
    }

    fn describe(&self) -> String {
        format!("files in {}", self.directory.display())
    }
}
