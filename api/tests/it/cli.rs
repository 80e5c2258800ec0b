//! Error output of the command line: one line that says what to do, and a non-zero exit status.

use std::{net::TcpListener, process::Command};

use testkit::TestDatabase;

/// Outside a demo, a process needs it.
const KEY_SECRET: (&str, &str) = ("MERCATOR_KEY_SECRET", "a secret of at least thirty-two bytes");

/// Runs the program; returns its exit status and its error output.
fn run(arguments: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mercator"));
    command.args(arguments).env_remove("DATABASE_URL").env_remove("MONGODB_URL");
    command.env("MERCATOR_LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

pub fn assert_refused(arguments: &[&str], settings: &[(&str, &str)], says: &str) {
    let (status, complaint) = run(arguments, settings);
    assert!(status.is_some_and(|status| status != 0), "{arguments:?} {settings:?} succeeded");
    assert_eq!(complaint.trim_end().lines().count(), 1, "{complaint}");
    assert!(complaint.starts_with("mercator: ") && complaint.contains(says), "{complaint}");
}

#[test]
fn an_invalid_setting_is_reported_by_name() {
    assert_refused(&["serve"], &[], "DATABASE_URL is not set");
    assert_refused(&["serve"], &[("DATABASE_URL", "mysql://there")], "DATABASE_URL must look like postgres://");
    let flag = ["serve", "--database-url", "postgres://user:secret@there/shop"];
    assert_refused(&flag, &[], "unexpected argument '--database-url'");
    let broken = ("DATABASE_URL", "postgres://user:secret@there/shop?sslmode=verify-full");
    assert_refused(&["serve"], &[broken], "DATABASE_URL: this sslmode needs sslrootcert");
    let listen = ("MERCATOR_LISTEN", "everywhere");
    assert_refused(&["serve"], &[listen], "invalid value 'everywhere' for '--listen");
    assert_refused(&["sail"], &[], "unrecognized subcommand 'sail'");
}

#[test]
fn an_unreachable_database_is_reported_without_its_password() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://somebody:secret@127.0.0.1:{port}/shop");
    let (_, complaint) = run(&["serve"], &[("DATABASE_URL", &url)]);
    assert!(!complaint.contains("secret"), "{complaint}");
    assert_refused(&["serve"], &[("DATABASE_URL", &url)], &format!("127.0.0.1:{port}/shop cannot be reached"));
}

#[tokio::test]
async fn a_used_port_and_an_unreachable_document_store_are_reported() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let (url, index) = (("DATABASE_URL", database.url.as_str()), folder.path().display().to_string());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (listen, index) = (("MERCATOR_LISTEN", address.as_str()), ("MERCATOR_INDEX_DIR", index.as_str()));
    assert_refused(&["serve"], &[url, listen, index], &format!("cannot listen on {address}"));

    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mongo = format!("mongodb://someone:secret@{nobody}/shop");
    let settings = [url, index, KEY_SECRET, ("MONGODB_URL", mongo.as_str())];
    assert_refused(&["serve"], &settings, &format!("MongoDB at mongodb://someone@{nobody}/shop cannot be reached"));
}

#[tokio::test]
async fn public_short_and_wrong_secrets_are_refused() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().display().to_string();
    let (url, index) = (("DATABASE_URL", database.url.as_str()), ("MERCATOR_INDEX_DIR", index.as_str()));
    assert_refused(&["serve"], &[url, index, ("MERCATOR_KEY_SECRET", "short")], "MERCATOR_KEY_SECRET has fewer than");
    let sandbox = ("MERCATOR_SANDBOX_A_URL", "http://127.0.0.1:1");
    let own_key = ("SANDBOX_API_KEY", "a key of this shop");
    let own_secret = ("SANDBOX_WEBHOOK_SECRET", "whsec_YSBzZWNyZXQgb2YgdGhpcyBzaG9wIG9ubHksIDMyIGI=");
    let public_key = ("SANDBOX_API_KEY", "sandbox-key");
    let public_secret = ("SANDBOX_WEBHOOK_SECRET", services::payments::DEMO_WEBHOOK_SECRET);
    for command in ["serve", "worker"] {
        let refused = |settings: &[(&str, &str)], says: &str| {
            assert_refused(&[command], &[&[url, index, sandbox], settings].concat(), says);
        };
        for settings in [&[][..], &[own_key], &[own_secret], &[public_key, own_secret], &[own_key, public_secret]] {
            refused(settings, "set SANDBOX_API_KEY and SANDBOX_WEBHOOK_SECRET");
        }
        refused(&[own_key, own_secret], "MERCATOR_KEY_SECRET is not set");
        assert_refused(&[command], &[url, index], "MERCATOR_KEY_SECRET is not set");
    }
    database
        .execute(
            "insert into signing_keys (kid, public_key, private_key, is_sealed, active_from)
            values ('k', decode(repeat('00', 32), 'hex'), '', true, now() - interval '1 hour')",
        )
        .await;
    assert_refused(
        &["serve"],
        &[url, index, ("MERCATOR_LOG", "error"), KEY_SECRET],
        "set MERCATOR_KEY_SECRET, or MERCATOR_KEY_SECRET_OLD, to the value that encrypted it",
    );
}

#[tokio::test]
async fn a_schema_of_another_version_is_refused() {
    let database = TestDatabase::new().await;
    let url = ("DATABASE_URL", database.url.as_str());
    let version = "99990101000000";
    database.execute(&format!("insert into __diesel_schema_migrations (version) values ('{version}')")).await;
    assert_refused(&["serve"], &[url], "the database schema is newer than this version");
    assert_refused(&["migrate"], &[url], "migrated by a newer mercator");
    database.execute(&format!("delete from __diesel_schema_migrations where version = '{version}'")).await;
    database.execute("delete from __diesel_schema_migrations where version = (select max(version) from __diesel_schema_migrations)").await;
    assert_refused(&["serve"], &[url], "run `mercator migrate`");
}

#[tokio::test]
async fn doctor_lists_dead_jobs_and_retries_them() {
    let database = TestDatabase::new().await;
    let url = ("DATABASE_URL", database.url.as_str());
    let doctor = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mercator"));
        let output = command.arg("doctor").args(arguments).envs([url, KEY_SECRET]).output();
        let output = output.unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (is_well, page) = doctor(&[]);
    assert!(is_well && page.contains("no problems found"), "{page}");
    let dead =
        "insert into jobs (id, queue, kind, payload, state, attempts, max_attempts, run_at, last_error, finished_at)
        values (gen_random_uuid(), 'mail', 'mail.send', '{}', 'DEAD', 5, 5, now(), 'the server said no', now())";
    database.execute(dead).await;
    let (is_well, page) = doctor(&[]);
    assert!(
        !is_well
            && page.contains("mail.send")
            && page.contains("after 5 attempts")
            && page.contains("the server said no"),
        "{page}"
    );
    assert!(doctor(&["--retry-dead"]).1.contains("1 are ready again"));
    let (is_well, page) = doctor(&[]);
    assert!(is_well && page.contains("1 ready"), "{page}");
}

#[test]
fn every_command_has_a_description() {
    for command in
        ["serve", "worker", "migrate", "seed", "sdl", "reindex", "doctor", "sandbox-gateway", "invite", "init"]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_mercator")).args([command, "--help"]).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && help.contains("Usage: mercator"), "{command}");
        assert!(help.lines().next().is_some_and(|first| first.len() > 20), "{command}: {help}");
    }
}

#[test]
fn a_mail_is_previewed_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display().to_string();
    let (status, complaint) = run(&["mail-preview", "order-shipped", "--locale", "de", "--out", &out], &[]);
    assert_eq!((status, complaint.as_str()), (Some(0), ""));
    let text = std::fs::read_to_string(folder.path().join("de-order-shipped.txt")).unwrap();
    assert!(text.starts_with("Subject: Ihre Bestellung 1001 ist unterwegs\n\nGuten Tag Ada Lovelace,\n"), "{text}");
    let html = std::fs::read_to_string(folder.path().join("de-order-shipped.html")).unwrap();
    assert!(html.contains("<html lang=\"de\">"), "{html}");
    assert_refused(&["mail-preview", "order-lost"], &[], "invalid value 'order-lost'");
    std::fs::create_dir(folder.path().join("de")).unwrap();
    std::fs::write(folder.path().join("de/order-shipped.j2"), "{{ oops").unwrap();
    std::fs::remove_file(folder.path().join("de-order-shipped.txt")).unwrap();
    std::fs::remove_file(folder.path().join("de-order-shipped.html")).unwrap();
    let own = ["mail-preview", "order-shipped", "--mail-templates", &out];
    assert_refused(&own, &[], "mail template de/order-shipped");
}
