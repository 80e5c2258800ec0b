//! Changes of products.

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
        /// The new product; null when it was not created.
        product: Product,
    }
    "productUpdate" => ProductUpdatePayload {
        /// The product after the change; null when it was not changed.
        product: Product,
    }
    "productDelete" => ProductDeletePayload {
        /// The id of what was deleted; null when nothing was.
        deleted_id: ID,
    }
    "productPublish" => ProductPublishPayload {
        /// The product after the change; null when it was not changed.
        product: Product,
    }
    "productUnpublish" => ProductUnpublishPayload {
        /// The product after the change; null when it was not changed.
        product: Product,
    }
}

/// Changes products.
#[derive(Default)]
pub struct ProductMutation;

#[Object]
impl ProductMutation {
    /// Creates a product with its variants, prices and first stock.
    async fn product_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new product.")] input: ProductCreateInput,
    ) -> Result<ProductCreatePayload> {
        let request = ctx.request()?;
        let create = async { service::create_product(&request.app, &request.actor, input.into_input()?).await };
        let done = |product| ProductCreatePayload::done(Product(Arc::new(product)));
        answer(create.await, done, ProductCreatePayload::refused)
    }

    /// Changes a product; what the input does not say stays.
    async fn product_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: ProductUpdateInput,
    ) -> Result<ProductUpdatePayload> {
        let request = ctx.request()?;
        let update = async {
            let (id, expected) = (product_id(&input.id)?, input.expected_version);
            service::update_product(&request.app, &request.actor, id, expected, input.into_input()?).await
        };
        let done = |product| ProductUpdatePayload::done(Product(Arc::new(product)));
        answer(update.await, done, ProductUpdatePayload::refused)
    }

    /// Deletes a product. Orders keep what they need of it.
    async fn product_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which product.")] input: ProductDeleteInput,
    ) -> Result<ProductDeletePayload> {
        let request = ctx.request()?;
        let delete = async { service::delete_product(&request.app, &request.actor, product_id(&input.id)?).await };
        let outcome = delete.await;
        answer(outcome, |()| ProductDeletePayload::done(input.id), ProductDeletePayload::refused)
    }

    /// Sells a product in channels from a moment on.
    async fn product_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where and when.")] input: ProductPublishInput,
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

    /// Stops selling a product in channels.
    async fn product_unpublish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where.")] input: ProductUnpublishInput,
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
