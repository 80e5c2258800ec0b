//! Root fields that find products and variants.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{
    Timestamp,
    ids::{ProductId, VariantId},
};
use schema_shared::{
    BadUserInput, Connection, ConnectionArgs, PageInfo, RequestExt, connection_fields, encode_cursor, nullable,
    parse_id, to_id, total_count,
};
use services::{
    catalog::{self as service, Ref},
    search::{self, FoundPage, FoundVariant, ListStaffProducts, ListVariants, SearchError, VariantCursor, VariantKey},
};

use super::{
    Product, ProductVariant,
    list_inputs::{DeletedProductFilter, ProductFilter, ProductSort, ProductVariantFilter, ProductVariantSort},
};

/// Queries of products and variants.
#[derive(Default)]
pub struct ProductQuery;

/// A product that was deleted.
#[derive(SimpleObject)]
pub struct DeletedProduct {
    /// Global id that the product had.
    id: ID,
    /// Time of the deletion, as the list of deleted products orders it.
    deleted_at: DateTime<Utc>,
}

#[connection_fields]
#[Object]
impl ProductQuery {
    /// The product of a global id, of a slug in any channel, or of a reference in an external system; null if it does
    /// not exist. Exactly one argument is required. Needs `CATALOG_READ`.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the product.")] id: Option<ID>,
        #[graphql(desc = "Current or former slug of the product.")] slug: Option<String>,
        #[graphql(desc = "Reference of the product in an external system.")] external_reference: Option<String>,
    ) -> Option<Result<Product>> {
        nullable(async {
            let request = ctx.request()?;
            let found = match (id, slug, external_reference) {
                (Some(ID(text)), None, None) | (None, Some(text), None) => {
                    service::find_product(&request.app, &request.actor, &Ref(text)).await?
                }
                (None, None, Some(reference)) => {
                    service::find_product_by_reference(&request.app, &request.actor, &reference).await?
                }
                _ => return Err(exactly_one("an id, a slug or an external reference")),
            };
            Ok(found.map(Product))
        })
        .await
    }

    /// Products, published or not: by default in the order of their creation, or the best match first if there are words
    /// to search for. Lists with conditions or a sort order include a change within a second. Needs `CATALOG_READ`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the products must meet.")] filter: Option<ProductFilter>,
        #[graphql(desc = "Sort order of the products.")] sort: Option<ProductSort>,
        args: ConnectionArgs,
    ) -> Result<Connection<Product>> {
        let request = ctx.request()?;
        let input = ListStaffProducts {
            filter: filter.unwrap_or_default().into(),
            sort: sort.map(Into::into),
            page: args.page_with(str::parse)?,
            wants_total: ctx.look_ahead().field("totalCount").exists(),
        };
        let found = search::list_staff_products(&request.app, &request.actor, input).await.map_err(refused)?;
        Ok(connection(found, ToString::to_string, Product))
    }

    /// The variant of a global id, of a SKU, or of a reference in an external system; null if it does not exist. Exactly
    /// one argument is required. Needs `CATALOG_READ`.
    async fn product_variant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the variant.")] id: Option<ID>,
        #[graphql(desc = "SKU of the variant.")] sku: Option<String>,
        #[graphql(desc = "Reference of the variant in an external system.")] external_reference: Option<String>,
    ) -> Option<Result<ProductVariant>> {
        nullable(async {
            let request = ctx.request()?;
            let key = match (id, sku, external_reference) {
                (Some(id), None, None) => VariantKey::Id(parse_id::<VariantId>(&id)?),
                (None, Some(sku), None) => VariantKey::Sku(sku),
                (None, None, Some(reference)) => VariantKey::ExternalReference(reference),
                _ => return Err(exactly_one("an id, a SKU or an external reference")),
            };
            let found = search::find_variant(&request.app, &request.actor, &key).await?;
            Ok(found.and_then(variant))
        })
        .await
    }

    /// Variants of all products, published or not, by SKU unless another order is given. The list includes a change
    /// within a second or two. Needs `CATALOG_READ`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn product_variants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the variants must meet.")] filter: Option<ProductVariantFilter>,
        #[graphql(desc = "Sort order; by SKU if absent.")] sort: Option<ProductVariantSort>,
        args: ConnectionArgs,
    ) -> Result<Connection<ProductVariant>> {
        let request = ctx.request()?;
        let input = ListVariants {
            filter: filter.unwrap_or_default().into(),
            sort: sort.map(Into::into),
            page: args.page::<VariantCursor>()?,
            wants_total: ctx.look_ahead().field("totalCount").exists(),
        };
        let found = search::list_variants(&request.app, &request.actor, &input).await.map_err(refused)?;
        let FoundPage { rows, start, end, has_next, has_previous, total } = found;
        let rows = rows.into_iter().filter_map(|(cursor, found)| Some((cursor, variant(found)?))).collect();
        let found = FoundPage { rows, start, end, has_next, has_previous, total };
        Ok(connection(found, encode_cursor, |variant| variant))
    }

    /// Products that were deleted, oldest deletion first, so that another system can delete them too. Needs
    /// `CATALOG_READ`.
    async fn deleted_products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the deleted products must meet.")] filter: Option<DeletedProductFilter>,
        args: ConnectionArgs,
    ) -> Result<Connection<DeletedProduct>> {
        let page = args.page::<(Timestamp, ProductId)>()?;
        let request = ctx.request()?;
        let after = filter.unwrap_or_default().deleted_after;
        let found = search::list_deleted_products(&request.app, &request.actor, after, &page).await?;
        let total = total_count(ctx, search::count_deleted_products(&request.app, &request.actor, after)).await?;
        let node = |(deleted_at, id): (Timestamp, ProductId)| DeletedProduct { id: to_id(id), deleted_at };
        Ok(Connection::new(&page, found, total, |row| *row, node))
    }
}

fn exactly_one(arguments: &str) -> async_graphql::Error {
    BadUserInput(format!("give exactly one of {arguments}")).into()
}

fn variant((product, id): FoundVariant) -> Option<ProductVariant> {
    let variant = product.variant(id)?.clone();
    Some(ProductVariant(variant, product))
}

fn connection<C, T, N>(found: FoundPage<C, T>, cursor: impl Fn(&C) -> String, node: impl Fn(T) -> N) -> Connection<N> {
    let page_info = PageInfo {
        has_next_page: found.has_next,
        has_previous_page: found.has_previous,
        start_cursor: found.start.as_ref().map(&cursor),
        end_cursor: found.end.as_ref().map(&cursor),
    };
    let edges = found.rows.into_iter().map(|(position, object)| (cursor(&position), node(object)));
    Connection::of_edges(edges, page_info, found.total)
}

pub(super) fn refused(error: SearchError) -> async_graphql::Error {
    match error {
        SearchError::FilterTooLarge => BadUserInput(error.to_string()).into(),
        SearchError::Page(error) => error.into(),
        SearchError::Service(error) => error.into(),
    }
}
