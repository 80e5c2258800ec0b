use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, phc::PasswordHash},
};
use chrono::TimeDelta;
use futures_util::future::join_all;
use services::identity::{
    Client, IdentityError, IdentityRule, InitialCustomer, customer_login, ensure_customer, ensure_staff, mark_demo,
    register_customer, request_customer_reset, request_staff_reset, reset_customer_password, staff_login,
};
use testkit::TestShop;

use super::{PASSWORD, actor, configured, customer, from, home, login, new_customer, shop};

async fn attempt(shop: &TestShop, client: &Client, password: &str) -> Result<(), IdentityError> {
    customer_login(&shop.app, client, "ada@example.org", password).await.map(|_| ())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let wrong = login(&shop, "ada@example.org", "wrong").await.err().unwrap();
    let unknown = login(&shop, "nobody@example.org", "wrong").await.err().unwrap();
    let broken = login(&shop, "nonsense", "wrong").await.err().unwrap();
    assert_eq!(wrong.to_string(), unknown.to_string());
    assert_eq!(wrong.to_string(), broken.to_string());
    assert!(matches!(wrong, IdentityError::Rule(IdentityRule::InvalidCredentials)));
}

#[tokio::test]
async fn after_five_failures_the_right_password_is_throttled() {
    let (shop, clock) = shop().await;
    customer(&shop, "ada@example.org").await;
    for _ in 0..5 {
        assert!(matches!(
            attempt(&shop, &home(), "wrong").await,
            Err(IdentityError::Rule(IdentityRule::InvalidCredentials))
        ));
    }
    let Err(IdentityError::Rule(IdentityRule::Throttled { cause: throttled, .. })) =
        attempt(&shop, &home(), PASSWORD).await
    else {
        panic!("the sixth attempt was heard");
    };
    assert_eq!(throttled.retry_at - shop.app.now(), TimeDelta::seconds(30));
    clock.advance(TimeDelta::seconds(30));
    attempt(&shop, &home(), PASSWORD).await.unwrap();
    attempt(&shop, &home(), "wrong").await.unwrap_err();
    attempt(&shop, &home(), PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_unknown_address_is_throttled_like_a_known_one() {
    let (shop, _) = shop().await;
    for _ in 0..5 {
        assert!(matches!(
            attempt(&shop, &home(), "wrong").await,
            Err(IdentityError::Rule(IdentityRule::InvalidCredentials))
        ));
    }
    assert!(matches!(attempt(&shop, &home(), "wrong").await, Err(IdentityError::Rule(IdentityRule::Throttled { .. }))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_guesses_share_one_limit_across_processes() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let (other, _background) = shop.another_process().await;
    let client = home();
    let tries = (0..64).map(|n| {
        let app = if n % 2 == 0 { &shop.app } else { &other };
        customer_login(app, &client, "ada@example.org", "wrong")
    });
    let outcomes = join_all(tries).await;
    let heard = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(IdentityError::Rule(IdentityRule::InvalidCredentials))))
        .count();
    // Four free failures, plus attempts that were in progress when the fifth was counted.
    assert!((5..=36).contains(&heard), "{heard}");
    assert!(matches!(
        attempt(&shop, &home(), PASSWORD).await,
        Err(IdentityError::Rule(IdentityRule::Throttled { .. }))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_password_works_many_times_concurrently() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let client = home();
    let outcomes = join_all((0..20).map(|_| attempt(&shop, &client, PASSWORD))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

#[tokio::test]
async fn successful_logins_are_limited_per_account() {
    let (shop, clock) = shop().await;
    customer(&shop, "ada@example.org").await;
    customer(&shop, "eve@example.org").await;
    for n in 0..30 {
        attempt(&shop, &from(&format!("198.51.100.{n}")), PASSWORD).await.unwrap();
    }
    let refused = attempt(&shop, &home(), PASSWORD).await;
    assert!(matches!(refused, Err(IdentityError::Rule(IdentityRule::Throttled { .. }))), "{refused:?}");
    login(&shop, "eve@example.org", PASSWORD).await.ok().unwrap();
    clock.advance(TimeDelta::minutes(2));
    attempt(&shop, &home(), PASSWORD).await.unwrap();
}

#[tokio::test]
async fn successful_logins_are_limited_per_network() {
    let (shop, _) = configured(|config| config.network_allowance = 1).await;
    for name in ["ada", "eve"] {
        ensure_staff(&shop.app, &format!("{name}@example.org"), name, PASSWORD, &["owner"]).await.unwrap();
    }
    let attempt = async |client: &Client, n: usize| {
        let email = if n.is_multiple_of(2) { "ada@example.org" } else { "eve@example.org" };
        staff_login(&shop.app, client, email, PASSWORD, None).await.map(drop)
    };
    for n in 0..10 {
        attempt(&home(), n).await.unwrap();
    }
    assert!(matches!(attempt(&home(), 0).await, Err(IdentityError::Rule(IdentityRule::Throttled { .. }))));
    attempt(&from("203.0.113.9"), 0).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_log_in_during_a_flood_of_customer_logins() {
    let (shop, _) = shop().await;
    ensure_staff(&shop.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
    for n in 0..5 {
        customer(&shop, &format!("c{n}@example.org")).await;
    }
    let customers = (0..150).map(|n| {
        let shop = &shop;
        async move { login(shop, &format!("c{}@example.org", n % 5), PASSWORD).await.map(drop) }
    });
    let staff = async {
        for n in 0..5 {
            let olga =
                staff_login(&shop.app, &from(&format!("198.51.100.{n}")), "olga@example.org", PASSWORD, None).await;
            olga.map(drop).unwrap();
        }
    };
    let (outcomes, ()) = tokio::join!(join_all(customers), staff);
    assert!(outcomes.iter().any(Result::is_ok));
}

#[tokio::test]
async fn a_login_replaces_a_hash_with_old_parameters() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let before = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let weaker = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).unwrap());
    let old: PasswordHash = weaker.hash_password(PASSWORD.as_bytes()).unwrap();
    let old = old.to_string();
    shop.database.execute(&format!("update customers set password_hash = '{old}'")).await;
    login(&shop, "ada@example.org", "wrong").await.err().unwrap();
    assert_eq!(hash_of(&shop).await, old);
    login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let new = hash_of(&shop).await;
    assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{new}");
    login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    assert_eq!(hash_of(&shop).await, new);
    assert!(actor(&shop, &before).await.is_some(), "the password is the same, so sessions go on");
}

/// The stored hash of the only customer.
async fn hash_of(shop: &TestShop) -> String {
    let ada = "ada@example.org".parse().unwrap();
    let found = persistence::customers::credentials(&mut shop.app.db().read().await.unwrap(), &ada).await.unwrap();
    found.unwrap().password_hash.unwrap()
}

#[tokio::test]
async fn an_unverified_password_does_not_count_as_wrong() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    shop.database.execute("update customers set password_hash = 'x' || password_hash").await;
    for _ in 0..40 {
        assert!(matches!(attempt(&shop, &home(), PASSWORD).await, Err(IdentityError::Failure(_))));
    }
    shop.database.execute("update customers set password_hash = substr(password_hash, 2)").await;
    attempt(&shop, &home(), PASSWORD).await.unwrap();
}

#[tokio::test]
async fn network_limits_expire_whatever_their_count() {
    let (shop, clock) = configured(|config| config.network_allowance = 3).await;
    let register =
        async |n: i32| register_customer(&shop.app, &home(), new_customer(&format!("c{n}@example.org"))).await;
    for n in 0..3 {
        register(n).await.unwrap();
    }
    assert!(matches!(register(3).await, Err(IdentityError::Rule(IdentityRule::Throttled { .. }))));
    for n in 4..12 {
        clock.advance(TimeDelta::minutes(20));
        register(n).await.unwrap();
    }
    // Staff and other customers of the same network are not affected.
    request_staff_reset(&shop.app, &home(), "olga@example.org").await.unwrap();
    assert!(matches!(
        attempt(&shop, &home(), "wrong").await,
        Err(IdentityError::Rule(IdentityRule::InvalidCredentials))
    ));
}

#[tokio::test]
async fn successful_logins_do_not_extend_network_failures() {
    let (shop, clock) = configured(|config| config.network_allowance = 2).await;
    customer(&shop, "ada@example.org").await;
    let guess = async |n: i32| login(&shop, &format!("c{n}@example.org"), "wrong").await.err().unwrap();
    assert!(matches!(guess(0).await, IdentityError::Rule(IdentityRule::InvalidCredentials)));
    for _ in 0..3 {
        clock.advance(TimeDelta::minutes(10));
        attempt(&shop, &home(), PASSWORD).await.unwrap();
    }
    assert!(matches!(guess(1).await, IdentityError::Rule(IdentityRule::InvalidCredentials)));
    attempt(&shop, &home(), PASSWORD).await.unwrap();
    assert!(matches!(guess(2).await, IdentityError::Rule(IdentityRule::InvalidCredentials)));
    assert!(matches!(guess(3).await, IdentityError::Rule(IdentityRule::Throttled { .. })));
}

#[tokio::test]
async fn strangers_cannot_lock_out_an_owner() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    attempt(&shop, &home(), PASSWORD).await.unwrap();
    for network in 0..10 {
        for _ in 0..5 {
            attempt(&shop, &from(&format!("198.51.100.{network}")), "wrong").await.unwrap_err();
        }
    }
    // The account is blocked from new networks, but not from networks where its owner logged in before.
    let elsewhere = from("203.0.113.9");
    assert!(matches!(
        attempt(&shop, &elsewhere, PASSWORD).await,
        Err(IdentityError::Rule(IdentityRule::Throttled { .. }))
    ));
    attempt(&shop, &home(), PASSWORD).await.unwrap();
    // A password reset by mail works from every network.
    request_customer_reset(&shop.app, &elsewhere, "ada@example.org").await.unwrap();
    shop.mails.deliver(&shop.app).await;
    let secret = shop.mails.secret_to("ada@example.org");
    reset_customer_password(&shop.app, &elsewhere, &secret, "a wholly new horse").await.ok().unwrap();
    attempt(&shop, &elsewhere, "a wholly new horse").await.unwrap();
}

#[tokio::test]
async fn demo_customer_passwords_work_only_in_a_demo() {
    let (shop, _) = shop().await;
    let seed = || InitialCustomer {
        email: "ada@demo.test",
        password: "mercator-demo",
        first_name: "Ada",
        last_name: "Lovelace",
        groups: &["vip"],
        addresses: Vec::new(),
    };
    let ada = ensure_customer(&shop.app, seed()).await.unwrap();
    assert_eq!(ensure_customer(&shop.app, seed()).await.unwrap(), ada);
    let refused = login(&shop, "ada@demo.test", "mercator-demo").await.err().unwrap();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::InvalidCredentials)));
    mark_demo(&shop.app).await.unwrap();
    login(&shop, "ada@demo.test", "mercator-demo").await.ok().unwrap();
}

#[tokio::test]
async fn demo_staff_passwords_work_only_in_a_demo() {
    let (shop, _) = shop().await;
    ensure_staff(&shop.app, "admin@demo.test", "Olga", "mercator-demo", &["owner"]).await.unwrap();
    let refused = staff_login(&shop.app, &home(), "admin@demo.test", "mercator-demo", None).await.err().unwrap();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::InvalidCredentials)));
    mark_demo(&shop.app).await.unwrap();
    staff_login(&shop.app, &home(), "admin@demo.test", "mercator-demo", None).await.ok().unwrap();
}
