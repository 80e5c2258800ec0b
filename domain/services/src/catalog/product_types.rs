//! Product types.

use model::{
    access::{Actor, Permission},
    catalog::{CatalogErrorCode, ProductType, check_product_type},
    events::DomainEvent,
    ids::ProductTypeId,
};

use super::{
    CatalogError, CatalogResult, ProductTypeInput, list,
    write::{self, ATTEMPTS, Act},
};
use crate::App;

/// Creates a product type.
///
/// # Errors
/// [`CatalogError`].
pub async fn create_product_type(app: &App, actor: &Actor, input: ProductTypeInput) -> CatalogResult<ProductType> {
    actor.require(Permission::CatalogWrite)?;
    let now = app.clock.now();
    let mut violations = Vec::new();
    let slug = write::require(input.slug.as_deref(), "slug", &mut violations);
    let slug = slug.and_then(|slug| write::parse_slug(slug, &mut violations));
    let name = write::require(input.name, "name", &mut violations);
    let (Some(slug), Some(name)) = (slug, name) else { return Err(CatalogError::Invalid(violations)) };
    let attributes = input.attributes.unwrap_or_default();
    let id = ProductTypeId::new();
    let mut kind = ProductType { id, version: 1, slug, name, attributes, created_at: now, updated_at: now };
    write::refuse_if_any(check_product_type(&kind))?;
    write::insert(app, act(app, actor, "productTypeCreate", id), &mut kind).await?;
    Ok(kind)
}

/// Changes a product type. Products keep the values they have; they are checked when they are next changed.
///
/// # Errors
/// [`CatalogError`].
pub async fn update_product_type(
    app: &App,
    actor: &Actor,
    id: ProductTypeId,
    expected: Option<i64>,
    input: ProductTypeInput,
) -> CatalogResult<ProductType> {
    actor.require(Permission::CatalogWrite)?;
    let mut tries = 0;
    loop {
        let found = write::load::<ProductType>(app, &id.uuid().to_string()).await?;
        let (previous, mut kind) = found.ok_or_else(|| CatalogError::not_found("product type"))?;
        write::expect_version(expected, kind.version)?;
        let mut violations = Vec::new();
        if let Some(slug) = input.slug.as_deref().and_then(|slug| write::parse_slug(slug, &mut violations)) {
            kind.slug = slug;
        }
        kind.name = input.name.clone().unwrap_or(kind.name);
        kind.attributes = input.attributes.clone().unwrap_or(kind.attributes);
        kind.updated_at = app.clock.now();
        violations.extend(check_product_type(&kind));
        write::refuse_if_any(violations)?;
        tries += 1;
        match write::replace(app, act(app, actor, "productTypeUpdate", id), &previous, &mut kind).await {
            Err(error) if error.is_conflict() && expected.is_none() && tries < ATTEMPTS => {}
            done => return done.map(|()| kind),
        }
    }
}

/// Deletes a product type that no product has.
///
/// # Errors
/// [`CatalogError`], with `InUse` when a product has it.
pub async fn delete_product_type(app: &App, actor: &Actor, id: ProductTypeId) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    if list::any_product(app, |product| product.product_type == id).await? {
        return Err(CatalogError::one(CatalogErrorCode::InUse, "id", "products of this type exist"));
    }
    let act = act(app, actor, "productTypeDelete", id);
    write::delete_newest::<ProductType>(app, act, &id.uuid().to_string(), "product type").await
}

fn act<'a>(app: &App, actor: &'a Actor, action: &'static str, id: ProductTypeId) -> Act<'a> {
    let event = DomainEvent::TaxonomyChanged { id: id.to_string() };
    Act { actor, action, object: id.to_string(), event, now: app.clock.now() }
}
