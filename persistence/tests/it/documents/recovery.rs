//! A server is killed and restarted: no acknowledged write is lost, no call hangs, and the program needs no restart.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use persistence::{
    Db, DbConfig, StoreError,
    documents::{DocumentStore, MongoConfig, MongoDocuments, PostgresDocuments},
    migrate,
};
use testkit::{ServerProcess, free_port};

use super::{PRODUCTS, document, event};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mongo_recovers_from_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, url) = ServerProcess::mongo(folder.path());
    let config = MongoConfig::new(url);
    let store = eventually(&mut server, async || MongoDocuments::connect(&config).await).await;
    survives_a_kill(Arc::new(store), server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_recovers_from_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (data, port) = (folder.path().join("data"), free_port());
    let user = unprivileged(folder.path());
    let initdb = ["-D", data.to_str().unwrap(), "-U", "postgres", "-A", "trust", "--no-sync"];
    let made = as_user(user, &postgres_program("initdb")).args(initdb).output().unwrap();
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let mut server = ServerProcess::start(move || {
        let mut command = as_user(user, &postgres_program("postgres"));
        command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.args(["-c", "unix_socket_directories="]);
        command
    });
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let db = Db::new(&DbConfig { max_connections: 4, ..DbConfig::new(url) }).unwrap();
    eventually(&mut server, async || migrate::run(&db).await).await;
    survives_a_kill(Arc::new(PostgresDocuments::new(db)), server).await;
}

async fn survives_a_kill(store: Arc<dyn DocumentStore>, mut server: ServerProcess) {
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4).map(|writer| tokio::spawn(write(store.clone(), stop.clone(), writer))).collect();
    eventually(&mut server, async || at_least(&*store, 20).await).await;
    server.kill();

    let asked = Instant::now();
    let answer = store.get_many(PRODUCTS, &["0-00000".to_owned()]).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert!(asked.elapsed() < Duration::from_secs(10), "an answer took {:?}", asked.elapsed());

    server.restart();
    eventually(&mut server, async || store.ping().await).await;
    let before = store.scan(PRODUCTS, None, 1_000).await.unwrap().len();
    eventually(&mut server, async || at_least(&*store, before + 20).await).await;
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        let acknowledged = writer.await.unwrap();
        let found = store.get_many(PRODUCTS, &acknowledged).await.unwrap();
        assert_eq!(found.len(), acknowledged.len(), "acknowledged writes are lost");
    }
}

/// Writes documents until stopped, and returns the acknowledged ids.
async fn write(store: Arc<dyn DocumentStore>, stop: Arc<AtomicBool>, writer: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let id = format!("{writer}-{number:05}");
        match store.insert(PRODUCTS, &document(&id, &[]), &[event()]).await {
            Ok(()) => acknowledged.push(id),
            Err(StoreError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(error) => panic!("a killed server reads as {error:?}"),
        }
    }
    acknowledged
}

async fn at_least(store: &dyn DocumentStore, count: usize) -> Result<(), StoreError> {
    let found = store.scan(PRODUCTS, None, 1_000).await?.len();
    if found >= count { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Retries until the attempt succeeds, and restarts a server that ended.
async fn eventually<T>(server: &mut ServerProcess, attempt: impl AsyncFn() -> Result<T, StoreError>) -> T {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        match attempt().await {
            Ok(value) => return value,
            Err(error) => assert!(Instant::now() < deadline, "still failing: {error}"),
        }
        if server.has_ended() {
            server.restart();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An unprivileged user who owns the folder, because Postgres does not run as root; `None` if not root.
fn unprivileged(folder: &Path) -> Option<&'static str> {
    let id = |arguments: &[&str]| Command::new("id").args(arguments).output().unwrap();
    if id(&["-u"]).stdout.trim_ascii() != b"0" {
        return None;
    }
    let user = if id(&["-u", "postgres"]).status.success() { "postgres" } else { "nobody" };
    let given = Command::new("chown").arg(user).arg(folder).status().unwrap();
    assert!(given.success());
    Some(user)
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let uid = Command::new("id").args(["-u", user]).output().unwrap();
    let gid = Command::new("id").args(["-g", user]).output().unwrap();
    let number = |output: Vec<u8>| String::from_utf8(output).unwrap().trim().to_owned();
    // `setpriv` replaces itself with the program, so that a kill reaches the server.
    let mut command = Command::new("setpriv");
    command.args(["--clear-groups", "--reuid", &number(uid.stdout), "--regid", &number(gid.stdout)]).arg(program);
    command
}

/// The path of a Postgres program on common systems.
fn postgres_program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from(name))
}
