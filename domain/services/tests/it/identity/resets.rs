use chrono::TimeDelta;
use model::{access::Actor, customers::PasswordError};
use services::identity::{IdentityError, request_customer_reset, reset_customer_password};

use super::{PASSWORD, actor, customer, home, login, refresh, shop};

#[tokio::test]
async fn a_reset_ends_every_session_and_begins_one() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let before = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    request_customer_reset(&shop.app, &home(), "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let secret = shop.mails.secret_to("ada@example.org");
    let weak = reset_customer_password(&shop.app, &home(), &secret, "short").await.err().unwrap();
    assert!(matches!(weak, IdentityError::Password(PasswordError::TooShort)));
    let (_, after) = reset_customer_password(&shop.app, &home(), &secret, "a wholly new horse").await.ok().unwrap();
    assert_eq!(actor(&shop, &before).await, None);
    assert!(matches!(refresh(&shop, &before.refresh_token).await, Err(IdentityError::SessionEnded)));
    assert_eq!(actor(&shop, &after).await, Some(Actor::Customer(ada.id)));
    assert!(login(&shop, "ada@example.org", PASSWORD).await.is_err());
    let again = reset_customer_password(&shop.app, &home(), &secret, "yet another horse").await.err().unwrap();
    assert!(matches!(again, IdentityError::InvalidToken));
}

#[tokio::test]
async fn asking_for_an_unknown_address_answers_the_same_and_mails_nobody() {
    let (shop, _) = shop().await;
    request_customer_reset(&shop.app, &home(), "nobody@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    assert!(shop.mails.to("nobody@example.org").is_empty());
}

#[tokio::test]
async fn a_mailed_token_grows_old() {
    let (shop, clock) = shop().await;
    customer(&shop, "ada@example.org").await;
    request_customer_reset(&shop.app, &home(), "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    clock.advance(TimeDelta::hours(1));
    let secret = shop.mails.secret_to("ada@example.org");
    let late = reset_customer_password(&shop.app, &home(), &secret, "a wholly new horse").await.err().unwrap();
    assert!(matches!(late, IdentityError::InvalidToken));
}
