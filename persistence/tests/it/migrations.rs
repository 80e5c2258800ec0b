use std::path::Path;

use persistence::migrate::{self, SchemaState};
use testkit::TestDatabase;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_processes_run_each_migration_once() {
    let test = TestDatabase::empty().await;
    let run = || migrate::run(&test.db);
    let (first, second, third, fourth) = tokio::join!(run(), run(), run(), run());
    let ran: usize = [first, second, third, fourth].into_iter().map(|ran| ran.unwrap().len()).sum();
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations")).unwrap();
    let migrations = folders.filter(|folder| folder.as_ref().unwrap().path().join("up.sql").exists()).count();
    assert_eq!(ran, migrations);
    assert_eq!(migrate::state(&test.db).await.unwrap(), SchemaState::Current);
}
