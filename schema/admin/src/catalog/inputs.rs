//! Inputs of product types, categories and collections, and parts that products share with them.

use std::str::FromStr;

use async_graphql::{ID, InputObject, MaybeUndefined};
use model::{
    GlobalId, InvalidId,
    catalog::{self, CatalogErrorCode, Violation},
};
use schema_shared::parse_id;
use services::catalog::{self as service, CatalogError, CatalogResult, Ref};

/// A fact of an integration or theme.
#[derive(InputObject)]
pub struct MetafieldInput {
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

impl From<MetafieldInput> for catalog::Metafield {
    fn from(input: MetafieldInput) -> Self {
        let MetafieldInput { namespace, key, kind, value } = input;
        Self { namespace, key, kind, value }
    }
}

/// What search engines show.
#[derive(InputObject)]
pub struct SeoInput {
    /// Title of the page; the name where absent.
    title: Option<String>,
    /// Summary of the page; the description where absent.
    description: Option<String>,
}

pub(super) fn seo(input: SeoInput) -> catalog::Seo {
    catalog::Seo { title: input.title, description: input.description }
}

/// Texts in one language; what is absent falls back along the channel's languages.
#[derive(InputObject)]
pub struct TranslationInput {
    /// The language, a BCP 47 tag such as `de`.
    locale: String,
    /// Name.
    name: Option<String>,
    /// Description.
    description: Option<String>,
    /// What search engines show.
    seo: Option<SeoInput>,
}

pub(super) fn translations(inputs: Vec<TranslationInput>) -> CatalogResult<Vec<service::TranslationInput>> {
    let one = |(at, input): (usize, TranslationInput)| {
        let locale = input.locale.parse().map_err(|error: model::InvalidLocale| {
            let path = format!("translations.{at}.locale");
            CatalogError::Invalid(vec![Violation::at(CatalogErrorCode::Invalid, &path, error.to_string())])
        })?;
        let seo = input.seo.map(seo).unwrap_or_default();
        Ok(service::TranslationInput { locale, name: input.name, description: input.description, seo })
    };
    inputs.into_iter().enumerate().map(one).collect()
}

/// None where nothing is said, some none where null is said.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
pub(super) fn patch<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// None where nothing is said, something empty where null is said.
pub(super) fn emptied<T: Default>(value: MaybeUndefined<T>) -> Option<T> {
    patch(value).map(Option::unwrap_or_default)
}

pub(super) fn refs(names: Vec<String>) -> Vec<Ref> {
    names.into_iter().map(Ref).collect()
}

/// The id of an object; one of another type names nothing here.
pub(super) fn known_id<T: GlobalId + FromStr<Err = InvalidId>>(id: &ID, what: &str) -> CatalogResult<T> {
    parse_id(id).map_err(|_| {
        let message = format!("there is no such {what}");
        CatalogError::Invalid(vec![Violation::at(CatalogErrorCode::NotFound, "id", message)])
    })
}

/// A new product type.
#[derive(InputObject)]
pub struct ProductTypeCreateInput {
    /// What systems call it; unique.
    slug: String,
    /// Name.
    name: String,
    /// What products of this type say about themselves.
    attributes: Option<Vec<AttributeDefinitionInput>>,
}

/// A change of a product type; what is absent stays.
#[derive(InputObject)]
pub struct ProductTypeUpdateInput {
    /// Which product type.
    pub(super) id: ID,
    /// The version the change was decided on; another one is refused.
    pub(super) expected_version: Option<i64>,
    /// What systems call it; unique.
    slug: Option<String>,
    /// Name.
    name: Option<String>,
    /// All its attributes.
    attributes: Option<Vec<AttributeDefinitionInput>>,
}

/// One typed property of products.
#[derive(InputObject)]
pub struct AttributeDefinitionInput {
    /// Its name in filters; unique within the type.
    slug: String,
    /// Its name for people.
    name: String,
    /// What its values are.
    kind: catalog::AttributeKind,
    /// Whether lists offer it as a facet and filter.
    #[graphql(default)]
    is_filterable: bool,
    /// Whether every product of the type must have a value.
    #[graphql(default)]
    is_required: bool,
    /// What may be chosen, in display order; for the kind CHOICE only.
    #[graphql(default)]
    choices: Vec<String>,
    /// Unit of a number, such as `g`.
    unit: Option<String>,
}

fn attribute(input: AttributeDefinitionInput) -> catalog::Attribute {
    catalog::Attribute {
        slug: input.slug,
        name: input.name,
        kind: input.kind,
        is_filterable: input.is_filterable,
        is_required: input.is_required,
        choices: input.choices,
        unit: input.unit,
    }
}

impl From<ProductTypeCreateInput> for service::ProductTypeInput {
    fn from(input: ProductTypeCreateInput) -> Self {
        let attributes = input.attributes.map(|all| all.into_iter().map(attribute).collect());
        Self { slug: Some(input.slug), name: Some(input.name), attributes }
    }
}

impl From<ProductTypeUpdateInput> for service::ProductTypeInput {
    fn from(input: ProductTypeUpdateInput) -> Self {
        let attributes = input.attributes.map(|all| all.into_iter().map(attribute).collect());
        Self { slug: input.slug, name: input.name, attributes }
    }
}

/// The deletion of an object.
#[derive(InputObject)]
pub struct ProductTypeDeleteInput {
    /// Which product type.
    pub(super) id: ID,
}

/// What a category may have.
#[derive(InputObject)]
pub struct CategoryFields {
    /// Description in the default language; null to empty it.
    description: MaybeUndefined<String>,
    /// Order among its siblings, lowest first.
    position: Option<i32>,
    /// All its texts in other languages.
    translations: Option<Vec<TranslationInput>>,
    /// What search engines show; null to forget it.
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

/// A new category.
#[derive(InputObject)]
pub struct CategoryCreateInput {
    /// What it is called among its siblings, such as `tops`, or its whole path, such as `clothing/tops`.
    slug: String,
    /// Name in the default language.
    name: String,
    /// The category above, by slug path or global id; a root where absent.
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

/// A change of a category where it is; what is absent stays, and null as well unless said otherwise.
#[derive(InputObject)]
pub struct CategoryUpdateInput {
    /// Which category.
    pub(super) id: ID,
    /// The version the change was decided on; another one is refused.
    pub(super) expected_version: Option<i64>,
    /// What it is called among its siblings.
    slug: Option<String>,
    /// Name in the default language.
    name: Option<String>,
    #[graphql(flatten)]
    fields: CategoryFields,
}

impl CategoryUpdateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::CategoryInput> {
        Ok(service::CategoryInput { slug: self.slug, name: self.name, ..self.fields.into_input()? })
    }
}

/// A move of a category with all below it.
#[derive(InputObject)]
pub struct CategoryMoveInput {
    /// Which category.
    pub(super) id: ID,
    /// The category above, by slug path or global id; null or absent makes a root.
    pub(super) parent: Option<String>,
    /// Order among its new siblings, lowest first; as it was where absent.
    pub(super) position: Option<i32>,
}

/// The deletion of a category.
#[derive(InputObject)]
pub struct CategoryDeleteInput {
    /// Which category; none may lie below it.
    pub(super) id: ID,
}

/// What a collection may have.
#[derive(InputObject)]
pub struct CollectionFields {
    /// Description in the default language; null to empty it.
    description: MaybeUndefined<String>,
    /// Channels it shows in, by slug or global id.
    channels: Option<Vec<String>>,
    /// All its texts in other languages.
    translations: Option<Vec<TranslationInput>>,
    /// All its metafields.
    metafields: Option<Vec<MetafieldInput>>,
    /// What search engines show; null to forget it.
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

/// A new collection.
#[derive(InputObject)]
pub struct CollectionCreateInput {
    /// The readable part of its link; unique.
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

/// A change of a collection; what is absent stays, and null as well unless said otherwise.
#[derive(InputObject)]
pub struct CollectionUpdateInput {
    /// Which collection.
    pub(super) id: ID,
    /// The version the change was decided on; another one is refused.
    pub(super) expected_version: Option<i64>,
    /// The readable part of its link; unique.
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

/// The deletion of a collection; its products stay.
#[derive(InputObject)]
pub struct CollectionDeleteInput {
    /// Which collection.
    pub(super) id: ID,
}

/// Products that go into a collection.
#[derive(InputObject)]
pub struct CollectionProductsAddInput {
    /// Which collection.
    pub(super) id: ID,
    /// The products, in their order, at most 250; those in it already move.
    #[graphql(validator(max_items = 250))]
    pub(super) products: Vec<ID>,
    /// The place of the first of them, from 0; at the end where absent.
    #[graphql(validator(minimum = 0))]
    pub(super) position: Option<i32>,
}

/// Products that leave a collection.
#[derive(InputObject)]
pub struct CollectionProductsRemoveInput {
    /// Which collection.
    pub(super) id: ID,
    /// The products, at most 250.
    #[graphql(validator(max_items = 250))]
    pub(super) products: Vec<ID>,
}
