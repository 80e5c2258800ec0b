//! Mutations of products.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use schema_shared::{RequestExt, payloads};
use services::catalog::{self as service, Publish};

use super::{
    CatalogUserError, Product,
    errors::answer,
    inputs::refs,
    product_inputs::{
        ProductCreateInput, ProductDeleteInput, ProductPublishInput, ProductUnpublishInput, ProductUpdateInput,
        product_id,
    },
};

payloads! {
    errors CatalogUserError;

    "productCreate" => ProductCreatePayload {
        /// The new product; null if it was not created.
        product: Product,
    }
    "productUpdate" => ProductUpdatePayload {
        /// The product after the change; null if it was not changed.
        product: Product,
    }
    "productDelete" => ProductDeletePayload {
        /// Global id of the deleted product; null if nothing was deleted.
        deleted_id: ID,
    }
    "productPublish" => ProductPublishPayload {
        /// The product after the change; null if it was not changed.
        product: Product,
    }
    "productUnpublish" => ProductUnpublishPayload {
        /// The product after the change; null if it was not changed.
        product: Product,
    }
}

/// Mutations of products.
#[derive(Default)]
pub struct ProductMutation;

#[Object]
impl ProductMutation {
    /// Creates a product with its variants, prices and initial stock. Needs `CATALOG_WRITE`.
    async fn product_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product to create.")] input: ProductCreateInput,
    ) -> Result<ProductCreatePayload> {
        let request = ctx.request()?;
        let create = async { service::create_product(&request.app, &request.actor, input.into_input()?).await };
        let done = |product| ProductCreatePayload::done(Product(Arc::new(product)));
        answer(create.await, done, ProductCreatePayload::refused)
    }

    /// Changes a product. Absent fields stay unchanged. Needs `CATALOG_WRITE`.
    async fn product_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product to change, with the new values.")] input: ProductUpdateInput,
    ) -> Result<ProductUpdatePayload> {
        let request = ctx.request()?;
        let update = async {
            let (id, expected) = (product_id(&input.id)?, input.expected_version);
            service::update_product(&request.app, &request.actor, id, expected, input.into_input()?).await
        };
        let done = |product| ProductUpdatePayload::done(Product(Arc::new(product)));
        answer(update.await, done, ProductUpdatePayload::refused)
    }

    /// Deletes a product. Orders keep the data they need. Needs `CATALOG_WRITE`.
    async fn product_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product to delete.")] input: ProductDeleteInput,
    ) -> Result<ProductDeletePayload> {
        let request = ctx.request()?;
        let delete = async { service::delete_product(&request.app, &request.actor, product_id(&input.id)?).await };
        let outcome = delete.await;
        answer(outcome, |()| ProductDeletePayload::done(input.id), ProductDeletePayload::refused)
    }

    /// Publishes a product in channels, from a given time on. Needs `CATALOG_WRITE`.
    async fn product_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product to publish, with channels and time.")] input: ProductPublishInput,
    ) -> Result<ProductPublishPayload> {
        let request = ctx.request()?;
        let publish = async {
            let id = product_id(&input.id)?;
            let publish = Publish { channels: refs(input.channels), publish_at: input.publish_at };
            service::publish_product(&request.app, &request.actor, id, publish).await
        };
        let done = |product| ProductPublishPayload::done(Product(Arc::new(product)));
        answer(publish.await, done, ProductPublishPayload::refused)
    }

    /// Removes a product from channels. Needs `CATALOG_WRITE`.
    async fn product_unpublish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product to remove, with the channels.")] input: ProductUnpublishInput,
    ) -> Result<ProductUnpublishPayload> {
        let request = ctx.request()?;
        let unpublish = async {
            let id = product_id(&input.id)?;
            service::unpublish_product(&request.app, &request.actor, id, &refs(input.channels)).await
        };
        let done = |product| ProductUnpublishPayload::done(Product(Arc::new(product)));
        answer(unpublish.await, done, ProductUnpublishPayload::refused)
    }
}
