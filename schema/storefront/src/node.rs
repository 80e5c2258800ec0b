//! Objects by their global ids.

use async_graphql::{Context, ID, Interface, Object, Result};
use model::ids::{self, ProductId, VariantId};
use schema_shared::{RequestData, RequestExt, nodes, nullable};

use crate::{
    cart::Cart,
    catalog::{Category, Collection, Product, ProductVariant},
    orders::Order,
};

/// An object with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id."))]
pub enum Node {
    /// A product.
    Product(Product),
    /// A buyable unit of a product.
    ProductVariant(ProductVariant),
    /// A node of the navigation tree.
    Category(Category),
    /// A curated set of products.
    Collection(Collection),
    /// A cart.
    Cart(Cart),
    /// An order of the customer who is logged in.
    Order(Order),
}

/// Reads objects by their global ids.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// An object by its global id; null when there is none, or it is not for everybody to see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Its global id.")] id: ID) -> Option<Result<Node>> {
        nullable(async { find(ctx.request()?, &id).await }).await
    }

    /// Objects by their global ids, in their order; null for those that are not there.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their global ids, at most 100.", validator(max_items = 100))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        let request = ctx.request()?;
        Ok(nodes(&ids, |id| find(request, id)).await)
    }
}

async fn find(request: &RequestData, id: &ID) -> Result<Option<Node>> {
    let Some((kind, uuid)) = ids::split_global_id(id) else { return Ok(None) };
    let channel = request.context()?.channel.id;
    Ok(match kind {
        "Product" => product(request, ProductId::restore(uuid)).await?.map(|product| Product(product).into()),
        "ProductVariant" => {
            let variant = VariantId::restore(uuid);
            let Some(owner) = request.loaders().products_of_variants().load(variant).await? else { return Ok(None) };
            let product = product(request, owner).await?;
            product.and_then(|product| ProductVariant::of(&product, variant)).map(Node::from)
        }
        "Category" => {
            let taxonomy = request.app.catalog.taxonomy().await?;
            let id = ids::CategoryId::restore(uuid);
            taxonomy.categories.contains_key(&id).then(|| Category::new(&taxonomy, id).into())
        }
        "Collection" => {
            let taxonomy = request.app.catalog.taxonomy().await?;
            Collection::shown(&taxonomy, ids::CollectionId::restore(uuid), channel).map(Node::from)
        }
        "Cart" => {
            let cart = request.loaders().carts().load(ids::CartId::restore(uuid)).await?;
            cart.map(|cart| Cart::new(&request.app, cart).into())
        }
        "Order" => {
            // The loader also gives staff what is somebody else's.
            let order = request.loaders().orders().load(ids::OrderId::restore(uuid)).await?;
            let order = order.filter(|order| order.customer.is_some() && order.customer == request.actor.customer());
            order.map(|order| Node::Order(order.into()))
        }
        _ => None,
    })
}

async fn product(request: &RequestData, id: ProductId) -> Result<Option<std::sync::Arc<model::catalog::Product>>> {
    let found = request.loaders().products().load(id).await?;
    let channel = request.context()?.channel.id;
    Ok(found.filter(|product| product.is_published(channel, request.app.clock.now())))
}
