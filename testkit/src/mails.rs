//! The mail of a shop under test: sent by its own file mailer, read from the files.

use std::time::Duration;

use persistence::jobs;
use services::{App, mail};
use tempfile::TempDir;

/// Where the mail of a test goes.
pub struct Mails(TempDir);

impl Mails {
    /// An empty directory.
    ///
    /// # Panics
    /// When the machine has no room for one.
    #[must_use]
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> std::path::PathBuf {
        self.0.path().to_owned()
    }

    /// Sends what waits in the queue, as a worker would.
    ///
    /// # Panics
    /// When a mail cannot be sent.
    pub async fn deliver(&self, app: &App) {
        let now = app.clock.now();
        let queues = ["mail".to_owned()];
        let conn = &mut app.db.write().await.unwrap();
        for job in jobs::claim(conn, &queues, now, Duration::from_mins(1), 100).await.unwrap() {
            mail::deliver(app, job.payload.clone()).await.unwrap();
            jobs::finish(conn, &job, now).await.unwrap();
        }
    }

    /// The mails that were sent to an address, oldest first.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
        read.filter(|mail| mail.contains(&format!("To: {address}"))).collect()
    }

    /// The one-time secret in the last mail that was sent to an address.
    ///
    /// # Panics
    /// When there is none.
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
