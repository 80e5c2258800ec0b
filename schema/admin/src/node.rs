//! Objects by their global ids.

use async_graphql::{Context, ID, Interface, Object, Result};
use model::ids::{self, OrderId, PaymentId, ProductId, PromotionId, VariantId};
use schema_shared::{RequestData, RequestExt, nodes, nullable};
use services::catalog;

use crate::{
    carts::Cart,
    catalog::{Category, Collection, Product, ProductType, ProductVariant},
    identity::{Customer, StaffUser},
    orders::Order,
    payments::Payment,
    promotions::Promotion,
};

/// An object with a global id.
#[expect(clippy::large_enum_variant, reason = "lives for the length of one answer")]
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id of the object."))]
pub enum Node {
    /// A product with its variants.
    Product(Product),
    /// A variant of a product.
    ProductVariant(ProductVariant),
    /// A product type, which defines the attributes of its products.
    ProductType(ProductType),
    /// A category of the catalog tree.
    Category(Category),
    /// A curated list of products.
    Collection(Collection),
    /// A customer with an account.
    Customer(Customer),
    /// A member of staff.
    StaffUser(StaffUser),
    /// A cart that has not become an order.
    Cart(Cart),
    /// An order placed in a channel.
    Order(Order),
    /// A payment for a cart or an order.
    Payment(Payment),
    /// A promotion with its conditions.
    Promotion(Promotion),
}

/// Queries of objects by global id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object of a global id; null if it does not exist. Needs the permission of the object's own root field.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the object.")] id: ID,
    ) -> Option<Result<Node>> {
        nullable(async { find(ctx.request()?, &id).await }).await
    }

    /// Objects of global ids, in the order of the ids; null for an object that does not exist. An id that occurs several
    /// times counts once, at its first place.
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
    let (app, actor, loaders) = (&request.app, &request.actor, request.loaders());
    // Before the id is parsed: an unknown kind of id reads as absent for staff only.
    request.back_office()?;
    let Some((kind, uuid)) = ids::split_global_id(id) else { return Ok(None) };
    Ok(match kind {
        "Product" => loaders.fresh_products().load(ProductId::restore(uuid)).await?.map(|it| Product(it).into()),
        "ProductVariant" => variant(request, VariantId::restore(uuid)).await?.map(Node::from),
        "ProductType" => {
            let found = catalog::find_product_type(app, actor, ids::ProductTypeId::restore(uuid)).await?;
            found.map(|it| ProductType(it).into())
        }
        "Category" => {
            let found = catalog::find_category(app, actor, ids::CategoryId::restore(uuid)).await?;
            found.map(|it| Category(it).into())
        }
        "Collection" => {
            let found = catalog::find_collection(app, actor, ids::CollectionId::restore(uuid)).await?;
            found.map(|it| Collection(it).into())
        }
        "Customer" => {
            loaders.customers_for_staff().load(ids::CustomerId::restore(uuid)).await?.map(|it| Customer(it).into())
        }
        "StaffUser" => {
            let found = loaders.staff().load(ids::StaffUserId::restore(uuid)).await?;
            found.map(|it| StaffUser::seen_by(actor, it).into())
        }
        "Cart" => loaders.cart_records().load(ids::CartRecordId::restore(uuid)).await?.map(|it| Cart::new(it).into()),
        "Order" => loaders.orders().load(OrderId::restore(uuid)).await?.map(|it| Order(it).into()),
        "Payment" => loaders.payments().load(PaymentId::restore(uuid)).await?.map(|it| Payment(it).into()),
        "Promotion" => loaders.promotions().load(PromotionId::restore(uuid)).await?.map(|it| Promotion(it).into()),
        _ => None,
    })
}

async fn variant(request: &RequestData, id: VariantId) -> Result<Option<ProductVariant>> {
    let Some(product) = request.loaders().products_of_variants().load(id).await? else { return Ok(None) };
    let Some(product) = request.loaders().fresh_products().load(product).await? else { return Ok(None) };
    Ok(product.variant(id).cloned().map(|variant| ProductVariant(variant, product)))
}
