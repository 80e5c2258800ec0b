//! Product types.

use std::collections::BTreeMap;

use model::{
    Locale,
    access::{Actor, Permission},
    catalog::{Attribute, CatalogErrorCode, ProductType, TermTranslation, check_product_type},
    ids::ProductTypeId,
};

use super::{
    AttributeInput, CatalogRefused, CatalogResult, ProductTypeInput, list,
    write::{self, Act, Edit},
};
use crate::App;

/// Creates a product type.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule.
pub async fn create_product_type(app: &App, actor: &Actor, input: ProductTypeInput) -> CatalogResult<ProductType> {
    actor.require(Permission::CatalogWrite)?;
    let now = app.clock.now();
    let mut violations = Vec::new();
    let slug = write::require(input.slug.as_deref(), "slug", &mut violations);
    let slug = slug.and_then(|slug| write::parse_slug(slug, &mut violations));
    let name = write::require(input.name, "name", &mut violations);
    let (Some(slug), Some(name)) = (slug, name) else { return Err(CatalogRefused(violations).into()) };
    let attributes = attributes(input.attributes.as_deref().unwrap_or_default(), &[]);
    let translations = input.translations.unwrap_or_default();
    let id = ProductTypeId::new();
    let mut kind =
        ProductType { id, version: 1, slug, name, translations, attributes, created_at: now, updated_at: now };
    write::refuse_if_any(check_product_type(&kind))?;
    write::insert(app, Act::taxonomy(actor, "productTypeCreate", id, app.clock.now()), &mut kind).await?;
    Ok(kind)
}

/// Changes a product type. Products keep their values; the next change of a product validates them.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule.
pub async fn update_product_type(
    app: &App,
    actor: &Actor,
    id: ProductTypeId,
    expected: Option<i64>,
    input: ProductTypeInput,
) -> CatalogResult<ProductType> {
    actor.require(Permission::CatalogWrite)?;
    let edit = Edit { actor, action: "productTypeUpdate", id, expected };
    write::change(
        app,
        edit,
        async || Ok(()),
        |kind: &mut ProductType, ()| {
            let mut violations = Vec::new();
            if let Some(slug) = input.slug.as_deref().and_then(|slug| write::parse_slug(slug, &mut violations)) {
                kind.slug = slug;
            }
            if let Some(name) = &input.name {
                kind.name.clone_from(name);
            }
            if let Some(translations) = &input.translations {
                kind.translations.clone_from(translations);
            }
            if let Some(inputs) = &input.attributes {
                kind.attributes = attributes(inputs, &kind.attributes);
            }
            violations.extend(check_product_type(kind));
            violations
        },
    )
    .await
}

/// The attributes of an input. Those whose translations it does not name keep the ones that still apply.
fn attributes(inputs: &[AttributeInput], before: &[Attribute]) -> Vec<Attribute> {
    let attribute = |input: &AttributeInput| {
        let mut attribute = input.definition.clone();
        let known = before.iter().find(|known| known.slug == attribute.slug);
        attribute.translations = match &input.translations {
            Some(translations) => translations.clone(),
            None => known.map_or_else(BTreeMap::new, |known| still_valid(&known.translations, &attribute.choices)),
        };
        attribute
    };
    inputs.iter().map(attribute).collect()
}

/// The translations of names and of those values that still exist.
pub(super) fn still_valid(
    translations: &BTreeMap<Locale, TermTranslation>,
    values: &[String],
) -> BTreeMap<Locale, TermTranslation> {
    let mut kept = translations.clone();
    for texts in kept.values_mut() {
        texts.values.retain(|value, _| values.contains(value));
    }
    kept
}

/// Deletes a product type without products.
///
/// # Errors
/// [`CatalogRefused`], with `InUse` if products of the type exist.
pub async fn delete_product_type(app: &App, actor: &Actor, id: ProductTypeId) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    if list::any_product(app, |product| product.product_type == id).await? {
        return Err(CatalogRefused::at(CatalogErrorCode::InUse, "id", "products of this type exist").into());
    }
    let act = Act::taxonomy(actor, "productTypeDelete", id, app.clock.now());
    write::delete_newest::<ProductType>(app, act, &id.uuid().to_string()).await
}
