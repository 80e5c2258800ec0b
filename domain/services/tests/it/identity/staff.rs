use model::{
    Timestamp,
    access::{AccessError, Actor, LimitedPermissions, Permission, Permissions},
    customers::{StaffError, StaffUser},
};
use services::{
    App, ServiceError,
    identity::{
        Client, IdentityError, IdentityRule, NewApiToken, NewStaff, StaffUpdate, create_api_token, create_role,
        ensure_role, ensure_staff, identify, invite_staff, reset_staff_password, staff_login, update_staff,
    },
};
use testkit::TestShop;

use super::{PASSWORD, home, role, shop, trusting_process};

async fn member(app: &App, name: &str, role: &str) -> StaffUser {
    ensure_staff(app, &format!("{name}@example.org"), name, PASSWORD, &[role]).await.unwrap()
}

/// The actor of the login, as authenticated by the process.
async fn acting(app: &App, user: &StaffUser) -> Actor {
    let (_, tokens) = staff_login(app, &home(), user.email.as_str(), PASSWORD, None).await.ok().unwrap();
    identify(app, &tokens.access_token).await.unwrap().actor
}

fn dismissed() -> StaffUpdate {
    StaffUpdate { is_active: Some(false), ..StaffUpdate::default() }
}

fn invitation(role: &str) -> NewStaff {
    NewStaff { email: "eve@example.org".into(), name: "Eve".into(), roles: vec![role.into()] }
}

async fn owner(shop: &TestShop) -> (StaffUser, Actor) {
    let user = ensure_staff(&shop.app, "owner@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
    let actor = Actor::Staff {
        id: user.id,
        permissions: user.permissions(),
        verified_at: Some(Timestamp::MAX_UTC),
        limited: LimitedPermissions::NONE,
        network: None,
    };
    (user, actor)
}

#[tokio::test]
async fn an_invited_user_sets_a_password_and_gets_their_roles() {
    let (shop, _) = shop().await;
    let (_, owner) = owner(&shop).await;
    let fulfil: Permissions = [Permission::OrdersFulfill].into_iter().collect();
    create_role(&shop.app, &owner, &home(), role("packer".parse().unwrap(), "Packer", fulfil)).await.unwrap();
    let new = NewStaff { email: "max@example.org".into(), name: "Max".into(), roles: vec!["packer".into()] };
    invite_staff(&shop.app, &owner, &home(), new.clone()).await.unwrap();
    assert!(matches!(
        invite_staff(&shop.app, &owner, &home(), new).await,
        Err(IdentityError::Rule(IdentityRule::EmailTaken))
    ));
    assert!(staff_login(&shop.app, &Client::default(), "max@example.org", PASSWORD, None).await.is_err());
    shop.mails.deliver(&shop.app).await;
    let secret = shop.mails.secret_to("max@example.org");
    reset_staff_password(&shop.app, &Client::default(), &secret, PASSWORD).await.unwrap();
    let (_, tokens) = staff_login(&shop.app, &Client::default(), "max@example.org", PASSWORD, None).await.ok().unwrap();
    let max = identify(&shop.app, &tokens.access_token).await.unwrap().actor;
    assert_eq!(max.permissions(), fulfil);
}

#[tokio::test]
async fn permissions_come_from_the_database_not_the_token() {
    let (shop, _) = shop().await;
    let (_, owner) = owner(&shop).await;
    ensure_role(&shop.app, "clerk", "Clerk", [Permission::OrdersFulfill].into_iter().collect()).await.unwrap();
    let clerk = ensure_staff(&shop.app, "clerk@example.org", "Carl", PASSWORD, &["clerk"]).await.unwrap();
    let (_, tokens) =
        staff_login(&shop.app, &Client::default(), "clerk@example.org", PASSWORD, None).await.ok().unwrap();
    ensure_role(&shop.app, "clerk", "Clerk", [Permission::OrdersRead].into_iter().collect()).await.unwrap();
    let now = identify(&shop.app, &tokens.access_token).await.unwrap().actor;
    assert!(now.require(Permission::OrdersFulfill).is_err() && now.require(Permission::OrdersRead).is_ok());
    let leave = StaffUpdate { is_active: Some(false), ..StaffUpdate::default() };
    update_staff(&shop.app, &owner, &home(), clerk.id, leave).await.unwrap();
    assert!(identify(&shop.app, &tokens.access_token).await.is_err());
    assert!(staff_login(&shop.app, &Client::default(), "clerk@example.org", PASSWORD, None).await.is_err());
}

#[tokio::test]
async fn staff_cannot_grant_the_owner_role() {
    let (shop, _) = shop().await;
    let (olga, owner) = owner(&shop).await;
    let manage: Permissions = [Permission::StaffManage].into_iter().collect();
    ensure_role(&shop.app, "hr", "People", manage).await.unwrap();
    let hr = ensure_staff(&shop.app, "hr@example.org", "Hera", PASSWORD, &["hr"]).await.unwrap();
    let actor = Actor::Staff {
        id: hr.id,
        permissions: hr.permissions(),
        verified_at: Some(Timestamp::MAX_UTC),
        limited: LimitedPermissions::NONE,
        network: None,
    };
    let promote = StaffUpdate { roles: Some(vec!["owner".into()]), ..StaffUpdate::default() };
    let refused = update_staff(&shop.app, &actor, &home(), hr.id, promote).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Staff(StaffError::MoreThanOwn))));
    let demote = StaffUpdate { roles: Some(vec![]), ..StaffUpdate::default() };
    let refused = update_staff(&shop.app, &actor, &home(), olga.id, demote.clone()).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Staff(StaffError::MoreThanOwn))));
    let refused = update_staff(&shop.app, &owner, &home(), olga.id, demote).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Staff(StaffError::LastOwner))));
}

#[tokio::test]
async fn disabled_staff_cannot_grant_rights_in_another_process() {
    let shop = TestShop::new().await;
    let (_, olga) = owner(&shop).await;
    let (other, _background) = trusting_process(&shop).await;
    let bea = member(&shop.app, "bea", "owner").await;
    let remembered = acting(&other, &bea).await;
    update_staff(&shop.app, &olga, &home(), bea.id, dismissed()).await.unwrap();
    let gone = |error| matches!(error, IdentityError::Failure(ServiceError::Access(AccessError::Unauthenticated)));
    assert!(gone(invite_staff(&other, &remembered, &home(), invitation("owner")).await.unwrap_err()));
    let role = create_role(&other, &remembered, &home(), role("god".parse().unwrap(), "God", Permissions::all())).await;
    assert!(gone(role.unwrap_err()));
    let token = NewApiToken { name: "key".into(), permissions: Permissions::all(), expires_at: None };
    assert!(gone(create_api_token(&other, &remembered, &home(), &token).await.err().unwrap()));
    assert!(gone(update_staff(&other, &remembered, &home(), bea.id, StaffUpdate::default()).await.unwrap_err()));
}

#[tokio::test]
async fn a_revoked_right_cannot_be_granted_in_another_process() {
    let shop = TestShop::new().await;
    let (_, olga) = owner(&shop).await;
    let manage: Permissions = [Permission::StaffManage].into_iter().collect();
    ensure_role(&shop.app, "hr", "People", manage).await.unwrap();
    let (other, _background) = trusting_process(&shop).await;
    let bea = member(&shop.app, "bea", "owner").await;
    let remembered = acting(&other, &bea).await;
    let demoted = StaffUpdate { roles: Some(vec!["hr".into()]), ..StaffUpdate::default() };
    update_staff(&shop.app, &olga, &home(), bea.id, demoted).await.unwrap();
    let refused = invite_staff(&other, &remembered, &home(), invitation("owner")).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Staff(StaffError::MoreThanOwn))));
    invite_staff(&other, &remembered, &home(), invitation("hr")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_owners_who_disable_each_other_leave_one() {
    let shop = TestShop::new().await;
    owner(&shop).await;
    let (other, _background) = trusting_process(&shop).await;
    for round in 0..5 {
        let (anna, bea) = (format!("anna{round}"), format!("bea{round}"));
        let (anna, bea) = (member(&shop.app, &anna, "owner").await, member(&shop.app, &bea, "owner").await);
        let (by_anna, by_bea) = (acting(&shop.app, &anna).await, acting(&other, &bea).await);
        let client = home();
        let (first, second) = tokio::join!(
            update_staff(&shop.app, &by_anna, &client, bea.id, dismissed()),
            update_staff(&other, &by_bea, &client, anna.id, dismissed()),
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    }
}

#[tokio::test]
async fn roles_are_assigned_in_a_large_shop() {
    let (shop, _) = shop().await;
    let (_, olga) = owner(&shop).await;
    let many = "insert into roles (id, slug, name, permissions)
        select gen_random_uuid(), 'a' || n, 'A', '{}' from generate_series(1, 1000) n";
    shop.database.execute(many).await;
    create_role(&shop.app, &olga, &home(), role("zz".parse().unwrap(), "Last", Permissions::NONE)).await.unwrap();
    let eve = invite_staff(&shop.app, &olga, &home(), invitation("zz")).await.unwrap();
    assert_eq!(eve.roles[0].slug.as_str(), "zz");
}
