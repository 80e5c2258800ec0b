//! The objects that a product input refers to, loaded before the input is applied.

use std::sync::Arc;

use model::{
    catalog::{Product, Taxonomy, Violation, check_product},
    ids::VariantId,
    settings::Settings,
};

use super::{bundles::Bundles, locator::Locator};
use crate::{
    App,
    catalog::{CatalogRefused, CatalogResult, ProductInput, reference::Resolver, write},
};

/// The objects that a product input refers to.
pub(super) struct Context {
    pub settings: Arc<Settings>,
    pub taxonomy: Arc<Taxonomy>,
    pub bundles: Bundles,
}

impl Context {
    /// `variants` are variants of the product besides those that the input names by id or SKU.
    pub(super) async fn load(app: &App, input: &ProductInput, variants: &[VariantId]) -> CatalogResult<Self> {
        let settings = app.settings.current(&app.db).await?;
        let bundles = Bundles::load(app, input, variants).await?;
        let mut context = Self { settings, taxonomy: app.catalog.taxonomy().await?, bundles };
        if !context.has_all(input) {
            // The snapshot may lack an object that another process has just created.
            app.catalog.invalidate_taxonomy();
            context.taxonomy = app.catalog.taxonomy().await?;
        }
        Ok(context)
    }

    fn has_all(&self, input: &ProductInput) -> bool {
        let mut resolver = Resolver::new(&self.settings, &self.taxonomy);
        if let Some(kind) = &input.product_type {
            resolver.product_type("", kind);
        }
        for category in input.categories.iter().flatten() {
            resolver.category("", category);
        }
        resolver.violations.is_empty()
    }

    /// Returns the violations of the references and of the product itself, if any.
    pub(super) fn check(
        &self,
        product: &Product,
        mut violations: Vec<Violation>,
        locator: &Locator,
    ) -> CatalogResult<()> {
        let mut found = Vec::new();
        match self.taxonomy.product_types.get(&product.product_type) {
            Some(kind) => found.extend(check_product(product, kind)),
            None if violations.is_empty() => return Err(CatalogRefused::not_found("product type").into()),
            None => {}
        }
        found.extend(self.bundles.check(product));
        violations.extend(found.into_iter().map(|violation| locator.locate(violation)));
        write::refuse_if_any(violations)
    }
}
