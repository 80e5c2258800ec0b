use chrono::TimeDelta;
use model::{access::Actor, customers::PasswordError};
use services::identity::{
    Client, CustomerUpdate, IdentityError, IdentityRule, ensure_staff, register_customer, request_customer_reset,
    request_staff_reset, reset_customer_password, reset_staff_password, update_customer, verify_email,
};

use super::{PASSWORD, actor, customer, from, home, login, new_customer, refresh, shop};

#[tokio::test]
async fn a_reset_ends_all_sessions_and_starts_one() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let before = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    request_customer_reset(&shop.app, &home(), "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let secret = shop.mails.secret_to("ada@example.org");
    let weak = reset_customer_password(&shop.app, &home(), &secret, "short").await.err().unwrap();
    assert!(matches!(weak, IdentityError::Rule(IdentityRule::Password(PasswordError::TooShort))));
    let (_, after) = reset_customer_password(&shop.app, &home(), &secret, "a wholly new horse").await.ok().unwrap();
    assert_eq!(actor(&shop, &before).await, None);
    assert!(matches!(
        refresh(&shop, &before.refresh_token).await,
        Err(IdentityError::Rule(IdentityRule::SessionEnded))
    ));
    assert_eq!(actor(&shop, &after).await, Some(Actor::Customer(ada.id)));
    assert!(login(&shop, "ada@example.org", PASSWORD).await.is_err());
    let again = reset_customer_password(&shop.app, &home(), &secret, "yet another horse").await.err().unwrap();
    assert!(matches!(again, IdentityError::Rule(IdentityRule::InvalidToken)));
}

#[tokio::test]
async fn a_reset_for_an_unknown_email_looks_the_same() {
    let (shop, _) = shop().await;
    request_customer_reset(&shop.app, &home(), "nobody@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    assert!(shop.mails.to("nobody@example.org").is_empty());
}

#[tokio::test]
async fn mailed_tokens_expire() {
    let (shop, clock) = shop().await;
    customer(&shop, "ada@example.org").await;
    request_customer_reset(&shop.app, &home(), "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    clock.advance(TimeDelta::hours(1));
    let secret = shop.mails.secret_to("ada@example.org");
    let late = reset_customer_password(&shop.app, &home(), &secret, "a wholly new horse").await.err().unwrap();
    assert!(matches!(late, IdentityError::Rule(IdentityRule::InvalidToken)));
}

#[tokio::test]
async fn a_reset_revokes_a_pending_email_change() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let update = CustomerUpdate {
        email: Some("thief@example.org".into()),
        current_password: Some(PASSWORD.into()),
        ..CustomerUpdate::default()
    };
    update_customer(&shop.app, &Actor::Customer(ada.id), &home(), update).await.ok().unwrap();
    request_customer_reset(&shop.app, &home(), "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let (moving, secret) = (shop.mails.secret_to("thief@example.org"), shop.mails.secret_to("ada@example.org"));
    reset_customer_password(&shop.app, &home(), &secret, "a wholly new horse").await.ok().unwrap();
    assert!(matches!(
        verify_email(&shop.app, &home(), &moving, Some(PASSWORD)).await,
        Err(IdentityError::Rule(IdentityRule::InvalidToken))
    ));
}

#[tokio::test]
async fn strangers_cannot_block_password_resets() {
    let (shop, _) = shop().await;
    let email = "olga@example.org";
    ensure_staff(&shop.app, email, "Olga", PASSWORD, &["owner"]).await.unwrap();
    for network in 0..9 {
        let stranger = from(&format!("198.51.100.{network}"));
        register_customer(&shop.app, &stranger, new_customer(email)).await.unwrap();
        request_customer_reset(&shop.app, &stranger, email).await.unwrap();
    }
    request_staff_reset(&shop.app, &home(), email).await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let secret = shop.mails.secret_to(email);
    reset_staff_password(&shop.app, &home(), &secret, "a wholly new horse").await.unwrap();
}

#[tokio::test]
async fn a_limited_address_gets_the_same_answer_and_a_valid_token() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let before = shop.mails.to("ada@example.org").len();
    for _ in 0..8 {
        request_customer_reset(&shop.app, &Client::default(), "ada@example.org").await.unwrap();
    }
    shop.mails.deliver(&shop.app).await;
    assert_eq!(shop.mails.to("ada@example.org").len() - before, 5);
    let secret = shop.mails.secret_to("ada@example.org");
    reset_customer_password(&shop.app, &home(), &secret, "a wholly new horse").await.ok().unwrap();
    // The mailed token is used, so a new request sends a new mail.
    request_customer_reset(&shop.app, &home(), "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    assert_eq!(shop.mails.to("ada@example.org").len() - before, 6);
}
