use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use model::{
    PageRequest, Timestamp,
    access::{AccessError, Actor, LimitedPermissions, Permission, Permissions},
    customers::{ApiTokenError, StaffError},
};
use persistence::statements;
use serde_json::Value;
use services::{
    App, AppConfig, Background, ServiceError,
    identity::{
        Audience, AuthError, Client, CustomerUpdate, IdentityError, IdentityRule, NewApiToken, StaffUpdate,
        authenticate, create_api_token, create_role, end_session_of, ensure_role, ensure_staff, jwks, list_api_tokens,
        purge, reseal_keys, revoke_api_token, staff_login, update_customer, update_staff,
    },
};
use testkit::{TestClock, TestShop, eventually};

use super::{PASSWORD, actor, customer, home, login, role, shop, trusting_process};

async fn owner(app: &App, email: &str) -> Actor {
    let user = ensure_staff(app, email, "Olga", PASSWORD, &["owner"]).await.unwrap();
    Actor::Staff {
        id: user.id,
        permissions: user.permissions(),
        verified_at: Some(Timestamp::MAX_UTC),
        limited: LimitedPermissions::NONE,
        network: None,
    }
}

fn erp(permissions: &[Permission]) -> NewApiToken {
    NewApiToken { name: "erp".into(), permissions: permissions.iter().copied().collect(), expires_at: None }
}

#[tokio::test]
async fn an_api_token_keeps_its_scope_until_revoked() {
    let (shop, _) = shop().await;
    let owner = owner(&shop.app, "olga@example.org").await;
    let wanted = erp(&[Permission::CatalogWrite]);
    let (token, secret) = create_api_token(&shop.app, &owner, &home(), &wanted).await.unwrap();
    assert!(secret.starts_with("mct_") && secret.len() > 40);
    let acting = authenticate(&shop.app, &secret).await.unwrap();
    assert_eq!(
        acting,
        Actor::Token {
            id: token.id,
            permissions: wanted.permissions,
            limited: LimitedPermissions::NONE,
            network: None
        }
    );
    let listed =
        list_api_tokens(&shop.app, &owner, &PageRequest::parse(None, None, None, None).unwrap()).await.unwrap();
    assert!(listed.rows[0].last_used_at.is_some());
    assert!(create_api_token(&shop.app, &acting, &home(), &wanted).await.is_err(), "a token makes no tokens");
    revoke_api_token(&shop.app, &owner, &home(), token.id).await.unwrap();
    assert!(matches!(authenticate(&shop.app, &secret).await, Err(AuthError::InvalidToken)));
    assert!(matches!(
        revoke_api_token(&shop.app, &owner, &home(), token.id).await,
        Err(IdentityError::Rule(IdentityRule::NotFound))
    ));
}

#[tokio::test]
async fn an_api_token_never_exceeds_its_creators_rights() {
    let (shop, _) = shop().await;
    let boss = owner(&shop.app, "olga@example.org").await;
    let roles: Permissions = [Permission::StaffManage, Permission::OrdersWrite].into_iter().collect();
    ensure_role(&shop.app, "lead", "Lead", roles).await.unwrap();
    let lead = ensure_staff(&shop.app, "lead@example.org", "Lea", PASSWORD, &["lead"]).await.unwrap();
    let actor = Actor::Staff {
        id: lead.id,
        permissions: lead.permissions(),
        verified_at: Some(Timestamp::MAX_UTC),
        limited: LimitedPermissions::NONE,
        network: None,
    };
    let refused = create_api_token(&shop.app, &actor, &home(), &erp(&[Permission::CatalogWrite])).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::ApiToken(ApiTokenError::MoreThanOwn))));
    let (_, secret) = create_api_token(&shop.app, &actor, &home(), &erp(&[Permission::OrdersWrite])).await.unwrap();
    ensure_role(&shop.app, "lead", "Lead", [Permission::StaffManage].into_iter().collect()).await.unwrap();
    let now = authenticate(&shop.app, &secret).await.unwrap();
    assert_eq!(now.permissions(), Permissions::NONE);
    let leave = StaffUpdate { is_active: Some(false), ..StaffUpdate::default() };
    update_staff(&shop.app, &boss, &home(), lead.id, leave).await.unwrap();
    assert!(authenticate(&shop.app, &secret).await.is_err());
}

#[tokio::test]
async fn tokens_with_more_rights_cannot_be_revoked() {
    let (shop, _) = shop().await;
    let boss = owner(&shop.app, "olga@example.org").await;
    ensure_role(&shop.app, "lead", "Lead", [Permission::StaffManage].into_iter().collect()).await.unwrap();
    let lead = ensure_staff(&shop.app, "lead@example.org", "Lea", PASSWORD, &["lead"]).await.unwrap();
    let lead = Actor::Staff {
        id: lead.id,
        permissions: lead.permissions(),
        verified_at: Some(Timestamp::MAX_UTC),
        limited: LimitedPermissions::NONE,
        network: None,
    };
    let (erp_token, _) = create_api_token(&shop.app, &boss, &home(), &erp(&[Permission::CatalogWrite])).await.unwrap();
    let refused = revoke_api_token(&shop.app, &lead, &home(), erp_token.id).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Staff(StaffError::MoreThanOwn))));
    let (own, secret) = create_api_token(&shop.app, &lead, &home(), &erp(&[Permission::StaffManage])).await.unwrap();
    let acting = authenticate(&shop.app, &secret).await.unwrap();
    let slug = "another".parse().unwrap();
    let refused = create_role(&shop.app, &acting, &home(), role(slug, "Another", Permissions::NONE)).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Failure(ServiceError::Access(AccessError::NotStaff))));
    revoke_api_token(&shop.app, &lead, &home(), own.id).await.unwrap();
    revoke_api_token(&shop.app, &boss, &home(), erp_token.id).await.unwrap();
}

#[tokio::test]
async fn access_tokens_are_bound_to_one_api() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    owner(&shop.app, "olga@example.org").await;
    let ada = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let (_, olga) = staff_login(&shop.app, &Client::default(), "olga@example.org", PASSWORD, None).await.ok().unwrap();
    let audience = |token: &str| {
        let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&claims).unwrap()["aud"].clone()
    };
    assert_eq!(audience(&ada.access_token), "mercator-storefront");
    assert_eq!(audience(&olga.access_token), "mercator-admin");
}

#[tokio::test]
async fn an_expired_api_token_is_refused() {
    let (shop, clock) = shop().await;
    let owner = owner(&shop.app, "olga@example.org").await;
    let end = shop.app.now() + TimeDelta::hours(1);
    let new = NewApiToken { expires_at: Some(end), ..erp(&[Permission::OrdersRead]) };
    let (_, secret) = create_api_token(&shop.app, &owner, &home(), &new).await.unwrap();
    authenticate(&shop.app, &secret).await.unwrap();
    clock.advance(TimeDelta::hours(1));
    assert!(authenticate(&shop.app, &secret).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ended_sessions_and_rights_reach_other_processes() {
    let shop = TestShop::new().await;
    let (other, _background) = trusting_process(&shop).await;
    let _here = Background::start(&shop.app).await.unwrap();
    let olga = owner(&shop.app, "olga@example.org").await;
    let bea = owner(&shop.app, "bea@example.org").await.require_staff().unwrap();
    let ada = Actor::Customer(customer(&shop, "ada@example.org").await.id);
    let staff_token = async |email: &str| staff_login(&shop.app, &home(), email, PASSWORD, None).await.ok().unwrap().1;
    let (token, secret) = create_api_token(&shop.app, &olga, &home(), &erp(&[Permission::OrdersRead])).await.unwrap();
    let dismissed = staff_token("bea@example.org").await.access_token;
    let logged_out = staff_token("olga@example.org").await;
    let changed = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap().access_token;
    let stops = async |bearer: &str| {
        let stopped = async || authenticate(&other, bearer).await.is_err().then_some(());
        eventually("the token stops", Duration::from_secs(20), stopped).await;
    };
    for bearer in [&secret, &dismissed, &logged_out.access_token, &changed] {
        authenticate(&other, bearer).await.unwrap();
    }

    revoke_api_token(&shop.app, &olga, &home(), token.id).await.unwrap();
    assert!(authenticate(&shop.app, &secret).await.is_err(), "at once where it was revoked");
    stops(&secret).await;
    let leave = StaffUpdate { is_active: Some(false), ..StaffUpdate::default() };
    update_staff(&shop.app, &olga, &home(), bea, leave).await.unwrap();
    stops(&dismissed).await;
    end_session_of(&shop.app, Audience::Staff, &home(), &logged_out.refresh_token).await.unwrap();
    stops(&logged_out.access_token).await;
    let update = CustomerUpdate {
        new_password: Some("a wholly new horse".into()),
        current_password: Some(PASSWORD.into()),
        ..CustomerUpdate::default()
    };
    update_customer(&shop.app, &ada, &home(), update).await.ok().unwrap();
    stops(&changed).await;
}

#[tokio::test]
async fn repeated_authentication_takes_no_statements() {
    let shop = TestShop::new().await;
    let owner = owner(&shop.app, "olga@example.org").await;
    let (_, secret) = create_api_token(&shop.app, &owner, &home(), &erp(&[Permission::OrdersRead])).await.unwrap();
    authenticate(&shop.app, &secret).await.unwrap();
    let (again, count) = statements::counted(Box::pin(authenticate(&shop.app, &secret))).await;
    assert!(again.is_ok());
    assert_eq!(count, 0);
}

#[tokio::test]
async fn malformed_tokens_are_refused() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let real = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap().access_token;
    let parts: Vec<&str> = real.split('.').collect();
    let unsigned = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let garbage = [
        String::new(),
        "mct_".into(),
        "mct_AAAA".into(),
        "a.b.c".into(),
        format!("{unsigned}.{}.", parts[1]),
        format!("{}.{}.{}", parts[0], parts[1], &parts[2][..20]),
        format!("{}.{}.{}", parts[0], BASE64_URL_SAFE_NO_PAD.encode("{}"), parts[2]),
        "x".repeat(100_000),
    ];
    for token in garbage {
        assert!(matches!(authenticate(&shop.app, &token).await, Err(AuthError::InvalidToken)), "{token:.60}");
    }
}

fn kids(jwks: &Value) -> Vec<String> {
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_share_one_key() {
    let shop = TestShop::new().await;
    let (one, _a) = shop.another_process().await;
    let (two, _b) = shop.another_process().await;
    let (a, b, c) = tokio::join!(jwks(&shop.app), jwks(&one), jwks(&two));
    let published = a.unwrap();
    assert_eq!(published, b.unwrap());
    assert_eq!(published, c.unwrap());
    assert_eq!(kids(&published).len(), 1);
    assert_eq!(published["keys"][0]["crv"], "Ed25519");
    assert!(published["keys"][0].get("d").is_none(), "the private half is never published");
}

#[tokio::test]
async fn signing_keys_rotate_without_invalidating_tokens() {
    let (shop, clock) = shop().await;
    let owner = ensure_staff(&shop.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
    let first = kids(&jwks(&shop.app).await.unwrap());
    clock.advance(TimeDelta::days(30) - TimeDelta::minutes(30));
    let both = kids(&jwks(&shop.app).await.unwrap());
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    clock.advance(TimeDelta::minutes(25));
    let (_, tokens) =
        staff_login(&shop.app, &Client::default(), "olga@example.org", PASSWORD, None).await.ok().unwrap();
    clock.advance(TimeDelta::minutes(14));
    let (_, newer) = staff_login(&shop.app, &Client::default(), "olga@example.org", PASSWORD, None).await.ok().unwrap();
    let kid = |token: &str| {
        let header = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
        serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    assert_eq!(kid(&tokens.access_token), both[0]);
    let Ok(Actor::Staff { id, .. }) = authenticate(&shop.app, &tokens.access_token).await else {
        panic!("a token of the old key still lives");
    };
    assert_eq!(id, owner.id);
    clock.advance(TimeDelta::hours(2));
    assert_eq!(kids(&jwks(&shop.app).await.unwrap()), both[1..]);
    assert!(both.contains(&kid(&newer.access_token)));
}

#[tokio::test]
async fn encrypted_keys_require_the_secret() {
    let clock = TestClock::new();
    let shop = TestShop::with_clock(&clock, |config| {
        config.identity.key_secret = Some("a long secret of this shop".into());
    })
    .await;
    customer(&shop, "ada@example.org").await;
    let tokens = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    assert!(actor(&shop, &tokens).await.is_some());
    let (without, _background) = shop.another_process().await;
    let refused = jwks(&without).await.unwrap_err();
    assert!(refused.to_string().contains("sealed"), "{refused}");
}

#[tokio::test]
async fn a_rotated_secret_opens_old_keys_and_encrypts_them_again() {
    const OLD: &str = "the old secret of this shop";
    const NEW: &str = "the new secret of this shop";
    let with = |secret: &'static str, old: Option<&'static str>| {
        move |config: &mut AppConfig| {
            config.identity.key_secret = Some(secret.to_owned());
            config.identity.old_key_secret = old.map(str::to_owned);
        }
    };
    let shop = TestShop::configured(with(OLD, None)).await;
    customer(&shop, "ada@example.org").await;
    let tokens = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let process = async |change: &dyn Fn(&mut AppConfig)| {
        let mut config = AppConfig::new(&shop.database.url);
        config.mail.directory = shop.mails.directory();
        change(&mut config);
        App::builder(config).build().await.unwrap()
    };
    let alone = process(&with(NEW, None)).await;
    assert!(jwks(&alone).await.is_err(), "the new secret alone opens nothing yet");
    let rotating = process(&with(NEW, Some(OLD))).await;
    assert!(authenticate(&rotating, &tokens.access_token).await.is_ok());
    reseal_keys(&rotating).await.unwrap();
    let rotated = process(&with(NEW, None)).await;
    assert!(authenticate(&rotated, &tokens.access_token).await.is_ok());
    assert_eq!(jwks(&rotated).await.unwrap(), jwks(&shop.app).await.unwrap());
}

#[tokio::test]
async fn expired_identity_rows_are_deleted() {
    let (shop, clock) = shop().await;
    customer(&shop, "ada@example.org").await;
    let tokens = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    purge(&shop.app).await.unwrap();
    assert!(actor(&shop, &tokens).await.is_some());
    clock.advance(TimeDelta::days(91));
    purge(&shop.app).await.unwrap();
    assert_eq!(actor(&shop, &tokens).await, None);
}
