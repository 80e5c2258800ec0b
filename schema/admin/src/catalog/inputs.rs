//! Inputs of product types, categories and collections, and inputs that products share with them.

use std::{collections::BTreeMap, str::FromStr};

use async_graphql::{ID, InputObject, MaybeUndefined};
use model::{
    GlobalId, InvalidId,
    catalog::{self, CatalogErrorCode, Violation},
};
use schema_shared::{NameTranslationInput, parse_id};
use services::catalog::{self as service, CatalogError, CatalogRefused, CatalogResult, Ref};

use super::translations::{TermTranslationInput, names, terms};

/// A metafield of an object.
#[derive(InputObject)]
pub struct MetafieldInput {
    /// Namespace of the metafield. A namespace that starts with `private` is visible in this API only.
    namespace: String,
    /// Key of the metafield, unique in its namespace.
    key: String,
    /// Type of the value, such as `text` or `number`.
    #[graphql(name = "type")]
    kind: String,
    /// Value of the metafield as text.
    value: String,
}

impl From<MetafieldInput> for catalog::Metafield {
    fn from(input: MetafieldInput) -> Self {
        let MetafieldInput { namespace, key, kind, value } = input;
        Self { namespace, key, kind, value }
    }
}

/// Title and description for search engines.
#[derive(InputObject)]
pub struct SeoInput {
    /// Title for search engines; the name of the object if absent.
    title: Option<String>,
    /// Description for search engines; the description of the object if absent.
    description: Option<String>,
}

pub(super) fn seo(input: SeoInput) -> catalog::Seo {
    catalog::Seo { title: input.title, description: input.description }
}

/// Texts of an object in one language. An absent text falls back along the channel's languages.
#[derive(InputObject)]
pub struct TranslationInput {
    /// Language as a BCP 47 tag, such as `de`.
    locale: String,
    /// Name in this language.
    name: Option<String>,
    /// Description in this language.
    description: Option<String>,
    /// Title and description for search engines in this language.
    seo: Option<SeoInput>,
}

pub(super) fn translations(inputs: Vec<TranslationInput>) -> CatalogResult<Vec<service::TranslationInput>> {
    let one = |(at, input): (usize, TranslationInput)| {
        let locale = input.locale.parse().map_err(|error: model::InvalidLocale| {
            let path = format!("translations.{at}.locale");
            CatalogError::Rule(CatalogRefused(vec![Violation::at(CatalogErrorCode::Invalid, &path, error.to_string())]))
        })?;
        let seo = input.seo.map(seo).unwrap_or_default();
        Ok(service::TranslationInput { locale, name: input.name, description: input.description, seo })
    };
    inputs.into_iter().enumerate().map(one).collect()
}

/// None if the value is absent, `Some(None)` if it is null.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
pub(super) fn patch<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// None if the value is absent, an empty value if it is null.
pub(super) fn emptied<T: Default>(value: MaybeUndefined<T>) -> Option<T> {
    patch(value).map(Option::unwrap_or_default)
}

pub(super) fn refs(names: Vec<String>) -> Vec<Ref> {
    names.into_iter().map(Ref).collect()
}

/// The id of an object. An id of another type becomes the id of no object.
pub(super) fn known_id<T: GlobalId + FromStr<Err = InvalidId>>(id: &ID, what: &str) -> CatalogResult<T> {
    parse_id(id).map_err(|_| {
        let message = format!("there is no such {what}");
        CatalogError::Rule(CatalogRefused(vec![Violation::at(CatalogErrorCode::NotFound, "id", message)]))
    })
}

/// Input of `productTypeCreate`.
#[derive(InputObject)]
pub struct ProductTypeCreateInput {
    /// Unique slug for integrations.
    slug: String,
    /// Name of the product type in the default language.
    name: String,
    /// Names in other languages.
    translations: Option<Vec<NameTranslationInput>>,
    /// Attributes that products of this type have.
    attributes: Option<Vec<AttributeDefinitionInput>>,
}

/// Input of `productTypeUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct ProductTypeUpdateInput {
    /// Global id of the product type.
    pub(super) id: ID,
    /// Version that the change is based on. The change is rejected if the product type has another version.
    pub(super) expected_version: Option<i64>,
    /// New unique slug for integrations.
    slug: Option<String>,
    /// New name of the product type in the default language.
    name: Option<String>,
    /// All names in other languages; they replace the present ones.
    translations: Option<Vec<NameTranslationInput>>,
    /// All attributes of the product type; they replace the present ones.
    attributes: Option<Vec<AttributeDefinitionInput>>,
}

/// An attribute that the products of a type have.
#[derive(InputObject)]
pub struct AttributeDefinitionInput {
    /// Slug for filters, unique in the product type.
    slug: String,
    /// Name of the attribute for people, in the default language.
    name: String,
    /// Kind of the values.
    kind: catalog::AttributeKind,
    /// True if product lists offer the attribute as facet and filter.
    #[graphql(default)]
    is_filterable: bool,
    /// True if each product of the type must have a value.
    #[graphql(default)]
    is_required: bool,
    /// Permitted values in display order; only for the kind `CHOICE`.
    #[graphql(default)]
    choices: Vec<String>,
    /// Unit of numbers, such as `g`.
    unit: Option<String>,
    /// All names and choices in other languages; they replace the present ones. If absent, an attribute of the same slug
    /// keeps its translations.
    translations: Option<Vec<TermTranslationInput>>,
}

fn attribute(at: usize, input: AttributeDefinitionInput) -> CatalogResult<service::AttributeInput> {
    let translations =
        input.translations.map(|all| terms(&format!("attributes.{at}.translations"), all)).transpose()?;
    let definition = catalog::Attribute {
        slug: input.slug,
        name: input.name,
        kind: input.kind,
        is_filterable: input.is_filterable,
        is_required: input.is_required,
        choices: input.choices,
        unit: input.unit,
        translations: BTreeMap::new(),
    };
    Ok(service::AttributeInput { definition, translations })
}

fn attributes(inputs: Vec<AttributeDefinitionInput>) -> CatalogResult<Vec<service::AttributeInput>> {
    inputs.into_iter().enumerate().map(|(at, input)| attribute(at, input)).collect()
}

impl ProductTypeCreateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::ProductTypeInput> {
        Ok(service::ProductTypeInput {
            slug: Some(self.slug),
            name: Some(self.name),
            translations: self.translations.map(|all| names("translations", all)).transpose()?,
            attributes: self.attributes.map(attributes).transpose()?,
        })
    }
}

impl ProductTypeUpdateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::ProductTypeInput> {
        Ok(service::ProductTypeInput {
            slug: self.slug,
            name: self.name,
            translations: self.translations.map(|all| names("translations", all)).transpose()?,
            attributes: self.attributes.map(attributes).transpose()?,
        })
    }
}

/// Input of `productTypeDelete`.
#[derive(InputObject)]
pub struct ProductTypeDeleteInput {
    /// Global id of the product type.
    pub(super) id: ID,
}

/// Fields of a category that creation and update share.
#[derive(InputObject)]
pub struct CategoryFields {
    /// Description in the default language, plain text or Markdown; null clears it.
    description: MaybeUndefined<String>,
    /// Position among its siblings; the lowest comes first.
    position: Option<i32>,
    /// All translations of the category; they replace the present ones.
    translations: Option<Vec<TranslationInput>>,
    /// Title and description for search engines; null clears them.
    seo: MaybeUndefined<SeoInput>,
}

impl CategoryFields {
    fn into_input(self) -> CatalogResult<service::CategoryInput> {
        Ok(service::CategoryInput {
            description: emptied(self.description),
            position: self.position,
            translations: self.translations.map(translations).transpose()?,
            seo: emptied(self.seo.map_value(seo)),
            ..service::CategoryInput::default()
        })
    }
}

/// Input of `categoryCreate`.
#[derive(InputObject)]
pub struct CategoryCreateInput {
    /// Slug among its siblings, such as `tops`, or the whole path, such as `clothing/tops`.
    slug: String,
    /// New name in the default language.
    name: String,
    /// Parent category, as a path of slugs or a global id; absent for a root.
    parent: Option<String>,
    #[graphql(flatten)]
    fields: CategoryFields,
}

impl CategoryCreateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::CategoryInput> {
        let (slug, name, parent) = (Some(self.slug), Some(self.name), self.parent.map(Ref));
        Ok(service::CategoryInput { slug, name, parent, ..self.fields.into_input()? })
    }
}

/// Input of `categoryUpdate`. Absent fields stay unchanged, and so do fields set to null unless stated otherwise.
#[derive(InputObject)]
pub struct CategoryUpdateInput {
    /// Global id of the category.
    pub(super) id: ID,
    /// Version that the change is based on. The change is rejected if the category has another version.
    pub(super) expected_version: Option<i64>,
    /// New slug among its siblings.
    slug: Option<String>,
    /// New name in the default language.
    name: Option<String>,
    #[graphql(flatten)]
    fields: CategoryFields,
}

impl CategoryUpdateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::CategoryInput> {
        Ok(service::CategoryInput { slug: self.slug, name: self.name, ..self.fields.into_input()? })
    }
}

/// Input of `categoryMove`.
#[derive(InputObject)]
pub struct CategoryMoveInput {
    /// Global id of the category.
    pub(super) id: ID,
    /// New parent category, as a path of slugs or a global id; null or absent makes the category a root.
    pub(super) parent: Option<String>,
    /// Position among its new siblings; unchanged if absent.
    pub(super) position: Option<i32>,
}

/// Input of `categoryDelete`.
#[derive(InputObject)]
pub struct CategoryDeleteInput {
    /// Global id of the category, which must not have subcategories.
    pub(super) id: ID,
}

/// Fields of a collection that creation and update share.
#[derive(InputObject)]
pub struct CollectionFields {
    /// Description in the default language, plain text or Markdown; null clears it.
    description: MaybeUndefined<String>,
    /// Channels in which the collection is visible, by slug or global id.
    channels: Option<Vec<String>>,
    /// All translations of the collection; they replace the present ones.
    translations: Option<Vec<TranslationInput>>,
    /// All metafields of the collection; they replace the present ones.
    metafields: Option<Vec<MetafieldInput>>,
    /// Title and description for search engines; null clears them.
    seo: MaybeUndefined<SeoInput>,
}

impl CollectionFields {
    fn into_input(self) -> CatalogResult<service::CollectionInput> {
        Ok(service::CollectionInput {
            description: emptied(self.description),
            channels: self.channels.map(refs),
            translations: self.translations.map(translations).transpose()?,
            metafields: self.metafields.map(|all| all.into_iter().map(Into::into).collect()),
            seo: emptied(self.seo.map_value(seo)),
            ..service::CollectionInput::default()
        })
    }
}

/// Input of `collectionCreate`.
#[derive(InputObject)]
pub struct CollectionCreateInput {
    /// Unique slug for URLs.
    slug: String,
    /// Name in the default language.
    name: String,
    #[graphql(flatten)]
    fields: CollectionFields,
}

impl CollectionCreateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::CollectionInput> {
        Ok(service::CollectionInput { slug: Some(self.slug), name: Some(self.name), ..self.fields.into_input()? })
    }
}

/// Input of `collectionUpdate`. Absent fields stay unchanged, and so do fields set to null unless stated otherwise.
#[derive(InputObject)]
pub struct CollectionUpdateInput {
    /// Global id of the collection.
    pub(super) id: ID,
    /// Version that the change is based on. The change is rejected if the collection has another version.
    pub(super) expected_version: Option<i64>,
    /// New unique slug for URLs.
    slug: Option<String>,
    /// Name in the default language.
    name: Option<String>,
    #[graphql(flatten)]
    fields: CollectionFields,
}

impl CollectionUpdateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::CollectionInput> {
        Ok(service::CollectionInput { slug: self.slug, name: self.name, ..self.fields.into_input()? })
    }
}

/// Input of `collectionDelete`.
#[derive(InputObject)]
pub struct CollectionDeleteInput {
    /// Global id of the collection.
    pub(super) id: ID,
}

/// Input of `collectionProductsAdd`.
#[derive(InputObject)]
pub struct CollectionProductsAddInput {
    /// Global id of the collection.
    pub(super) id: ID,
    /// Global ids of the products in their order, at most 250. Products that are already in the collection move.
    #[graphql(validator(max_items = 250))]
    pub(super) products: Vec<ID>,
    /// Position of the first product, starting at 0; at the end if absent.
    #[graphql(validator(minimum = 0))]
    pub(super) position: Option<i32>,
}

/// Input of `collectionProductsRemove`.
#[derive(InputObject)]
pub struct CollectionProductsRemoveInput {
    /// Global id of the collection.
    pub(super) id: ID,
    /// Global ids of the products, at most 250.
    #[graphql(validator(max_items = 250))]
    pub(super) products: Vec<ID>,
}
