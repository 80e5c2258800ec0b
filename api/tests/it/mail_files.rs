//! Mail written to files when no mail server is configured.

use std::os::unix::fs::PermissionsExt as _;

use model::Timestamp;
use services::mail::{self, Mail, MailConfig};

#[tokio::test]
async fn mail_files_are_readable_only_by_their_owner() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("mail");
    let mailer = mail::connect(&MailConfig { directory: directory.clone(), ..MailConfig::default() }).unwrap();
    let mail = Mail {
        to: "ada@example.org".parse().unwrap(),
        subject: "Hello".into(),
        text: "a secret".into(),
        html: None,
        at: Timestamp::UNIX_EPOCH,
        key: "one".into(),
    };
    let from = "Tea House <shop@teahouse.example>".parse().unwrap();
    mailer.send(&mail, &from).await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&directory.join("one.eml")), 0o600);
    assert!(std::fs::read_to_string(directory.join("one.eml")).unwrap().contains("a secret"));
}
