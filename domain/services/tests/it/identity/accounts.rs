use std::time::Duration;

use futures_util::future::join_all;
use model::{
    access::Actor,
    customers::{CustomerPatch, PasswordError},
    ids::CartId,
};
use persistence::carts;
use services::{
    checkout::{CompleteCart, CompleteError, CompleteRule, complete},
    identity::{
        Client, CustomerUpdate, IdentityError, IdentityRule, find_customer, register_customer, request_customer_reset,
        reset_customer_password, update_customer, verify_email,
    },
    privacy::{erase_customer, export_customer},
};
use testkit::{TestShop, cart_fixtures};

use super::{PASSWORD, actor, customer, home, login, new_customer, shop};

#[tokio::test]
async fn a_mailed_token_opens_its_account_once() {
    let (shop, _) = shop().await;
    register_customer(&shop.app, &home(), new_customer(" Ada@Example.org ")).await.unwrap();
    assert!(matches!(
        login(&shop, "ada@example.org", PASSWORD).await,
        Err(IdentityError::Rule(IdentityRule::InvalidCredentials))
    ));
    shop.mails.deliver(&shop.app).await;
    let secret = shop.mails.secret_to("ada@example.org");
    let ada = verify_email(&shop.app, &home(), &secret, Some(PASSWORD)).await.unwrap();
    assert_eq!((ada.first_name.as_str(), ada.email_verified_at.is_some()), ("Ada", true));
    assert!(matches!(
        verify_email(&shop.app, &home(), &secret, Some(PASSWORD)).await,
        Err(IdentityError::Rule(IdentityRule::InvalidToken))
    ));
    let tokens = login(&shop, "ADA@example.org", PASSWORD).await.ok().unwrap();
    assert_eq!(actor(&shop, &tokens).await, Some(Actor::Customer(ada.id)));
}

#[tokio::test]
async fn registering_a_known_email_looks_the_same_and_changes_nothing() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let mut again = new_customer("ada@example.org");
    again.password = Some("another horse battery".into());
    register_customer(&shop.app, &home(), again).await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let mails = shop.mails.to("ada@example.org");
    assert_eq!(mails.len(), 2);
    assert!(mails[1].contains("You already have an account") && !mails[1].contains("mot_"), "{}", mails[1]);
    assert!(login(&shop, "ada@example.org", "another horse battery").await.is_err());
    assert!(login(&shop, "ada@example.org", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn weak_passwords_and_invalid_emails_are_refused() {
    let (shop, _) = shop().await;
    let weak = services::identity::NewCustomer { password: Some("short".into()), ..new_customer("ada@example.org") };
    let refused = register_customer(&shop.app, &home(), weak).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Password(PasswordError::TooShort))));
    let refused = register_customer(&shop.app, &home(), new_customer("ada@")).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Email(_))));
}

#[tokio::test]
async fn mails_per_address_are_limited() {
    let (shop, _) = shop().await;
    for _ in 0..8 {
        register_customer(&shop.app, &Client::default(), new_customer("ada@example.org")).await.unwrap();
        shop.mails.deliver(&shop.app).await;
    }
    assert_eq!(shop.mails.to("ada@example.org").len(), 5);
}

#[tokio::test]
async fn a_new_email_takes_effect_after_verification() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let me = Actor::Customer(ada.id);
    let update = |password: &str| CustomerUpdate {
        patch: CustomerPatch { last_name: Some("King".into()), ..CustomerPatch::default() },
        email: Some("countess@example.org".into()),
        current_password: Some(password.into()),
        ..CustomerUpdate::default()
    };
    let refused = update_customer(&shop.app, &me, &home(), update("wrong")).await.err().unwrap();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::InvalidCredentials)));
    let (changed, _) = update_customer(&shop.app, &me, &home(), update(PASSWORD)).await.ok().unwrap();
    assert_eq!((changed.last_name.as_str(), changed.email), ("King", ada.email));
    shop.mails.deliver(&shop.app).await;
    verify_email(&shop.app, &home(), &shop.mails.secret_to("countess@example.org"), Some(PASSWORD)).await.unwrap();
    shop.mails.deliver(&shop.app).await;
    assert!(
        shop.mails
            .to("ada@example.org")
            .iter()
            .any(|mail| mail.contains("We will send all further mail to the new address"))
    );
    assert!(login(&shop, "countess@example.org", PASSWORD).await.is_ok());
    assert!(login(&shop, "ada@example.org", PASSWORD).await.is_err());
}

fn to_countess() -> CustomerUpdate {
    CustomerUpdate {
        email: Some("countess@example.org".into()),
        current_password: Some(PASSWORD.into()),
        ..CustomerUpdate::default()
    }
}

#[tokio::test]
async fn changing_the_email_ends_sessions_and_revokes_tokens() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let before = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    request_customer_reset(&shop.app, &home(), "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let reset = shop.mails.secret_to("ada@example.org");
    update_customer(&shop.app, &Actor::Customer(ada.id), &home(), to_countess()).await.ok().unwrap();
    shop.mails.deliver(&shop.app).await;
    assert!(shop.mails.to("ada@example.org").iter().any(|mail| mail.contains("Someone who knows your password")));
    verify_email(&shop.app, &home(), &shop.mails.secret_to("countess@example.org"), Some(PASSWORD)).await.unwrap();
    assert_eq!(actor(&shop, &before).await, None);
    let late = reset_customer_password(&shop.app, &home(), &reset, "a wholly new horse").await.err().unwrap();
    assert!(matches!(late, IdentityError::Rule(IdentityRule::InvalidToken)));
}

#[tokio::test]
async fn a_new_password_revokes_mailed_tokens() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let me = Actor::Customer(ada.id);
    request_customer_reset(&shop.app, &home(), "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let reset = shop.mails.secret_to("ada@example.org");
    update_customer(&shop.app, &me, &home(), to_countess()).await.ok().unwrap();
    shop.mails.deliver(&shop.app).await;
    let moving = shop.mails.secret_to("countess@example.org");
    let update = CustomerUpdate {
        new_password: Some("a wholly new horse".into()),
        current_password: Some(PASSWORD.into()),
        ..CustomerUpdate::default()
    };
    update_customer(&shop.app, &me, &home(), update).await.ok().unwrap();
    assert!(matches!(
        verify_email(&shop.app, &home(), &moving, Some(PASSWORD)).await,
        Err(IdentityError::Rule(IdentityRule::InvalidToken))
    ));
    let late = reset_customer_password(&shop.app, &home(), &reset, "yet another horse").await.err().unwrap();
    assert!(matches!(late, IdentityError::Rule(IdentityRule::InvalidToken)));
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let before = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let update = CustomerUpdate {
        new_password: Some("a wholly new horse".into()),
        current_password: Some(PASSWORD.into()),
        ..CustomerUpdate::default()
    };
    let me = Actor::Customer(ada.id);
    let (_, tokens) = update_customer(&shop.app, &me, &home(), update).await.ok().unwrap();
    assert_eq!(actor(&shop, &before).await, None);
    assert_eq!(actor(&shop, &tokens.unwrap()).await, Some(me));
    assert!(login(&shop, "ada@example.org", PASSWORD).await.is_err());
}

#[tokio::test]
async fn personal_data_can_be_exported_and_erased() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let me = Actor::Customer(ada.id);
    let tokens = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let export = export_customer(&shop.app, &me, &home()).await.unwrap();
    assert_eq!(export["customer"]["email"], "ada@example.org");
    assert_eq!(export["orders"], serde_json::json!([]));
    assert!(!export.to_string().contains("argon2"), "{export}");
    let refused = erase_customer(&shop.app, &me, &home(), "wrong").await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::InvalidCredentials)));
    erase_customer(&shop.app, &me, &home(), PASSWORD).await.unwrap();
    assert_eq!(actor(&shop, &tokens).await, None);
    assert!(login(&shop, "ada@example.org", PASSWORD).await.is_err());
    let left = find_customer(&shop.app, &Actor::System, ada.id).await.unwrap().unwrap();
    assert!(left.erased_at.is_some() && left.email.is_none() && left.first_name.is_empty());
    customer(&shop, "ada@example.org").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn erasure_during_completions_loses_no_order() {
    let shop = TestShop::configured(|config| config.db.wait = Duration::from_mins(1)).await;
    let tee = cart_fixtures::sellable_fixture(&shop, "TEE", 0, &[(shop.channels.locations[0].id, 1_000)]).await;
    for round in 0..5 {
        let email = format!("ada{round}@example.org");
        let ada = customer(&shop, &email).await;
        let me = Actor::Customer(ada.id);
        let mut theirs = Vec::new();
        for _ in 0..40 {
            let mut cart = cart_fixtures::cart_fixture(&shop, &[(&tee, 1)]).await;
            cart.customer = Some(ada.id);
            cart.version += 1;
            carts::save(&mut shop.app.db().write().await.unwrap(), &cart, 1).await.unwrap();
            theirs.push(cart.id);
        }
        let buy = async |id: &CartId| {
            let input = CompleteCart { cart_id: *id, expected_version: None, idempotency_key: None, network: None };
            complete(&shop.app, &me, input).await
        };
        let client = home();
        let erase = erase_customer(&shop.app, &me, &client, PASSWORD);
        let (erased, bought) = tokio::join!(erase, join_all(theirs.iter().map(buy)));
        erased.unwrap();
        let left = carts::by_ids(&mut shop.app.db().read().await.unwrap(), &theirs).await.unwrap();
        for (id, outcome) in theirs.iter().zip(bought) {
            match outcome {
                Ok(order) => assert_eq!(left[id].order, Some(order.id)),
                Err(CompleteError::Rule(CompleteRule::CartNotFound)) => assert!(!left.contains_key(id)),
                Err(other) => panic!("{other}"),
            }
        }
    }
}
