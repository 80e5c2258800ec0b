use chrono::TimeDelta;
use futures_util::future::join_all;
use services::identity::{
    Client, IdentityError, IdentityRule, InitialCustomer, customer_login, ensure_customer, ensure_staff, mark_demo,
    register_customer, request_customer_reset, request_staff_reset, reset_customer_password, staff_login,
};
use testkit::TestShop;

use super::{PASSWORD, configured, customer, from, home, login, new_customer, shop};

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
