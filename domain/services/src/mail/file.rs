//! Writing mail to files, for machines without a mail server.

use std::path::PathBuf;

use async_trait::async_trait;
use lettre::message::Mailbox;
use tokio::{fs, io::AsyncWriteExt as _};

use super::{Mail, MailError, Mailer, message};

/// Writes each mail to a file `<key>.eml`.
pub struct FileMailer {
    directory: PathBuf,
}

impl FileMailer {
    /// A mailer that writes to a directory, which is created if it does not exist.
    #[must_use]
    pub const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }
}

/// Only the owner may read the directory and its files, because mails contain secrets.
fn private_directory() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder
}

fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    options
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, mail: &Mail, from: &Mailbox) -> Result<(), MailError> {
        let message = message(mail, from)?.formatted();
        let unavailable =
            |error: std::io::Error| MailError::Unavailable(format!("{}: {error}", self.directory.display()));
        private_directory().create(&self.directory).await.map_err(unavailable)?;
        // The rename makes the complete file visible at once.
        let unfinished = self.directory.join(format!(".{}.part", mail.key));
        let mut file = private_file().open(&unfinished).await.map_err(unavailable)?;
        file.write_all(&message).await.map_err(unavailable)?;
        file.flush().await.map_err(unavailable)?;
        fs::rename(&unfinished, self.directory.join(format!("{}.eml", mail.key))).await.map_err(unavailable)
    }

    fn describe(&self) -> String {
        format!("files in {}", self.directory.display())
    }
}
