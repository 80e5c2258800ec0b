//! Parts that several objects of the catalog have.

use std::collections::BTreeMap;

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::{Locale, catalog};
use schema_shared::to_id;

/// A fact of an integration or theme.
#[derive(SimpleObject)]
pub struct Metafield {
    /// Whose fact it is; a namespace that starts with `private` shows in this API only.
    namespace: String,
    /// Its name in the namespace.
    key: String,
    /// How to read the value, such as `text` or `number`.
    #[graphql(name = "type")]
    kind: String,
    /// The value as text.
    value: String,
}

impl From<&catalog::Metafield> for Metafield {
    fn from(field: &catalog::Metafield) -> Self {
        let catalog::Metafield { namespace, key, kind, value } = field.clone();
        Self { namespace, key, kind, value }
    }
}

/// What search engines show.
#[derive(SimpleObject)]
pub struct Seo {
    /// Title of the page; the name where null.
    title: Option<String>,
    /// Summary of the page; the description where null.
    description: Option<String>,
}

impl From<&catalog::Seo> for Seo {
    fn from(seo: &catalog::Seo) -> Self {
        Self { title: seo.title.clone(), description: seo.description.clone() }
    }
}

/// Texts in one language; what is null falls back along the channel's languages.
#[derive(SimpleObject)]
pub struct Translation {
    /// The language, a BCP 47 tag.
    locale: String,
    /// Name.
    name: Option<String>,
    /// Description.
    description: Option<String>,
    /// What search engines show.
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

/// A channel that an object is in.
pub struct ChannelLink {
    pub(super) id: model::ids::ChannelId,
    pub(super) slug: String,
}

/// A channel that an object is in.
#[Object]
impl ChannelLink {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.id)
    }

    /// What systems and URLs call it, such as `eu`.
    fn slug(&self) -> &str {
        &self.slug
    }
}

/// The channel of an id, as the settings of the request's moment name it.
pub(super) fn channel_link(settings: &model::settings::Settings, id: model::ids::ChannelId) -> Option<ChannelLink> {
    let channel = settings.channel_by_id(id)?;
    Some(ChannelLink { id, slug: channel.slug.to_string() })
}

/// Sold in a channel from a moment on.
#[derive(SimpleObject)]
pub struct Publication {
    /// The channel.
    pub(super) channel: ChannelLink,
    /// When it becomes visible.
    pub(super) publish_at: DateTime<Utc>,
}
