//! Parts that several objects of the catalog share.

use std::collections::BTreeMap;

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::{Locale, catalog};
use schema_shared::to_id;

/// Title and description for search engines.
#[derive(SimpleObject)]
pub struct Seo {
    /// Title for search engines; null if the name of the object is used.
    title: Option<String>,
    /// Description for search engines; null if the description of the object is used.
    description: Option<String>,
}

impl From<&catalog::Seo> for Seo {
    fn from(seo: &catalog::Seo) -> Self {
        Self { title: seo.title.clone(), description: seo.description.clone() }
    }
}

/// Texts of an object in one language. A text that is null falls back along the channel's languages.
#[derive(SimpleObject)]
pub struct Translation {
    /// Language as a BCP 47 tag.
    locale: String,
    /// Name in this language; null if it is not translated.
    name: Option<String>,
    /// Description in this language; null if it is not translated.
    description: Option<String>,
    /// Title and description for search engines in this language.
    seo: Seo,
}

pub(super) fn translations(texts: &BTreeMap<Locale, catalog::Translation>) -> Vec<Translation> {
    let text = |(locale, text): (&Locale, &catalog::Translation)| Translation {
        locale: locale.to_string(),
        name: text.name.clone(),
        description: text.description.clone(),
        seo: (&text.seo).into(),
    };
    texts.iter().map(text).collect()
}

/// A channel that an object belongs to.
pub struct ChannelLink {
    pub(super) id: model::ids::ChannelId,
    pub(super) slug: String,
}

/// A channel that an object belongs to.
#[Object]
impl ChannelLink {
    /// Global id of the channel.
    fn id(&self) -> ID {
        to_id(self.id)
    }

    /// Slug of the channel, such as `eu`.
    fn slug(&self) -> &str {
        &self.slug
    }
}

/// The channel of an id, named as in the settings of the request.
pub(super) fn channel_link(settings: &model::settings::Settings, id: model::ids::ChannelId) -> Option<ChannelLink> {
    let channel = settings.channel_by_id(id)?;
    Some(ChannelLink { id, slug: channel.slug.to_string() })
}

/// The visibility of a product in one channel.
#[derive(SimpleObject)]
pub struct Publication {
    /// Channel in which the product is published.
    pub(super) channel: ChannelLink,
    /// Time from which the product is visible.
    pub(super) publish_at: DateTime<Utc>,
}
