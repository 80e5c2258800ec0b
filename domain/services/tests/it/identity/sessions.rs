use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use model::{
    Direction, PageRequest,
    access::Actor,
    customers::{Customer, ListedSession, Subject},
};
use persistence::documents::{MongoConfig, MongoDocuments};
use services::{
    DocumentsConfig, ServiceError,
    identity::{
        Audience, Client, IdentityError, IdentityRule, SessionTokens, count_sessions, end_own_session,
        end_own_sessions, end_session, end_session_of, identify, list_sessions, refresh_session,
    },
};
use testkit::TestShop;
use tokio_util::sync::CancellationToken;

use super::{PASSWORD, actor, configured, customer, home, login, refresh, shop};

#[tokio::test]
async fn exchanging_the_newest_token_continues_the_session() {
    let (shop, clock) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let mut tokens = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    for _ in 0..3 {
        clock.advance(TimeDelta::minutes(15));
        assert_eq!(actor(&shop, &tokens).await, None, "an access token lives a quarter of an hour");
        tokens = refresh(&shop, &tokens.refresh_token).await.ok().unwrap();
        assert_eq!(actor(&shop, &tokens).await, Some(Actor::Customer(ada.id)));
    }
}

#[tokio::test]
async fn reusing_an_old_refresh_token_ends_the_session() {
    let (shop, clock) = shop().await;
    customer(&shop, "ada@example.org").await;
    let first = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let other = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let second = refresh(&shop, &first.refresh_token).await.ok().unwrap();
    clock.advance(TimeDelta::seconds(10));
    assert!(matches!(
        refresh(&shop, &first.refresh_token).await,
        Err(IdentityError::Rule(IdentityRule::RefreshTokenReused))
    ));
    assert!(matches!(
        refresh(&shop, &second.refresh_token).await,
        Err(IdentityError::Rule(IdentityRule::SessionEnded))
    ));
    assert_eq!(actor(&shop, &second).await, None);
    assert!(actor(&shop, &other).await.is_some(), "another login of the same customer goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tabs_that_refresh_at_once_get_the_same_token() {
    let (shop, clock) = shop().await;
    customer(&shop, "ada@example.org").await;
    let first = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let answers = join_all((0..4).map(|_| refresh(&shop, &first.refresh_token))).await;
    let answers: Vec<SessionTokens> = answers.into_iter().map(|answer| answer.ok().unwrap()).collect();
    assert!(answers.iter().all(|answer| answer.refresh_token == answers[0].refresh_token));
    clock.advance(TimeDelta::minutes(1));
    refresh(&shop, &answers[3].refresh_token).await.ok().unwrap();
}

#[tokio::test]
async fn a_forged_refresh_token_does_not_end_the_session() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let real = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let mut forged = real.refresh_token.clone().into_bytes();
    forged[60] = if forged[60] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for token in [forged.as_str(), "mrt_", "", &real.access_token] {
        assert!(matches!(refresh(&shop, token).await, Err(IdentityError::Rule(IdentityRule::SessionEnded))));
        end_session_of(&shop.app, Audience::Customers, &home(), token).await.unwrap();
    }
    let for_staff = refresh_session(&shop.app, Audience::Staff, &home(), &real.refresh_token).await;
    assert!(matches!(for_staff, Err(IdentityError::Rule(IdentityRule::SessionEnded))));
    assert!(actor(&shop, &real).await.is_some());
}

#[tokio::test]
async fn logging_out_ends_the_session_at_once() {
    let (shop, _) = shop().await;
    customer(&shop, "ada@example.org").await;
    let tokens = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let me = identify(&shop.app, &tokens.access_token).await.unwrap();
    end_session(&shop.app, &me.actor, &home(), me.session).await.unwrap();
    assert_eq!(actor(&shop, &tokens).await, None);
    let tokens = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    end_session_of(&shop.app, Audience::Customers, &home(), &tokens.refresh_token).await.unwrap();
    assert_eq!(actor(&shop, &tokens).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_logins_stay_within_the_limit_of_sessions() {
    let (shop, _) = configured(|config| config.sessions_per_account = 3).await;
    let ada = customer(&shop, "ada@example.org").await;
    let first = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let logins = join_all((0..12).map(|_| login(&shop, "ada@example.org", PASSWORD))).await;
    let mut alive = 0;
    for tokens in logins.into_iter().map(|tokens| tokens.ok().unwrap()) {
        if actor(&shop, &tokens).await.is_some() {
            alive += 1;
        } else {
            let refused = refresh(&shop, &tokens.refresh_token).await.err().unwrap();
            assert!(matches!(refused, IdentityError::Rule(IdentityRule::SessionEnded)), "{refused}");
        }
    }
    assert_eq!((alive, actor(&shop, &first).await), (3, None));
    assert_eq!(sessions_of(&shop, &ada).await.len(), 3);
}

#[tokio::test]
async fn a_customer_lists_and_ends_sessions() {
    let (shop, clock) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let eve = customer(&shop, "eve@example.org").await;
    let (me, stranger) = (Actor::Customer(ada.id), Actor::Customer(eve.id));
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap());
    }
    clock.advance(TimeDelta::minutes(10));
    tokens[0] = refresh(&shop, &tokens[0].refresh_token).await.ok().unwrap();
    let listed = sessions_of(&shop, &ada).await;
    let [newest, _, oldest] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((newest.user_agent.as_deref(), newest.last_used_at), (Some("test"), newest.created_at));
    assert!(newest.network.is_some(), "{newest:?}");
    assert_eq!(oldest.last_used_at, shop.app.now());
    let page = PageRequest { size: 10, cursor: None, direction: Direction::Ascending };
    let foreign = list_sessions(&shop.app, &stranger, Subject::Customer(ada.id), &page).await;
    assert!(matches!(foreign, Err(ServiceError::Access(_))), "{foreign:?}");
    let foreign =
        end_own_session(&shop.app, (&stranger, &Client::default()), Audience::Customers, newest.id).await.unwrap_err();
    assert!(matches!(foreign, IdentityError::Rule(IdentityRule::NotFound)), "{foreign}");

    end_own_session(&shop.app, (&me, &Client::default()), Audience::Customers, newest.id).await.unwrap();
    assert_eq!(actor(&shop, &tokens[2]).await, None);
    let ended = refresh(&shop, &tokens[2].refresh_token).await.err().unwrap();
    assert!(matches!(ended, IdentityError::Rule(IdentityRule::SessionEnded)), "{ended}");
    let current = identify(&shop.app, &tokens[0].access_token).await.unwrap().session;
    assert_eq!(end_own_sessions(&shop.app, (&me, &Client::default()), Audience::Customers, current).await.unwrap(), 1);
    assert_eq!(actor(&shop, &tokens[1]).await, None);
    assert_eq!(actor(&shop, &tokens[0]).await, Some(me.clone()));
    assert_eq!(end_own_sessions(&shop.app, (&me, &Client::default()), Audience::Customers, None).await.unwrap(), 1);
    assert_eq!(actor(&shop, &tokens[0]).await, None);
    assert!(sessions_of(&shop, &ada).await.is_empty());
}

async fn sessions_of(shop: &TestShop, customer: &Customer) -> Vec<ListedSession> {
    let page = PageRequest { size: 100, cursor: None, direction: Direction::Ascending };
    let (me, subject) = (Actor::Customer(customer.id), Subject::Customer(customer.id));
    let listed = list_sessions(&shop.app, &me, subject, &page).await.unwrap().rows;
    assert_eq!(count_sessions(&shop.app, &me, subject).await.unwrap(), i64::try_from(listed.len()).unwrap());
    listed
}

#[tokio::test]
async fn sessions_work_on_mongodb() {
    let url = std::env::var("MONGODB_TEST_URL").expect("MONGODB_TEST_URL names a MongoDB; `make test` sets it");
    let database = Some(format!("test_{}", uuid::Uuid::now_v7().simple()));
    // A long time-out, because all tests share one small server.
    let mongo = MongoConfig { database, operation: Duration::from_mins(1), ..MongoConfig::new(url) };
    let shop = TestShop::configured(|config| {
        config.documents = DocumentsConfig::Mongo(mongo.clone());
        config.identity.sessions_per_account = 2;
    })
    .await;
    let ada = customer(&shop, "ada@example.org").await;
    let first = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    let second = refresh(&shop, &first.refresh_token).await.ok().unwrap();
    assert!(refresh(&shop, &first.refresh_token).await.ok().unwrap().refresh_token == second.refresh_token);
    assert_eq!(actor(&shop, &second).await, Some(Actor::Customer(ada.id)));
    end_session_of(&shop.app, Audience::Customers, &home(), &second.refresh_token).await.unwrap();
    assert!(matches!(
        refresh(&shop, &second.refresh_token).await,
        Err(IdentityError::Rule(IdentityRule::SessionEnded))
    ));
    let oldest = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    for _ in 0..2 {
        login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
    }
    assert_eq!(actor(&shop, &oldest).await, None);
    assert_eq!(sessions_of(&shop, &ada).await.len(), 2);
    MongoDocuments::connect(&mongo).await.unwrap().drop_database().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_concurrent_request_does_not_revive_an_ended_session() {
    let (shop, _) = configured(|config| config.trust = Duration::from_hours(1)).await;
    customer(&shop, "ada@example.org").await;
    for _ in 0..10 {
        let tokens = login(&shop, "ada@example.org", PASSWORD).await.ok().unwrap();
        let me = identify(&shop.app, &tokens.access_token).await.unwrap();
        let ended = CancellationToken::new();
        let (app, token) = (shop.app.clone(), tokens.access_token.clone());
        let requests = ended.clone().run_until_cancelled_owned(async move {
            loop {
                drop(identify(&app, &token).await);
                tokio::task::yield_now().await;
            }
        });
        let requests = tokio::spawn(requests);
        end_session(&shop.app, &me.actor, &home(), me.session).await.unwrap();
        assert_eq!(actor(&shop, &tokens).await, None);
        ended.cancel();
        requests.await.unwrap();
    }
}
