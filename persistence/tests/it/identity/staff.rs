use chrono::TimeDelta;
use model::{
    Direction, PageRequest,
    access::{Permission, Permissions},
    customers::{ApiToken, Digest, Role, StaffUser},
    ids::{ApiTokenId, RoleId, StaffUserId},
};
use persistence::{
    Conn, StoreError, api_tokens,
    staff::{self, roles},
};
use testkit::TestDatabase;

use super::{email, now};

fn page<C>(cursor: Option<C>) -> PageRequest<C> {
    PageRequest { size: 10, cursor, direction: Direction::Ascending }
}

async fn member(conn: &mut Conn, address: &str, role: &str) -> StaffUser {
    let role = roles::list(conn).await.unwrap().into_iter().find(|found| found.slug.as_str() == role).unwrap();
    let user = StaffUser {
        id: StaffUserId::new(),
        email: email(address),
        name: "Grace".into(),
        is_active: true,
        roles: vec![role],
        created_at: now(),
        last_login_at: None,
        has_second_factor: false,
        deleted_at: None,
    };
    staff::insert(conn, &user, Some("hash")).await.unwrap();
    user
}

#[tokio::test]
async fn staff_are_read_with_their_roles() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let granted: Permissions = [Permission::OrdersFulfill].into_iter().collect();
    let clerk = Role::restore(RoleId::new(), "clerk".parse().unwrap(), "Clerk".into(), granted);
    roles::insert(conn, &clerk).await.unwrap();
    let refused = roles::insert(conn, &Role::restore(RoleId::new(), clerk.slug.clone(), String::new(), granted)).await;
    assert!(refused.unwrap_err().is_constraint(roles::SLUG_KEY));
    let grace = member(conn, "grace@example.org", "clerk").await;
    assert_eq!(staff::find(conn, grace.id).await.unwrap(), Some(grace.clone()));
    assert_eq!(staff::list(conn, &page(None)).await.unwrap().rows, std::slice::from_ref(&grace));
    assert_eq!(staff::list(conn, &page(Some(grace.id))).await.unwrap().rows, []);
    assert_eq!(staff::count(conn).await.unwrap(), 1);
}

#[tokio::test]
async fn inactive_staff_have_neither_login_nor_sessions() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let mut grace = member(conn, "grace@example.org", "owner").await;
    assert_eq!(roles::lock_owner_count(conn).await.unwrap(), 1);
    let before = staff::credentials(conn, &grace.email).await.unwrap().unwrap().session_epoch;
    grace.is_active = false;
    staff::save(conn, &grace).await.unwrap();
    assert!(staff::credentials(conn, &grace.email).await.unwrap().is_none());
    assert_eq!(staff::session_epoch(conn, grace.id).await.unwrap(), None);
    assert_eq!(roles::lock_owner_count(conn).await.unwrap(), 0);
    grace.is_active = true;
    staff::save(conn, &grace).await.unwrap();
    assert_eq!(staff::session_epoch(conn, grace.id).await.unwrap(), Some(before + 1));
}

#[tokio::test]
async fn a_token_is_found_by_its_digest_and_revoked_once() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let grace = member(conn, "grace@example.org", "owner").await;
    let digest = Digest::restore([9; 32]);
    let wanted = [Permission::CatalogWrite].into_iter().collect();
    let end = Some(now() + TimeDelta::days(1));
    let token = ApiToken::issue((grace.id, grace.permissions()), "erp", wanted, end, digest, now()).unwrap();
    api_tokens::insert(conn, &token).await.unwrap();
    assert_eq!(api_tokens::find_by_digest(conn, &digest).await.unwrap(), Some(token.clone()));
    assert_eq!(api_tokens::list(conn, &page(None)).await.unwrap().rows.len(), 1);
    assert_eq!(api_tokens::list(conn, &page(Some(token.id))).await.unwrap().rows, []);
    api_tokens::revoke(conn, token.id, now()).await.unwrap();
    assert!(api_tokens::find_by_digest(conn, &digest).await.unwrap().unwrap().revoked_at.is_some());
    assert!(matches!(api_tokens::revoke(conn, token.id, now()).await, Err(StoreError::NotFound)));
    assert!(matches!(api_tokens::revoke(conn, ApiTokenId::new(), now()).await, Err(StoreError::NotFound)));
    assert_eq!(api_tokens::list(conn, &page(None)).await.unwrap().rows, []);
    assert_eq!(api_tokens::count(conn).await.unwrap(), 0);
}
