//! People and rights as staff see them.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use schema_shared::{Address, RequestExt, nullable, to_id};

use super::permission::{self, Permission};

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

    /// Where mail goes and what they log in with; null once erased.
    fn email(&self) -> Option<&str> {
        self.0.email.as_ref().map(model::customers::Email::as_str)
    }

    /// Given name; empty when it was not told.
    fn first_name(&self) -> &str {
        &self.0.first_name
    }

    /// Family name; empty when it was not told.
    fn last_name(&self) -> &str {
        &self.0.last_name
    }

    /// Telephone.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Preferred language, a BCP 47 tag; null if none is set. E-mails are in English today.
    fn locale(&self) -> Option<&str> {
        self.0.locale.as_ref().map(model::Locale::as_str)
    }

    /// Whether news may be sent.
    fn accepts_marketing(&self) -> bool {
        self.0.accepts_marketing
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

    /// When the account was opened.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When the personal data was erased; null while it is there.
    fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.0.erased_at
    }
}

/// An address that a customer keeps.
pub struct CustomerAddress(pub model::customers::CustomerAddress);

/// An address that a customer keeps.
#[Object]
impl CustomerAddress {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The address itself.
    #[graphql(flatten)]
    fn address(&self) -> Address {
        Address(self.0.address.clone())
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
