//! Which stores a process accepts: only the document store of its shop, and other hosts only with TLS.

use std::{path::Path, process::Command};

use testkit::TestDatabase;

use crate::cli::assert_refused;

const SECRET: (&str, &str) = ("MERCATOR_KEY_SECRET", "a secret of at least thirty-two bytes");

/// The URL of a MongoDB database of this test.
fn mongodb(name: &str) -> String {
    let server = std::env::var("MONGODB_TEST_URL").expect("MONGODB_TEST_URL names a MongoDB; `make test` sets it");
    format!("{}/{name}", server.trim_end_matches('/'))
}

fn succeed(arguments: &[&str], settings: &[(&str, &str)]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mercator"));
    command.args(arguments).env_remove("MONGODB_URL").envs(settings.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_document_store_of_the_shop_is_accepted() {
    let (shop, other) = (TestDatabase::new().await, TestDatabase::new().await);
    let name = shop.url.rsplit('/').next().unwrap();
    let (own, misspelled) = (mongodb(name), mongodb(&format!("{name}_2")));
    let (url, own) = (("DATABASE_URL", shop.url.as_str()), ("MONGODB_URL", own.as_str()));
    let misspelled = ("MONGODB_URL", misspelled.as_str());
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().display().to_string();
    let index = ("MERCATOR_INDEX_DIR", index.as_str());
    succeed(&["seed", "--products", "20"], &[url, own]);

    for command in ["serve", "worker", "reindex", "seed"] {
        assert_refused(&[command], &[url, index], "keeps its documents in mongodb, not in postgres");
        assert_refused(&[command], &[url, index, misspelled], "not the one that this shop has used");
    }
    let foreign = ("DATABASE_URL", other.url.as_str());
    assert_refused(&["serve"], &[foreign, own, index, SECRET], "the document store belongs to another shop");
    let page = doctor(&[url]);
    assert!(page.contains("keeps its documents in mongodb"), "{page}");
    assert!(doctor(&[url, own]).contains("no problems found"));

    // A shop from before the store was recorded.
    let forget = "DELETE FROM shop_meta WHERE key = 'document_store'";
    shop.execute(forget).await;
    assert_refused(&["serve"], &[url, index], "no products, but the database has their stock");
    assert!(doctor(&[url, own]).contains("no problems found"), "the store is recorded again");
    assert_refused(&["serve"], &[url, index], "keeps its documents in mongodb, not in postgres");
}

fn doctor(settings: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mercator"));
    command.arg("doctor").env_remove("MONGODB_URL").envs(settings.iter().copied());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// A URL whose host the program cannot know to be this machine: `127.1` is short for `127.0.0.1`.
fn on_another_host(url: &str) -> String {
    url.replace("127.0.0.1", "127.1").replace("localhost", "127.1")
}

#[tokio::test]
async fn other_hosts_need_tls_outside_a_demo() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().display().to_string();
    let remote = on_another_host(&database.url);
    let (local, remote) = (("DATABASE_URL", database.url.as_str()), ("DATABASE_URL", remote.as_str()));
    let more = [("MERCATOR_INDEX_DIR", index.as_str()), SECRET];
    for command in ["serve", "worker", "reindex"] {
        let refused = "DATABASE_URL names another host without TLS: add sslmode=verify-full";
        assert_refused(&[command], &[&[remote][..], &more].concat(), refused);
    }
    let mongo = on_another_host(&mongodb("shop"));
    let mongo = ("MONGODB_URL", mongo.as_str());
    assert_refused(&["serve"], &[&[local, mongo][..], &more].concat(), "MONGODB_URL names another host without TLS");
    let smtp = ("MERCATOR_SMTP_URL", "smtp://mail.example.org:25");
    assert_refused(&["worker"], &[&[local, smtp][..], &more].concat(), "MERCATOR_SMTP_URL names another host without");
    succeed(&["reindex"], &[remote, ("MERCATOR_ALLOW_PLAINTEXT", "true")]);
    database.execute("INSERT INTO shop_meta (key, value) VALUES ('demo', 'true')").await;
    succeed(&["reindex"], &[remote]);
}

fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

#[tokio::test]
async fn every_secret_can_come_from_a_file() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, content: &str| file(folder.path(), name, content);
    let url = written("url", &format!("{}\n", database.url));
    let key = written("key", &format!("{}\n", SECRET.1));
    let settings = [("DATABASE_URL_FILE", url.as_str()), ("MERCATOR_KEY_SECRET_FILE", key.as_str())];
    assert!(doctor(&settings).contains("no problems found"), "{}", doctor(&settings));

    let short = written("short", "short");
    for (name, content, says) in [
        ("MERCATOR_KEY_SECRET_FILE", short.as_str(), "MERCATOR_KEY_SECRET has fewer than 32 bytes"),
        ("MERCATOR_KEY_SECRET_OLD_FILE", "/none", "MERCATOR_KEY_SECRET_OLD_FILE: /none cannot be read"),
        ("MONGODB_URL_FILE", short.as_str(), "MONGODB_URL must look like mongodb://"),
        ("MERCATOR_SMTP_URL_FILE", "/none", "MERCATOR_SMTP_URL_FILE: /none cannot be read"),
        ("SANDBOX_API_KEY_FILE", "/none", "SANDBOX_API_KEY_FILE: /none cannot be read"),
        ("SANDBOX_WEBHOOK_SECRET_FILE", "/none", "SANDBOX_WEBHOOK_SECRET_FILE: /none cannot be read"),
    ] {
        assert_refused(&["worker"], &[settings[0], (name, content)], says);
    }
    let both = [settings[0], ("DATABASE_URL", database.url.as_str())];
    assert_refused(&["worker"], &both, "set DATABASE_URL or DATABASE_URL_FILE, not both");
}
