//! Changes of many products or variants at once, and the progress of jobs.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{
    IdempotencyKey,
    catalog::{self, BulkJobState, CatalogErrorCode, Violation},
    ids::{JobId, VariantId},
};
use schema_shared::{CurrencyCode, Decimal, RequestExt, nullable, parse_id, payloads, to_id, to_user_errors};
use services::{
    catalog::{self as service, CatalogError, CatalogRefused, CatalogResult, MAX_FOUND, Ref},
    search::{self, StaffProductFilter},
};

use super::{
    CatalogUserError, ProductVariant,
    errors::{self, answer},
    inputs::{patch, refs},
    list_inputs::ProductFilter,
    product_queries::refused,
};

payloads! {
    errors CatalogUserError;

    "productVariantsBulkUpdate" => ProductVariantsBulkUpdatePayload {
        /// The variants after the change, in the order of the input; null if nothing was changed.
        product_variants: Vec<ProductVariant>,
    }
    "productsBulkUpdate" => ProductsBulkUpdatePayload {
        /// The job that changes the products; null if none was started.
        job: Job,
    }
}

/// Input of `productVariantsBulkUpdate`.
#[derive(InputObject)]
pub struct ProductVariantsBulkUpdateInput {
    /// Variants to change, 1 to 500, of any products.
    variants: Vec<ProductVariantBulkInput>,
}

/// A change of one variant, named by exactly one of `id`, `sku` and `externalReference`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct ProductVariantBulkInput {
    /// Global id of the variant.
    id: Option<ID>,
    /// SKU of the variant.
    sku: Option<String>,
    /// External reference of the variant.
    external_reference: Option<String>,
    /// Prices to set. Each replaces the price of its channel and currency; all others stay.
    #[graphql(default)]
    prices: Vec<PriceBulkInput>,
    /// Former price that the merchant compares with, for the prices above that name none, or for all prices of the variant
    /// if none is named above. They must be in one currency. Null removes it.
    compare_at: MaybeUndefined<Decimal>,
    /// Weight in grams; null clears it.
    weight_grams: MaybeUndefined<u32>,
    /// Number under the barcode: a GTIN of 8, 12, 13 or 14 digits with a correct check digit; null clears it.
    barcode: MaybeUndefined<String>,
    /// True if stock is counted and can run out. Needs `INVENTORY_WRITE`.
    is_tracked: Option<bool>,
    /// True if the variant can be sold when no stock is left. Needs `INVENTORY_WRITE`.
    allows_backorder: Option<bool>,
}

/// A price of a variant in one channel and currency.
#[derive(InputObject)]
pub struct PriceBulkInput {
    /// Channel, by slug or global id.
    channel: String,
    /// Currency of the price.
    currency_code: CurrencyCode,
    /// Price of one unit, with or without tax as the channel defines.
    amount: Decimal,
    /// Former price that the merchant compares with; must be higher than the amount. Null removes it. If absent, the
    /// present one stays while it is higher than the amount.
    compare_at: MaybeUndefined<Decimal>,
}

/// Input of `productsBulkUpdate`. Absent fields change nothing.
#[derive(InputObject)]
pub struct ProductsBulkUpdateInput {
    /// Global ids of the products to change, 1 to 5,000. Exactly one of `ids` and `filter` is required.
    ids: Option<Vec<ID>>,
    /// Filter that selects the products to change at the time of the request, at most 500,000. It may miss changes of the
    /// last second.
    filter: Option<ProductFilter>,
    /// Channels in which the products are published, by slug or global id.
    #[graphql(default)]
    publish: Vec<String>,
    /// Time from which the products are visible in the channels of `publish`. If absent, new publications start now, and
    /// present ones keep their time.
    publish_at: Option<DateTime<Utc>>,
    /// Channels from which the products are removed, by slug or global id.
    #[graphql(default)]
    unpublish: Vec<String>,
    /// Tags to add, at most 250.
    #[graphql(default)]
    add_tags: Vec<String>,
    /// Tags to remove, at most 250.
    #[graphql(default)]
    remove_tags: Vec<String>,
    /// Categories that list the products in addition, by slug path or global id.
    #[graphql(default)]
    add_categories: Vec<String>,
    /// Categories that no longer list the products, by slug path or global id.
    #[graphql(default)]
    remove_categories: Vec<String>,
    /// True archives the products: they are neither sold nor listed, but stay readable on orders and in this API. False
    /// restores them with their publications.
    archive: Option<bool>,
    /// Key that makes repetition safe: the same key with the same input starts one job. With another input it is rejected
    /// with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// A job that changes many objects in the background.
pub struct Job(catalog::BulkJob);

/// A job that changes many objects in the background.
#[Object]
impl Job {
    /// Global id of the job.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// State of the job.
    fn state(&self) -> BulkJobState {
        self.0.state
    }

    /// Number of objects that are done, successfully or not.
    fn done(&self) -> i32 {
        self.0.done
    }

    /// Number of objects to change.
    fn total(&self) -> i32 {
        self.0.total
    }

    /// Number of objects that could not be changed.
    fn failed(&self) -> i32 {
        self.0.failed
    }

    /// Objects that could not be changed, the first 100 in the order of the work.
    fn errors(&self) -> Vec<JobError> {
        self.0.errors.iter().map(JobError::from).collect()
    }

    /// Time at which the job was requested.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Time at which the job was done; null before.
    fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

/// An object that a job could not change.
#[derive(SimpleObject)]
pub struct JobError {
    /// Global id of the object.
    id: ID,
    /// Code of the error, for programs.
    code: errors::CatalogErrorCode,
    /// Text of the error, for people.
    message: String,
}

impl From<&catalog::BulkJobError> for JobError {
    fn from(error: &catalog::BulkJobError) -> Self {
        Self { id: ID(error.id.clone()), code: error.code.into(), message: error.message.clone() }
    }
}

/// Queries of jobs.
#[derive(Default)]
pub struct JobQuery;

#[Object]
impl JobQuery {
    /// The job of a global id; null if it does not exist or was done more than 30 days ago. Needs `CATALOG_READ`.
    async fn job(&self, ctx: &Context<'_>, #[graphql(desc = "Global id of the job.")] id: ID) -> Option<Result<Job>> {
        nullable(async {
            let request = ctx.request()?;
            // Before the id is parsed, so that only staff learn which ids are valid.
            request.back_office()?;
            let id: JobId = parse_id(&id)?;
            Ok(service::find_bulk_job(&request.app, &request.actor, id).await?.map(Job))
        })
        .await
    }
}

/// Mutations of many products or variants.
#[derive(Default)]
pub struct BulkMutation;

#[Object]
impl BulkMutation {
    /// Changes up to 500 variants of any products: either all of them or none. Repeating a change changes nothing more. If
    /// it fails with `UNAVAILABLE`, some products may be changed; repeat it. Needs `CATALOG_WRITE`, and `INVENTORY_WRITE` if
    /// it sets `isTracked` or `allowsBackorder`.
    async fn product_variants_bulk_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Variants to change, with the new values.")] input: ProductVariantsBulkUpdateInput,
    ) -> Result<ProductVariantsBulkUpdatePayload> {
        let request = ctx.request()?;
        let inputs = input.variants.into_iter().map(ProductVariantBulkInput::read).collect();
        let outcome = service::update_variants(&request.app, &request.actor, inputs).await;
        let done = |variants: Vec<(Arc<catalog::Product>, VariantId)>| {
            let shown = variants.into_iter().filter_map(|(product, id)| {
                product.variant(id).cloned().map(|variant| ProductVariant(variant, product))
            });
            ProductVariantsBulkUpdatePayload::done(shown.collect())
        };
        answer(outcome, done, ProductVariantsBulkUpdatePayload::refused)
    }

    /// Starts a job that changes many products alike: publishes, unpublishes, tags, categorizes or archives them. A product
    /// that cannot be changed is listed in `Job.errors`; the others are changed. Needs `CATALOG_WRITE`.
    async fn products_bulk_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products to change, with the change.")] input: ProductsBulkUpdateInput,
    ) -> Result<ProductsBulkUpdatePayload> {
        let request = ctx.request()?;
        let (mut input, filter) = match input.read() {
            Ok(read) => read,
            Err(error) => return Ok(ProductsBulkUpdatePayload::refused(to_user_errors(error)?)),
        };
        if let Some(filter) = filter {
            let found = search::all_matching_products(&request.app, &request.actor, &filter, MAX_FOUND).await;
            input.ids = found.map_err(refused)?.iter().map(ToString::to_string).collect();
            input.filter = Some(format!("{filter:?}"));
        }
        let outcome = service::update_products(&request.app, &request.actor, input).await;
        answer(outcome, |job| ProductsBulkUpdatePayload::done(Job(job)), ProductsBulkUpdatePayload::refused)
    }
}

impl ProductVariantBulkInput {
    fn read(self) -> service::VariantBulkInput {
        service::VariantBulkInput {
            id: self.id.map(|id| id.0),
            sku: self.sku,
            external_reference: self.external_reference,
            prices: self.prices.into_iter().map(PriceBulkInput::read).collect(),
            compare_at: decimal(self.compare_at),
            weight_grams: patch(self.weight_grams),
            barcode: patch(self.barcode),
            is_tracked: self.is_tracked,
            allows_backorder: self.allows_backorder,
        }
    }
}

impl PriceBulkInput {
    fn read(self) -> service::BulkPriceInput {
        service::BulkPriceInput {
            channel: Ref(self.channel),
            currency: self.currency_code.0,
            amount: self.amount.0.into_owned(),
            compare_at: decimal(self.compare_at),
        }
    }
}

impl ProductsBulkUpdateInput {
    fn read(self) -> CatalogResult<(service::ProductsBulkInput, Option<StaffProductFilter>)> {
        if self.ids.is_some() && self.filter.is_some() {
            let violation = Violation::at(CatalogErrorCode::Invalid, "filter", "give either ids or a filter");
            return Err(CatalogError::Rule(CatalogRefused(vec![violation])));
        }
        let key = self.idempotency_key.map(IdempotencyKey::try_from).transpose().map_err(|error| {
            let violation = Violation::at(CatalogErrorCode::Invalid, "idempotencyKey", error.to_string());
            CatalogError::Rule(CatalogRefused(vec![violation]))
        });
        let input = service::ProductsBulkInput {
            ids: self.ids.unwrap_or_default().into_iter().map(|id| id.0).collect(),
            filter: None,
            publish: refs(self.publish),
            publish_at: self.publish_at,
            unpublish: refs(self.unpublish),
            add_tags: self.add_tags,
            remove_tags: self.remove_tags,
            add_categories: refs(self.add_categories),
            remove_categories: refs(self.remove_categories),
            archive: self.archive,
            idempotency_key: key?,
        };
        Ok((input, self.filter.map(Into::into)))
    }
}

#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
fn decimal(value: MaybeUndefined<Decimal>) -> Option<Option<String>> {
    patch(value.map_value(|value| value.0.into_owned()))
}
