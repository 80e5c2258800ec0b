use chrono::TimeDelta;
use services::identity::{IdentityError, IdentityRule, NewCustomer, register_customer, verify_email};

use super::{PASSWORD, from, home, login, new_customer, shop};

const EMAIL: &str = "ada@example.org";

#[tokio::test]
async fn an_unmailed_registration_still_revokes_earlier_tokens() {
    let (shop, clock) = shop().await;
    for network in 0..5 {
        let prepared = NewCustomer { password: "the thief's own words".into(), ..new_customer(EMAIL) };
        register_customer(&shop.app, &from(&format!("198.51.100.{network}")), prepared).await.unwrap();
    }
    shop.mails.deliver(&shop.app).await;
    register_customer(&shop.app, &home(), new_customer(EMAIL)).await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let newest = shop.mails.secret_to(EMAIL);
    assert!(matches!(
        verify_email(&shop.app, &home(), &newest).await,
        Err(IdentityError::Rule(IdentityRule::InvalidToken))
    ));
    clock.advance(TimeDelta::hours(1));
    register_customer(&shop.app, &home(), new_customer(EMAIL)).await.unwrap();
    shop.mails.deliver(&shop.app).await;
    verify_email(&shop.app, &home(), &shop.mails.secret_to(EMAIL)).await.unwrap();
    assert!(login(&shop, EMAIL, "the thief's own words").await.is_err());
    assert!(login(&shop, EMAIL, PASSWORD).await.is_ok());
}
