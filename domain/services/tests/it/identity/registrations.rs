use chrono::TimeDelta;
use model::customers::PasswordError;
use services::identity::{IdentityError, IdentityRule, NewCustomer, register_customer, verify_email};

use super::{PASSWORD, from, home, login, new_customer, shop};

const EMAIL: &str = "ada@example.org";

#[tokio::test]
async fn the_holder_of_a_token_chooses_the_password() {
    let (shop, _) = shop().await;
    let strange = NewCustomer { password: Some("the thief's own words".into()), ..new_customer(EMAIL) };
    register_customer(&shop.app, &from("198.51.100.1"), strange).await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let secret = shop.mails.secret_to(EMAIL);
    let refused = verify_email(&shop.app, &home(), &secret, None).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::PasswordRequired)), "{refused}");
    let refused = verify_email(&shop.app, &home(), &secret, Some("ada.lovelace")).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Password(PasswordError::TooCommon))), "{refused}");
    verify_email(&shop.app, &home(), &secret, Some(PASSWORD)).await.unwrap();
    assert!(login(&shop, EMAIL, "the thief's own words").await.is_err());
    assert!(login(&shop, EMAIL, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn registrations_of_strangers_revoke_no_token() {
    let (shop, clock) = shop().await;
    register_customer(&shop.app, &home(), new_customer(EMAIL)).await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let first = shop.mails.secret_to(EMAIL);
    for network in 0..9 {
        clock.advance(TimeDelta::minutes(5));
        register_customer(&shop.app, &from(&format!("198.51.100.{network}")), new_customer(EMAIL)).await.unwrap();
    }
    shop.mails.deliver(&shop.app).await;
    verify_email(&shop.app, &home(), &first, Some(PASSWORD)).await.unwrap();
    assert!(login(&shop, EMAIL, PASSWORD).await.is_ok());
    let others = shop.mails.to(EMAIL);
    assert!(others.len() > 1, "strangers caused further mails");
    for mail in others {
        let secret = mail.lines().map(str::trim).find(|line| line.starts_with("mot_")).unwrap();
        let late = verify_email(&shop.app, &home(), secret, Some("a wholly new horse")).await;
        assert!(matches!(late, Err(IdentityError::Rule(IdentityRule::InvalidToken))));
    }
}
