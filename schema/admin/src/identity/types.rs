//! People and rights as staff see them.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::access::Permission;
use schema_shared::{CustomerAddress, CustomerFields, RequestExt, nullable, to_id};

use super::permission;

/// A member of the merchant's staff.
pub struct StaffUser(pub model::customers::StaffUser);

/// A member of the merchant's staff.
#[Object]
impl StaffUser {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What they log in with.
    fn email(&self) -> &str {
        self.0.email.as_str()
    }

    /// What colleagues call them.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether they may log in.
    fn is_active(&self) -> bool {
        self.0.is_active
    }

    /// Their roles, by slug.
    fn roles(&self) -> Vec<Role> {
        self.0.roles.iter().cloned().map(Role).collect()
    }

    /// Everything their roles allow.
    fn permissions(&self) -> Vec<Permission> {
        permission::list(self.0.permissions())
    }

    /// When they were invited.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When they logged in last; null before the first time.
    fn last_login_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_login_at
    }
}

/// A named set of permissions.
pub struct Role(pub model::customers::Role);

/// A named set of permissions.
#[Object]
impl Role {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What systems call it, such as `clerk`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// What staff call it.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it allows.
    fn permissions(&self) -> Vec<Permission> {
        permission::list(self.0.permissions())
    }
}

/// A token of an integration.
pub struct ApiToken(pub model::customers::ApiToken);

/// A token of an integration. Its secret was shown once, when it was created.
#[Object]
impl ApiToken {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What staff call it.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it was given; it may do less, when whoever created it holds less by now.
    fn permissions(&self) -> Vec<Permission> {
        permission::list(self.0.permissions)
    }

    /// Who created it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<StaffUser>> {
        nullable(async { Ok(ctx.request()?.loaders().staff().load(self.0.created_by).await?.map(StaffUser)) }).await
    }

    /// When it was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Until when it works; null for ever.
    fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// When it was used last, to within some minutes; null before the first time.
    fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }
}

/// A shopper with an account.
pub struct Customer(pub model::customers::Customer);

/// A shopper with an account.
#[Object]
impl Customer {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields of both APIs.
    #[graphql(flatten)]
    fn fields(&self) -> CustomerFields<'_> {
        CustomerFields(&self.0)
    }

    /// The groups they are in, by slug.
    async fn groups(&self, ctx: &Context<'_>) -> Result<Vec<CustomerGroup>> {
        let groups = ctx.request()?.loaders().customer_groups().load(self.0.id).await?.unwrap_or_default();
        Ok(groups.into_iter().map(CustomerGroup).collect())
    }

    /// The addresses they keep, oldest first; fifty at most.
    async fn addresses(&self, ctx: &Context<'_>) -> Result<Vec<CustomerAddress>> {
        let addresses = ctx.request()?.loaders().customer_addresses().load(self.0.id).await?.unwrap_or_default();
        Ok(addresses.into_iter().map(CustomerAddress).collect())
    }

    /// When the personal data was erased; null while it is there.
    fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.0.erased_at
    }
}

/// Customers who get the same prices and promotions.
pub struct CustomerGroup(pub model::customers::CustomerGroup);

/// Customers who get the same prices and promotions.
#[Object]
impl CustomerGroup {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What promotions and systems call it, such as `vip`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// What staff call it.
    fn name(&self) -> &str {
        &self.0.name
    }
}
