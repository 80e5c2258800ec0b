//! Deletions of categories that stall while other categories are written below them.

use model::{access::Actor, catalog::Category, ids::CategoryId};
use persistence::{
    StoreError,
    documents::{Collection, Document},
};
use services::{
    App,
    catalog::{
        self, CatalogError, CategoryInput, CategoryMove, Ref, create_category, delete_category, move_category,
        update_category,
    },
};
use testkit::TestShop;

async fn category(app: &App, slug: &str, parent: Option<&str>) -> Result<Category, CatalogError> {
    let input = CategoryInput {
        slug: Some(slug.to_owned()),
        name: Some(slug.to_owned()),
        parent: parent.map(Ref::from),
        ..CategoryInput::default()
    };
    create_category(app, &Actor::System, input).await
}

async fn stored(app: &App, id: CategoryId) -> Option<Document> {
    let ids = [id.uuid().to_string()];
    app.documents().get_many(Collection::Categories, &ids).await.unwrap().pop()
}

/// Marks a category as a deletion does before it looks for children, and returns the marked document.
async fn mark(app: &App, id: CategoryId) -> Document {
    let previous = stored(app, id).await.unwrap();
    let mut marked = Document { version: previous.version + 1, ..previous.clone() };
    marked.body["is_closing"] = true.into();
    app.documents().replace(Collection::Categories, &marked, previous.version, &[]).await.unwrap();
    marked
}

/// The last step of a deletion that has found no children.
async fn delete_marked(app: &App, marked: &Document) -> Result<(), StoreError> {
    app.documents().delete(Collection::Categories, &marked.id, marked.version, &[]).await
}

async fn is_closing(app: &App, id: CategoryId) -> bool {
    stored(app, id).await.unwrap().decode::<Category>().unwrap().is_closing
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_category_created_during_a_stalled_deletion_stops_it() {
    let shop = TestShop::new().await;
    let parent = category(&shop.app, "parent", None).await.unwrap();
    let marked = mark(&shop.app, parent.id).await;
    // The deletion has found no children and stalls.
    let child = category(&shop.app, "child", Some("parent")).await.unwrap();
    assert!(!is_closing(&shop.app, parent.id).await);
    assert!(matches!(delete_marked(&shop.app, &marked).await, Err(StoreError::VersionConflict)));
    // Its next attempt finds the child.
    assert!(matches!(delete_category(&shop.app, &Actor::System, parent.id).await, Err(CatalogError::Rule(_))));
    delete_category(&shop.app, &Actor::System, child.id).await.unwrap();
    delete_category(&shop.app, &Actor::System, parent.id).await.unwrap();
    assert!(stored(&shop.app, parent.id).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_category_moved_during_a_stalled_deletion_stops_it() {
    let shop = TestShop::new().await;
    let parent = category(&shop.app, "parent", None).await.unwrap();
    let other = category(&shop.app, "other", None).await.unwrap();
    let marked = mark(&shop.app, parent.id).await;
    let below = CategoryMove { id: other.id, parent: Some(Ref::from("parent")), position: None };
    let moved = move_category(&shop.app, &Actor::System, below).await.unwrap();
    assert_eq!(moved.slug.as_str(), "parent/other");
    assert!(matches!(delete_marked(&shop.app, &marked).await, Err(StoreError::VersionConflict)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_that_a_crash_left_behind_hinders_nobody() {
    let shop = TestShop::new().await;
    let parent = category(&shop.app, "parent", None).await.unwrap();
    mark(&shop.app, parent.id).await;
    let input = CategoryInput { name: Some("Renamed".to_owned()), ..CategoryInput::default() };
    update_category(&shop.app, &Actor::System, parent.id, None, input).await.unwrap();
    category(&shop.app, "child", Some("parent")).await.unwrap();
    let all = catalog::list_categories(&shop.app, &Actor::System).await.unwrap();
    assert_eq!(all.iter().map(|one| one.slug.as_str()).collect::<Vec<_>>(), ["parent", "parent/child"]);
    let refused = delete_category(&shop.app, &Actor::System, parent.id).await;
    assert!(matches!(refused, Err(CatalogError::Rule(_))));
    assert!(!is_closing(&shop.app, parent.id).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletions_and_creations_at_the_same_time_leave_no_orphan() {
    let shop = TestShop::new().await;
    for round in 0..20 {
        let name = format!("parent-{round}");
        let parent = category(&shop.app, &name, None).await.unwrap();
        let (created, again, deleted) = tokio::join!(
            category(&shop.app, "one", Some(&name)),
            category(&shop.app, "two", Some(&name)),
            delete_category(&shop.app, &Actor::System, parent.id)
        );
        let children = [created, again].into_iter().flatten().count();
        let is_gone = stored(&shop.app, parent.id).await.is_none();
        assert_eq!(is_gone, deleted.is_ok());
        assert!(!is_gone || children == 0, "round {round}: {children} orphans");
    }
}
