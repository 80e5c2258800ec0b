use persistence::migrate::{self, SchemaState};
use testkit::TestDatabase;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_may_migrate_at_once() {
    let test = TestDatabase::new().await;
    let all = tokio::join!(migrate::run(&test.db), migrate::run(&test.db), migrate::run(&test.db));
    assert_eq!((all.0.unwrap().len(), all.1.unwrap().len(), all.2.unwrap().len()), (0, 0, 0));
    assert_eq!(migrate::state(&test.db).await.unwrap(), SchemaState::Current);
}
