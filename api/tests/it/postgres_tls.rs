//! TLS to Postgres with the meaning that `sslmode` and `sslrootcert` have in libpq, and passwords that are never sent in
//! clear text without it.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use diesel::{QueryableByName, sql_types::Bool};
use diesel_async::RunQueryDsl as _;
use persistence::{Db, DbConfig, StoreError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use testkit::eventually;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::cluster::Cluster;

/// Every user has the password of its name.
const USERS: &str = "
    SET password_encryption = 'scram-sha-256';
    CREATE ROLE anyhow LOGIN PASSWORD 'anyhow';
    CREATE ROLE onlytls LOGIN PASSWORD 'onlytls';
    CREATE ROLE onlyplain LOGIN PASSWORD 'onlyplain';
    CREATE ROLE cleartext LOGIN PASSWORD 'cleartext';
    SET password_encryption = 'md5';
    CREATE ROLE digest LOGIN PASSWORD 'digest';";

const RULES: &str = "
    host all mercator 127.0.0.1/32 scram-sha-256
    host all anyhow 127.0.0.1/32 scram-sha-256
    hostssl all onlytls 127.0.0.1/32 scram-sha-256
    hostnossl all onlyplain 127.0.0.1/32 scram-sha-256
    host all cleartext 127.0.0.1/32 password
    host all digest 127.0.0.1/32 md5
";

#[derive(Debug, Clone, Copy)]
enum Expected {
    Tls,
    Plain,
    Refused(&'static str),
}
use Expected::{Plain, Refused, Tls};

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Bool)]
    ssl: bool,
}

/// True if the connection uses TLS.
async fn connect(url: &str) -> Result<bool, StoreError> {
    let db = Db::new(&DbConfig { connect: Duration::from_secs(20), ..DbConfig::new(url) })?;
    let mut conn = db.read().await?;
    let session: Session =
        diesel::sql_query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").get_result(&mut conn).await?;
    Ok(session.ssl)
}

/// An authority, with a certificate of it for `localhost` and the key of that.
struct Authority {
    root: String,
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_key = KeyPair::generate().unwrap();
        let root = params.self_signed(&root_key).unwrap().pem();
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = server.signed_by(&key, &Issuer::new(params, root_key)).unwrap().pem();
        Self { root, certificate, key: key.serialize_pem() }
    }
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sslmode_means_what_it_means_to_libpq() {
    let cluster = Cluster::start();
    let administrator = Db::new(&DbConfig::new(&cluster.url)).unwrap();
    {
        use diesel_async::SimpleAsyncConnection as _;
        administrator.write().await.unwrap().batch_execute(USERS).await.unwrap();
    }
    let required = format!("{}?sslmode=require", cluster.url);
    let refused = connect(&required).await.unwrap_err().to_string();
    assert!(refused.contains("does not offer TLS"), "{refused}");

    let authority = Authority::new();
    cluster.use_tls(&authority.certificate, &authority.key, RULES);
    eventually("TLS is on", Duration::from_secs(20), async || connect(&required).await.ok()).await;
    let folder = tempfile::tempdir().unwrap();
    let ours = written(folder.path(), "root.crt", &authority.root).display().to_string();
    let theirs = written(folder.path(), "other.crt", &Authority::new().root).display().to_string();
    let own = written(folder.path(), "server.crt", &authority.certificate).display().to_string();
    let port = cluster.url.rsplit(':').next().unwrap().split('/').next().unwrap().to_owned();

    let cases = [
        ("anyhow", "127.0.0.1", "", Tls),
        ("anyhow", "127.0.0.1", "sslmode=disable", Plain),
        ("anyhow", "127.0.0.1", "sslmode=allow", Plain),
        ("anyhow", "127.0.0.1", "sslmode=prefer", Tls),
        ("anyhow", "127.0.0.1", "sslmode=require", Tls),
        ("anyhow", "127.0.0.1", "sslmode=require&sslrootcert=OURS", Tls),
        ("anyhow", "127.0.0.1", "sslmode=require&sslrootcert=THEIRS", Refused("invalid peer certificate")),
        ("anyhow", "127.0.0.1", "sslmode=verify-ca&sslrootcert=OURS", Tls),
        ("anyhow", "127.0.0.1", "sslmode=verify-ca&sslrootcert=THEIRS", Refused("invalid peer certificate")),
        ("anyhow", "127.0.0.1", "sslmode=verify-full&sslrootcert=OURS", Refused("not valid for name")),
        ("anyhow", "localhost", "sslmode=verify-full&sslrootcert=OURS", Tls),
        ("anyhow", "localhost", "sslmode=verify-full&sslrootcert=OWN", Tls),
        ("anyhow", "localhost", "sslmode=verify-full&sslrootcert=THEIRS", Refused("invalid peer certificate")),
        ("anyhow", "localhost", "sslrootcert=system", Refused("certificate")),
        ("anyhow", "localhost", "sslmode=verify-ca&sslrootcert=/none", Refused("/none cannot be read")),
        ("anyhow", "127.0.0.1", "sslmode=require&channel_binding=require", Tls),
        ("anyhow", "127.0.0.1", "sslmode=disable&channel_binding=require", Refused("channel binding")),
        ("onlytls", "127.0.0.1", "sslmode=disable", Refused("pg_hba.conf")),
        ("onlytls", "127.0.0.1", "sslmode=allow", Tls),
        ("onlyplain", "127.0.0.1", "sslmode=require", Refused("pg_hba.conf")),
        ("onlyplain", "127.0.0.1", "sslmode=prefer", Plain),
        ("cleartext", "127.0.0.1", "sslmode=require", Tls),
        ("cleartext", "127.0.0.1", "sslmode=disable", Refused("in a form that reveals it")),
        ("digest", "127.0.0.1", "sslmode=prefer", Tls),
        ("digest", "127.0.0.1", "sslmode=disable", Refused("in a form that reveals it")),
    ];
    for (user, host, query, expected) in cases {
        let query = query.replace("OURS", &ours).replace("THEIRS", &theirs).replace("OWN", &own);
        let url = format!("postgres://{user}:{user}@{host}:{port}/shop?{query}");
        match (connect(&url).await, expected) {
            (Ok(true), Tls) | (Ok(false), Plain) => {}
            (Err(error), Refused(reason)) => assert!(error.to_string().contains(reason), "{url}: {error}"),
            (result, _) => panic!("{url}: {expected:?} was expected, not {result:?}"),
        }
    }
}

/// A server that asks for a password with this message, after it refused TLS. Returns everything that it received.
async fn ask_for_password(question: &'static [u8]) -> (u16, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut received = vec![0; 8];
        socket.read_exact(&mut received).await.unwrap();
        if received[4..] == [0x04, 0xd2, 0x16, 0x2f] {
            socket.write_all(b"N").await.unwrap();
        }
        let mut rest = vec![0; 10_000];
        let read = socket.read(&mut rest).await.unwrap();
        received.extend_from_slice(&rest[..read]);
        socket.write_all(question).await.unwrap();
        // The client closes the connection.
        let _ = socket.read_to_end(&mut received).await;
        received
    });
    (port, received)
}

#[tokio::test]
async fn a_password_is_never_sent_in_a_form_that_reveals_it() {
    for question in [&b"R\0\0\0\x08\0\0\0\x03"[..], &b"R\0\0\0\x0c\0\0\0\x05salt"[..]] {
        for query in ["", "?sslmode=prefer", "?sslmode=allow"] {
            let (port, received) = ask_for_password(question).await;
            let url = format!("postgres://shopuser:s3cr3t-pw@127.0.0.1:{port}/shop{query}");
            let output = tokio::task::spawn_blocking(move || {
                Command::new(env!("CARGO_BIN_EXE_mercator")).arg("doctor").env("DATABASE_URL", url).output().unwrap()
            });
            let output = output.await.unwrap();
            assert!(!output.status.success());
            let page = String::from_utf8(output.stdout).unwrap();
            assert!(page.contains("in a form that reveals it"), "{page}");
            let received = received.await.unwrap();
            // A password message begins with p.
            let after_startup = received.iter().rposition(|byte| *byte == b'p').map(|at| &received[at..at + 4]);
            assert!(!received.windows(6).any(|part| part == b"s3cr3t"), "{query}");
            assert!(after_startup.is_none_or(|message| !message.starts_with(b"p\0\0\0")), "{query}");
        }
    }
}
