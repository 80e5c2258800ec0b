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

/// Decodes the parts of a mail, as a mail client does; the headers stay as they are.
fn decoded(mail: &str) -> String {
    let Some((headers, body)) = mail.split_once("\r\n\r\n") else { return mail.to_owned() };
    let boundary = headers.split_once("boundary=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(text, _)| text);
    let Some(boundary) = boundary else { return format!("{headers}\r\n\r\n{}", decoded_body(headers, body)) };
    let delimiter = format!("--{boundary}");
    let parts = body.split(&delimiter).filter_map(|part| part.trim_start().split_once("\r\n\r\n"));
    let parts: Vec<String> = parts.map(|(headers, body)| decoded_body(headers, body)).collect();
    format!("{headers}\r\n\r\n{}", parts.join("\r\n"))
}

/// The text of a part.
fn decoded_body(headers: &str, body: &str) -> String {
    let bytes = if headers.contains("quoted-printable") {
        quoted_printable::decode(body, quoted_printable::ParseMode::Robust).unwrap()
    } else if headers.contains("base64") {
        base64(body)
    } else {
        return body.to_owned();
    };
    String::from_utf8(bytes).unwrap()
}

/// Decodes base64; line breaks and padding are skipped.
fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| ALPHABET.iter().position(|known| *known == byte));
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_usize, 0);
    for digit in digits {
        (bits, count) = (((bits << 6) | digit) & 0xffff, count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap());
        }
    }
    bytes
}
