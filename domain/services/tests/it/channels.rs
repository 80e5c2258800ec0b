use model::access::{AccessError, Actor};
use services::{
    ServiceError,
    channels::{self, ChannelDetails, ChannelError, ChannelRef, ChannelRule, ChannelTarget, NewChannel},
};
use testkit::TestShop;

fn uk() -> NewChannel {
    let details = ChannelDetails {
        name: Some("United Kingdom".to_owned()),
        currencies: Some(vec!["GBP".parse().unwrap()]),
        locales: Some(vec!["en".parse().unwrap()]),
        countries: Some(vec!["GB".parse().unwrap()]),
        locations: Some(vec!["lyon".to_owned(), "berlin".to_owned()]),
        ..ChannelDetails::default()
    };
    NewChannel { slug: "uk".to_owned(), prices_include_tax: true, details }
}

#[tokio::test]
async fn a_new_channel_is_usable_and_keeps_its_location_order() {
    let shop = TestShop::new().await;
    let created = channels::create(&shop.app, &Actor::System, uk()).await.unwrap();
    let settings = shop.app.settings().await.unwrap();
    assert_eq!(settings.channel("uk").map(AsRef::as_ref), Some(&created));
    let [berlin, lyon, ..] = &shop.channels.locations[..] else { panic!("the test's locations") };
    assert_eq!(created.locations, [lyon.id, berlin.id]);
    assert!(!created.is_default);
}

#[tokio::test]
async fn channels_that_could_not_sell_are_refused() {
    let shop = TestShop::new().await;
    let refused = async |change: fn(&mut NewChannel)| {
        let mut new = uk();
        change(&mut new);
        channels::create(&shop.app, &Actor::System, new).await.unwrap_err()
    };
    assert!(matches!(refused(|new| new.slug = "eu".to_owned()).await, ChannelError::Rule(ChannelRule::SlugTaken)));
    assert!(matches!(refused(|new| new.slug = "E U".to_owned()).await, ChannelError::Rule(ChannelRule::Slug(_))));
    assert!(matches!(
        refused(|new| new.details.currencies = Some(vec![])).await,
        ChannelError::Rule(ChannelRule::Invalid(_))
    ));
    let nowhere = refused(|new| new.details.locations = Some(vec!["mars".to_owned()])).await;
    assert!(matches!(nowhere, ChannelError::Rule(ChannelRule::LocationNotFound(slug)) if slug == "mars"));
    let error = channels::create(&shop.app, &Actor::Anonymous, uk()).await.unwrap_err();
    assert!(matches!(error, ChannelError::Failure(ServiceError::Access(AccessError::Unauthenticated))));
}

#[tokio::test]
async fn exactly_one_channel_is_the_default() {
    let shop = TestShop::new().await;
    let named = |slug: &str| ChannelTarget { channel: ChannelRef::Slug(slug.to_owned()), expected_version: None };
    let wish = |is_default| ChannelDetails { is_default: Some(is_default), ..ChannelDetails::default() };
    channels::update(&shop.app, &Actor::System, named("jp"), wish(true)).await.unwrap();
    let settings = shop.app.settings().await.unwrap();
    let defaults = settings.channels.iter().filter(|channel| channel.is_default);
    assert_eq!(defaults.map(|channel| channel.slug.as_str()).collect::<Vec<_>>(), ["jp"]);
    let refused = channels::update(&shop.app, &Actor::System, named("jp"), wish(false)).await.unwrap_err();
    assert!(matches!(refused, ChannelError::Rule(ChannelRule::DefaultNeeded)));
    let nobody = channels::update(&shop.app, &Actor::System, named("mars"), wish(true)).await;
    assert!(matches!(nobody.unwrap_err(), ChannelError::Rule(ChannelRule::NotFound)));
}
