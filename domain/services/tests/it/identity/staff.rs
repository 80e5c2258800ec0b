use model::{
    access::{Actor, Permission, Permissions},
    customers::{StaffError, StaffUser},
};
use services::identity::{
    Client, IdentityError, NewStaff, StaffUpdate, create_role, ensure_role, ensure_staff, identify, invite_staff,
    reset_staff_password, staff_login, update_staff,
};
use testkit::TestShop;

use super::{PASSWORD, shop};

async fn owner(shop: &TestShop) -> (StaffUser, Actor) {
    let user = ensure_staff(&shop.app, "owner@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
    let actor = Actor::Staff { id: user.id, permissions: user.permissions() };
    (user, actor)
}

#[tokio::test]
async fn an_invited_colleague_chooses_a_password_and_holds_their_roles() {
    let (shop, _) = shop().await;
    let (_, owner) = owner(&shop).await;
    let fulfil: Permissions = [Permission::OrdersFulfill].into_iter().collect();
    create_role(&shop.app, &owner, "packer".parse().unwrap(), "Packer", fulfil).await.unwrap();
    let new = NewStaff { email: "max@example.org".into(), name: "Max".into(), roles: vec!["packer".into()] };
    invite_staff(&shop.app, &owner, new.clone()).await.unwrap();
    assert!(matches!(invite_staff(&shop.app, &owner, new).await, Err(IdentityError::EmailTaken)));
    assert!(staff_login(&shop.app, &Client::default(), "max@example.org", PASSWORD).await.is_err());
    shop.mails.deliver(&shop.app).await;
    let secret = shop.mails.secret_to("max@example.org");
    reset_staff_password(&shop.app, &Client::default(), &secret, PASSWORD).await.unwrap();
    let (_, tokens) = staff_login(&shop.app, &Client::default(), "max@example.org", PASSWORD).await.ok().unwrap();
    let max = identify(&shop.app, &tokens.access_token).await.unwrap().actor;
    assert_eq!(max.permissions(), fulfil);
}

#[tokio::test]
async fn permissions_are_looked_up_and_not_read_from_the_token() {
    let (shop, _) = shop().await;
    let (_, owner) = owner(&shop).await;
    ensure_role(&shop.app, "clerk", "Clerk", [Permission::OrdersFulfill].into_iter().collect()).await.unwrap();
    let clerk = ensure_staff(&shop.app, "clerk@example.org", "Carl", PASSWORD, &["clerk"]).await.unwrap();
    let (_, tokens) = staff_login(&shop.app, &Client::default(), "clerk@example.org", PASSWORD).await.ok().unwrap();
    ensure_role(&shop.app, "clerk", "Clerk", [Permission::OrdersRead].into_iter().collect()).await.unwrap();
    let now = identify(&shop.app, &tokens.access_token).await.unwrap().actor;
    assert!(now.require(Permission::OrdersFulfill).is_err() && now.require(Permission::OrdersRead).is_ok());
    let leave = StaffUpdate { is_active: Some(false), ..StaffUpdate::default() };
    update_staff(&shop.app, &owner, clerk.id, leave).await.unwrap();
    assert!(identify(&shop.app, &tokens.access_token).await.is_err());
    assert!(staff_login(&shop.app, &Client::default(), "clerk@example.org", PASSWORD).await.is_err());
}

#[tokio::test]
async fn nobody_makes_themselves_or_others_an_owner() {
    let (shop, _) = shop().await;
    let (olga, owner) = owner(&shop).await;
    let manage: Permissions = [Permission::StaffManage].into_iter().collect();
    ensure_role(&shop.app, "hr", "People", manage).await.unwrap();
    let hr = ensure_staff(&shop.app, "hr@example.org", "Hera", PASSWORD, &["hr"]).await.unwrap();
    let actor = Actor::Staff { id: hr.id, permissions: hr.permissions() };
    let promote = StaffUpdate { roles: Some(vec!["owner".into()]), ..StaffUpdate::default() };
    let refused = update_staff(&shop.app, &actor, hr.id, promote).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Staff(StaffError::MoreThanOwn)));
    let demote = StaffUpdate { roles: Some(vec![]), ..StaffUpdate::default() };
    let refused = update_staff(&shop.app, &actor, olga.id, demote.clone()).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Staff(StaffError::MoreThanOwn)));
    let refused = update_staff(&shop.app, &owner, olga.id, demote).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Staff(StaffError::LastOwner)));
}
