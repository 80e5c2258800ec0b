//! References to other objects in inputs.

use std::str::FromStr;

use model::{
    GlobalId, InvalidId,
    catalog::{CatalogErrorCode, Taxonomy, Violation},
    channels::StockLocation,
    ids::{CategoryId, ChannelId, ProductTypeId, StockLocationId},
    settings::Settings,
};

use serde::Serialize;

use super::{CatalogResult, write};
use crate::App;

/// A global id or a slug of another object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ref(pub String);

impl From<&str> for Ref {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Ref {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Ref {
    /// The id, if it is one of this type.
    pub(crate) fn id<T: GlobalId + FromStr<Err = InvalidId>>(&self) -> Option<T> {
        self.0.parse().ok()
    }
}

/// Resolves references and collects violations for those to unknown objects.
pub(super) struct Resolver<'a> {
    pub settings: &'a Settings,
    pub taxonomy: &'a Taxonomy,
    pub violations: Vec<Violation>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(settings: &'a Settings, taxonomy: &'a Taxonomy) -> Self {
        Self { settings, taxonomy, violations: Vec::new() }
    }

    pub(super) fn violate(&mut self, code: CatalogErrorCode, path: &str, message: impl Into<String>) {
        self.violations.push(Violation::at(code, path, message));
    }

    pub(super) fn channel(&mut self, path: &str, reference: &Ref) -> Option<ChannelId> {
        let found = match reference.id() {
            Some(id) => self.settings.channel_by_id(id),
            None => self.settings.channel(&reference.0),
        };
        self.found(path, &reference.0, "channel", found.map(|channel| channel.id))
    }

    pub(super) fn location(&mut self, path: &str, reference: &Ref) -> Option<StockLocationId> {
        let by_id = |id: StockLocationId| self.settings.locations.iter().find(|location| location.id == id);
        let found: Option<&StockLocation> = reference.id().map_or_else(|| self.settings.location(&reference.0), by_id);
        self.found(path, &reference.0, "stock location", found.map(|location| location.id))
    }

    pub(super) fn product_type(&mut self, path: &str, reference: &Ref) -> Option<ProductTypeId> {
        let found = match reference.id::<ProductTypeId>() {
            Some(id) => self.taxonomy.product_types.get(&id),
            None => self.taxonomy.product_type_by_slug(&reference.0),
        };
        self.found(path, &reference.0, "product type", found.map(|kind| kind.id))
    }

    pub(super) fn category(&mut self, path: &str, reference: &Ref) -> Option<CategoryId> {
        let found = match reference.id::<CategoryId>() {
            Some(id) => self.taxonomy.categories.get(&id),
            None => self.taxonomy.category_by_slug(&reference.0),
        };
        self.found(path, &reference.0, "category", found.map(|category| category.id))
    }

    pub(super) fn tax_class(&mut self, path: &str, name: &str) -> Option<String> {
        let found = self.settings.taxes.has_class(name).then(|| name.to_owned());
        self.found(path, name, "tax class", found)
    }

    fn found<T>(&mut self, path: &str, name: &str, what: &str, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.violate(CatalogErrorCode::UnknownReference, path, format!("there is no {what} {name}"));
        }
        found
    }
}

/// The channels that an input names; the paths of unknown ones begin with `channels`.
pub(super) async fn channels(app: &App, named: &[Ref]) -> CatalogResult<Vec<ChannelId>> {
    let settings = app.settings.current(&app.db).await?;
    let taxonomy = Taxonomy::default();
    let mut resolver = Resolver::new(&settings, &taxonomy);
    let found = named.iter().enumerate();
    let found = found.filter_map(|(at, reference)| resolver.channel(&format!("channels.{at}"), reference)).collect();
    write::refuse_if_any(resolver.violations)?;
    Ok(found)
}
