//! What staff say about channels.

use async_graphql::{ID, InputObject, Result};
use model::{Locale, channels::CaptureMode};
use schema_shared::{BadUserInput, CountryCode, CurrencyCode, parse_id};
use services::channels::{ChannelDetails, ChannelRef, NewChannel};

use super::{ChannelErrorCode, ChannelUserError};

/// A place of sale to be opened.
#[derive(InputObject)]
pub struct ChannelCreateInput {
    /// What URLs and systems call it: lower-case letters, digits and single hyphens; unique.
    slug: String,
    /// What people call it; the slug when absent.
    name: Option<String>,
    /// Whether prices are entered and shown with tax.
    prices_include_tax: bool,
    /// Currencies sold in, the default first; at least one.
    currency_codes: Vec<CurrencyCode>,
    /// Languages of content as BCP 47 tags, the default first; at least one.
    locales: Vec<String>,
    /// Countries delivered to, the default first; at least one.
    country_codes: Vec<CountryCode>,
    /// Slugs of the stock locations that serve it, in order of preference.
    #[graphql(default)]
    locations: Vec<String>,
    /// When the money of an authorised card is taken; AUTOMATIC when absent.
    capture_mode: Option<CaptureMode>,
    /// Whether requests that name no channel get this one; it takes the place of the present default.
    is_default: Option<bool>,
}

/// A change of a place of sale; what is absent stays as it is.
#[derive(InputObject)]
pub struct ChannelUpdateInput {
    /// Global id of the channel; this or the slug.
    id: Option<ID>,
    /// Slug of the channel; this or the id.
    slug: Option<String>,
    /// What people call it.
    name: Option<String>,
    /// Currencies sold in, the default first.
    currency_codes: Option<Vec<CurrencyCode>>,
    /// Languages of content as BCP 47 tags, the default first.
    locales: Option<Vec<String>>,
    /// Countries delivered to, the default first.
    country_codes: Option<Vec<CountryCode>>,
    /// Slugs of the stock locations that serve it, in order of preference.
    locations: Option<Vec<String>>,
    /// When the money of an authorised card is taken.
    capture_mode: Option<CaptureMode>,
    /// True makes it the channel of requests that name none. The present default cannot be set to false.
    is_default: Option<bool>,
}

impl ChannelCreateInput {
    /// The wish as the use case takes it.
    pub fn read(self) -> Result<NewChannel, ChannelUserError> {
        let details = ChannelDetails {
            name: self.name,
            currencies: Some(self.currency_codes.into_iter().map(|code| code.0).collect()),
            locales: Some(locales(&self.locales)?),
            countries: Some(self.country_codes.into_iter().map(|code| code.0).collect()),
            locations: Some(self.locations),
            capture_mode: self.capture_mode,
            is_default: self.is_default,
        };
        Ok(NewChannel { slug: self.slug, prices_include_tax: self.prices_include_tax, details })
    }
}

impl ChannelUpdateInput {
    /// Which channel, and the wish as the use case takes it.
    pub fn read(self) -> Result<Result<(ChannelRef, ChannelDetails), ChannelUserError>> {
        let which = match (self.id, self.slug) {
            (Some(id), None) => ChannelRef::Id(parse_id(&id)?),
            (None, Some(slug)) => ChannelRef::Slug(slug),
            _ => return Err(BadUserInput("give either the id or the slug of the channel".to_owned()).into()),
        };
        let locales = match self.locales.as_deref().map(locales).transpose() {
            Ok(locales) => locales,
            Err(error) => return Ok(Err(error)),
        };
        let details = ChannelDetails {
            name: self.name,
            currencies: self.currency_codes.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            locales,
            countries: self.country_codes.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            locations: self.locations,
            capture_mode: self.capture_mode,
            is_default: self.is_default,
        };
        Ok(Ok((which, details)))
    }
}

fn locales(tags: &[String]) -> Result<Vec<Locale>, ChannelUserError> {
    let parse = |(at, tag): (usize, &String)| {
        tag.parse().map_err(|error: model::InvalidLocale| {
            ChannelUserError::at(ChannelErrorCode::InvalidLocales, error, &format!("locales.{at}"))
        })
    };
    tags.iter().enumerate().map(parse).collect()
}
