//! Mutations of product types, categories and collections.

use async_graphql::{Context, ID, Object, Result};
use model::{
    catalog::{CatalogErrorCode, Violation},
    ids::ProductId,
};
use schema_shared::{RequestExt, parse_id, payloads};
use services::catalog::{self as service, CatalogError, CatalogRefused, CatalogResult, CategoryMove, Ref};

use super::{
    CatalogUserError, Category, Collection, ProductType,
    errors::answer,
    inputs::{
        CategoryCreateInput, CategoryDeleteInput, CategoryMoveInput, CategoryUpdateInput, CollectionCreateInput,
        CollectionDeleteInput, CollectionProductsAddInput, CollectionProductsRemoveInput, CollectionUpdateInput,
        ProductTypeCreateInput, ProductTypeDeleteInput, ProductTypeUpdateInput, known_id,
    },
};

payloads! {
    errors CatalogUserError;

    "productTypeCreate" => ProductTypeCreatePayload {
        /// The new product type; null if it was not created.
        product_type: ProductType,
    }
    "productTypeUpdate" => ProductTypeUpdatePayload {
        /// The product type after the change; null if it was not changed.
        product_type: ProductType,
    }
    "productTypeDelete" => ProductTypeDeletePayload {
        /// Global id of the deleted product type; null if nothing was deleted.
        deleted_id: ID,
    }
    "categoryCreate" => CategoryCreatePayload {
        /// The new category; null if it was not created.
        category: Category,
    }
    "categoryUpdate" => CategoryUpdatePayload {
        /// The category after the change; null if it was not changed.
        category: Category,
    }
    "categoryMove" => CategoryMovePayload {
        /// The category at its new position; null if it was not moved.
        category: Category,
    }
    "categoryDelete" => CategoryDeletePayload {
        /// Global id of the deleted category; null if nothing was deleted.
        deleted_id: ID,
    }
    "collectionCreate" => CollectionCreatePayload {
        /// The new collection; null if it was not created.
        collection: Collection,
    }
    "collectionUpdate" => CollectionUpdatePayload {
        /// The collection after the change; null if it was not changed.
        collection: Collection,
    }
    "collectionDelete" => CollectionDeletePayload {
        /// Global id of the deleted collection; null if nothing was deleted.
        deleted_id: ID,
    }
    "collectionProductsAdd" => CollectionProductsAddPayload {
        /// The collection after the change; null if it was not changed.
        collection: Collection,
    }
    "collectionProductsRemove" => CollectionProductsRemovePayload {
        /// The collection after the change; null if it was not changed.
        collection: Collection,
    }
}

/// Mutations of product types, categories and collections.
#[derive(Default)]
pub struct TaxonomyMutation;

#[Object]
impl TaxonomyMutation {
    /// Creates a product type. Needs `CATALOG_WRITE`.
    async fn product_type_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product type to create.")] input: ProductTypeCreateInput,
    ) -> Result<ProductTypeCreatePayload> {
        let request = ctx.request()?;
        let create = async { service::create_product_type(&request.app, &request.actor, input.into_input()?).await };
        let done = |kind| ProductTypeCreatePayload::done(ProductType(kind));
        answer(create.await, done, ProductTypeCreatePayload::refused)
    }

    /// Changes a product type. Existing products are validated against it at their next change. Needs `CATALOG_WRITE`.
    async fn product_type_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product type to change, with the new values.")] input: ProductTypeUpdateInput,
    ) -> Result<ProductTypeUpdatePayload> {
        let request = ctx.request()?;
        let update = async {
            let (id, expected) = (known_id(&input.id, "product type")?, input.expected_version);
            service::update_product_type(&request.app, &request.actor, id, expected, input.into_input()?).await
        };
        let done = |kind| ProductTypeUpdatePayload::done(ProductType(kind));
        answer(update.await, done, ProductTypeUpdatePayload::refused)
    }

    /// Deletes a product type that no product uses. Needs `CATALOG_WRITE`.
    async fn product_type_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product type to delete.")] input: ProductTypeDeleteInput,
    ) -> Result<ProductTypeDeletePayload> {
        let request = ctx.request()?;
        let delete = async {
            service::delete_product_type(&request.app, &request.actor, known_id(&input.id, "product type")?).await
        };
        let outcome = delete.await;
        answer(outcome, |()| ProductTypeDeletePayload::done(input.id), ProductTypeDeletePayload::refused)
    }

    /// Creates a category. Needs `CATALOG_WRITE`.
    async fn category_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Category to create.")] input: CategoryCreateInput,
    ) -> Result<CategoryCreatePayload> {
        let request = ctx.request()?;
        let create = async { service::create_category(&request.app, &request.actor, input.into_input()?).await };
        let done = |category| CategoryCreatePayload::done(Category(category));
        answer(create.await, done, CategoryCreatePayload::refused)
    }

    /// Changes a category without moving it. Needs `CATALOG_WRITE`.
    async fn category_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Category to change, with the new values.")] input: CategoryUpdateInput,
    ) -> Result<CategoryUpdatePayload> {
        let request = ctx.request()?;
        let update = async {
            let (id, expected) = (known_id(&input.id, "category")?, input.expected_version);
            service::update_category(&request.app, &request.actor, id, expected, input.into_input()?).await
        };
        let done = |category| CategoryUpdatePayload::done(Category(category));
        answer(update.await, done, CategoryUpdatePayload::refused)
    }

    /// Moves a category with its subcategories; their slug paths change with it. Needs `CATALOG_WRITE`.
    async fn category_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Category to move, with its new position.")] input: CategoryMoveInput,
    ) -> Result<CategoryMovePayload> {
        let request = ctx.request()?;
        let go = async {
            let (id, parent) = (known_id(&input.id, "category")?, input.parent.map(Ref));
            let input = CategoryMove { id, parent, position: input.position };
            service::move_category(&request.app, &request.actor, input).await
        };
        let done = |category| CategoryMovePayload::done(Category(category));
        answer(go.await, done, CategoryMovePayload::refused)
    }

    /// Deletes a category without subcategories. Its products are no longer in it. Needs `CATALOG_WRITE`.
    async fn category_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Category to delete.")] input: CategoryDeleteInput,
    ) -> Result<CategoryDeletePayload> {
        let request = ctx.request()?;
        let delete =
            async { service::delete_category(&request.app, &request.actor, known_id(&input.id, "category")?).await };
        let outcome = delete.await;
        answer(outcome, |()| CategoryDeletePayload::done(input.id), CategoryDeletePayload::refused)
    }

    /// Creates an empty collection. Needs `CATALOG_WRITE`.
    async fn collection_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Collection to create.")] input: CollectionCreateInput,
    ) -> Result<CollectionCreatePayload> {
        let request = ctx.request()?;
        let create = async { service::create_collection(&request.app, &request.actor, input.into_input()?).await };
        let done = |collection| CollectionCreatePayload::done(Collection(collection));
        answer(create.await, done, CollectionCreatePayload::refused)
    }

    /// Changes a collection, but not its products. Needs `CATALOG_WRITE`.
    async fn collection_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Collection to change, with the new values.")] input: CollectionUpdateInput,
    ) -> Result<CollectionUpdatePayload> {
        let request = ctx.request()?;
        let update = async {
            let (id, expected) = (known_id(&input.id, "collection")?, input.expected_version);
            service::update_collection(&request.app, &request.actor, id, expected, input.into_input()?).await
        };
        let done = |collection| CollectionUpdatePayload::done(Collection(collection));
        answer(update.await, done, CollectionUpdatePayload::refused)
    }

    /// Deletes a collection, but not its products. Needs `CATALOG_WRITE`.
    async fn collection_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Collection to delete.")] input: CollectionDeleteInput,
    ) -> Result<CollectionDeletePayload> {
        let request = ctx.request()?;
        let delete = async {
            service::delete_collection(&request.app, &request.actor, known_id(&input.id, "collection")?).await
        };
        let outcome = delete.await;
        answer(outcome, |()| CollectionDeletePayload::done(input.id), CollectionDeletePayload::refused)
    }

    /// Adds products to a collection, or moves products that are already in it. Needs `CATALOG_WRITE`.
    async fn collection_products_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products to add, with their position.")] input: CollectionProductsAddInput,
    ) -> Result<CollectionProductsAddPayload> {
        let request = ctx.request()?;
        let add = async {
            let (id, products) = (known_id(&input.id, "collection")?, products(&input.products)?);
            let position = input.position.and_then(|position| usize::try_from(position).ok());
            service::add_to_collection(&request.app, &request.actor, id, &products, position).await
        };
        let done = |collection| CollectionProductsAddPayload::done(Collection(collection));
        answer(add.await, done, CollectionProductsAddPayload::refused)
    }

    /// Removes products from a collection. Needs `CATALOG_WRITE`.
    async fn collection_products_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products to remove from the collection.")] input: CollectionProductsRemoveInput,
    ) -> Result<CollectionProductsRemovePayload> {
        let request = ctx.request()?;
        let remove = async {
            let (id, products) = (known_id(&input.id, "collection")?, products(&input.products)?);
            service::remove_from_collection(&request.app, &request.actor, id, &products).await
        };
        let done = |collection| CollectionProductsRemovePayload::done(Collection(collection));
        answer(remove.await, done, CollectionProductsRemovePayload::refused)
    }
}

fn products(ids: &[ID]) -> CatalogResult<Vec<ProductId>> {
    let one = |(at, id): (usize, &ID)| {
        parse_id(id).map_err(|error| {
            let path = format!("products.{at}");
            CatalogError::Rule(CatalogRefused(vec![Violation::at(
                CatalogErrorCode::UnknownReference,
                &path,
                error.to_string(),
            )]))
        })
    };
    ids.iter().enumerate().map(one).collect()
}
