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
#[graphql(field(name = "id", ty = "ID", desc = "Global id of the object."))]
pub enum Node {
    /// A product with its variants.
    Product(Product),
    /// A variant of a product that can be bought.
    ProductVariant(ProductVariant),
    /// A category of the navigation tree.
    Category(Category),
    /// A curated list of products.
    Collection(Collection),
    /// A cart of a shopper.
    Cart(Cart),
    /// An order of the customer who is logged in.
    Order(Order),
}

/// The static cost of a field that may read any object.
pub const FIELD_COSTS: &[(&str, u64)] = &[("Query.node", 20)];

/// Queries of objects by global id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object of a global id; null if it does not exist or the caller cannot access it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the object.")] id: ID,
    ) -> Option<Result<Node>> {
        nullable(async { find(ctx.request()?, &id).await }).await
    }

    /// Objects of global ids, in the order of the ids; null for an object that does not exist or that the caller cannot
    /// access. An id that occurs several times counts once, at its first place.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids of the objects, at most 100.", validator(max_items = 100))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        let request = ctx.request()?;
        Ok(nodes(&ids, |id| find(request, id)).await)
    }
}

async fn find(request: &RequestData, id: &ID) -> Result<Option<Node>> {
    let Some((kind, uuid)) = ids::split_global_id(id) else { return Ok(None) };
    let storefront = request.storefront()?;
    Ok(match kind {
        "Product" => Product::by_id(request, ProductId::restore(uuid)).await?.map(Node::from),
        "ProductVariant" => {
            let variant = VariantId::restore(uuid);
            let Some(owner) = request.loaders().products_of_variants().load(variant).await? else { return Ok(None) };
            let product = request.loaders().visible_products().load(storefront.key(owner)).await?;
            product.and_then(|product| ProductVariant::of(&product, variant)).map(Node::from)
        }
        "Category" => {
            let taxonomy = storefront.taxonomy().await?;
            let id = ids::CategoryId::restore(uuid);
            taxonomy.categories.contains_key(&id).then(|| Category::new(&taxonomy, id).into())
        }
        "Collection" => {
            let taxonomy = storefront.taxonomy().await?;
            Collection::visible(&storefront, &taxonomy, ids::CollectionId::restore(uuid)).map(Node::from)
        }
        "Cart" => {
            let cart = request.cart(ids::CartId::restore(uuid)).await?;
            cart.map(|cart| Cart::new(request, cart).into())
        }
        "Order" => {
            let order = request.loaders().own_orders().load(ids::OrderId::restore(uuid)).await?;
            order.map(|order| Node::Order(order.into()))
        }
        _ => None,
    })
}
