//! Mails of a shop under test, written by the file mailer and read from the files.

use std::time::Duration;

use persistence::jobs;
use services::{App, worker};
use tempfile::TempDir;

/// The mail directory of a test.
pub struct Mails(TempDir);

impl Mails {
    /// An empty directory.
    ///
    /// # Panics
    /// If the directory cannot be created.
    #[must_use]
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> std::path::PathBuf {
        self.0.path().to_owned()
    }

    /// Runs the queued mail jobs, as a worker would.
    ///
    /// # Panics
    /// If a mail cannot be sent.
    pub async fn deliver(&self, app: &App) {
        let now = app.now();
        let queues = ["mail".to_owned()];
        let conn = &mut app.db().write().await.unwrap();
        for job in jobs::claim(conn, &queues, now, Duration::from_mins(1), 100).await.unwrap() {
            worker::run_job(app, &job.kind, job.payload.clone()).await.unwrap();
            jobs::finish(conn, &job, now).await.unwrap();
        }
    }

    /// The mails to an address, oldest first.
    ///
    /// # Panics
    /// If the files cannot be read.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = files.iter().map(|file| decoded(&std::fs::read_to_string(file).unwrap()));
        read.filter(|mail| mail.contains(&format!("To: {address}"))).collect()
    }

    /// The one-time secret in the latest mail to an address.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn secret_to(&self, address: &str) -> String {
        let mail = self.to(address).pop().unwrap_or_else(|| panic!("no mail to {address}"));
        let secret = mail.lines().map(str::trim).find(|line| line.starts_with("mot_"));
        secret.unwrap_or_else(|| panic!("no secret in {mail}")).to_owned()
    }
}

impl Default for Mails {
    fn default() -> Self {
        Self::new()
    }
}

/// Decodes a quoted-printable body, as a mail client does; the headers stay as they are.
fn decoded(mail: &str) -> String {
    let Some((headers, body)) = mail.split_once("\r\n\r\n") else { return mail.to_owned() };
    if !headers.contains("quoted-printable") {
        return mail.to_owned();
    }
    let body = quoted_printable::decode(body, quoted_printable::ParseMode::Robust).unwrap();
    format!("{headers}\r\n\r\n{}", String::from_utf8(body).unwrap())
}
