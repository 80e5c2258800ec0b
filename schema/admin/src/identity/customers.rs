//! Customers as staff read and change them.

use async_graphql::{Context, ID, Object, Result};
use model::{customers::CustomerPatch, ids::CustomerId};
use schema_shared::{
    BadUserInput, Connection, ConnectionArgs, RequestExt, connection_fields, nullable, parse_id, to_user_errors,
    total_count,
};
use services::identity;

use super::{
    Customer, CustomerErrorCode, CustomerGroup, CustomerUserError,
    inputs::{CustomerFilter, CustomerGroupPutInput, CustomerUpdateInput},
    payloads::{CustomerGroupPutPayload, CustomerUpdatePayload},
};

/// Queries of customers.
#[derive(Default)]
pub struct CustomerQuery;

#[connection_fields]
#[Object]
impl CustomerQuery {
    /// Customers, newest first. Needs `CUSTOMERS_READ`.
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the customers must meet; all customers if absent.")] filter: Option<
            CustomerFilter,
        >,
        args: ConnectionArgs,
    ) -> Result<Connection<Customer>> {
        let request = ctx.request()?;
        let page = args.page::<CustomerId>()?;
        let CustomerFilter { query, created_after, created_before } = filter.unwrap_or_default();
        let filter = identity::CustomerFilter { query, created_after, created_before };
        let found = identity::list_customers(&request.app, &request.actor, &request.client, &filter, &page).await?;
        let total = total_count(ctx, identity::count_customers(&request.app, &request.actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, |customer| customer.id, Customer))
    }

    /// The customer of an id or an email address; null if there is none. Exactly one argument is required. Needs
    /// `CUSTOMERS_READ`.
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the customer.")] id: Option<ID>,
        #[graphql(desc = "Email address of the customer.")] email: Option<String>,
    ) -> Option<Result<Customer>> {
        nullable(async {
            let request = ctx.request()?;
            let found = match (id, email) {
                (Some(id), None) => request.loaders().customers_for_staff().load(parse_id(&id)?).await?,
                (None, Some(email)) => identity::find_customer_by_email(&request.app, &request.actor, &email).await?,
                _ => return Err(BadUserInput("give either an id or an email".to_owned()).into()),
            };
            Ok(found.map(Customer))
        })
        .await
    }

    /// Customer groups ordered by slug, at most 1,000. Needs `CUSTOMERS_READ`.
    async fn customer_groups(&self, ctx: &Context<'_>) -> Result<Vec<CustomerGroup>> {
        let request = ctx.request()?;
        let groups = identity::list_groups(&request.app, &request.actor).await?;
        Ok(groups.into_iter().map(CustomerGroup).collect())
    }
}

/// Mutations of customers.
#[derive(Default)]
pub struct CustomerMutation;

#[Object]
impl CustomerMutation {
    /// Changes a customer. Absent fields stay unchanged. Needs `CUSTOMERS_WRITE`.
    async fn customer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Customer to change, with the new values.")] input: CustomerUpdateInput,
    ) -> Result<CustomerUpdatePayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        let locale = match input.locale.as_deref().map(str::parse::<model::Locale>).transpose() {
            Ok(locale) => locale,
            Err(error) => {
                let message = error.to_string();
                let error = CustomerUserError::at(CustomerErrorCode::FieldInvalid, message, "locale");
                return Ok(CustomerUpdatePayload::refused(vec![error]));
            }
        };
        let CustomerUpdateInput {
            first_name, last_name, phone, accepts_marketing, vat_id, is_tax_exempt, groups, ..
        } = input;
        let patch = CustomerPatch {
            first_name,
            last_name,
            phone,
            locale,
            accepts_marketing,
            vat_id,
            vat_id_confirmed_at: None,
            is_tax_exempt,
        };
        match identity::update_customer_as_staff(&request.app, &request.actor, id, patch, groups).await {
            Ok(customer) => Ok(CustomerUpdatePayload::done(Customer(customer))),
            Err(error) => Ok(CustomerUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Creates a customer group, or renames the group that has this slug. Needs `CUSTOMERS_WRITE`.
    async fn customer_group_put(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Group to create or rename.")] input: CustomerGroupPutInput,
    ) -> Result<CustomerGroupPutPayload> {
        let request = ctx.request()?;
        let slug = match input.slug.parse::<model::Slug>() {
            Ok(slug) => slug,
            Err(error) => {
                let message = error.to_string();
                let error = CustomerUserError::at(CustomerErrorCode::SlugInvalid, message, "slug");
                return Ok(CustomerGroupPutPayload::refused(vec![error]));
            }
        };
        match identity::put_group(&request.app, &request.actor, slug, &input.name).await {
            Ok(group) => Ok(CustomerGroupPutPayload::done(CustomerGroup(group))),
            Err(error) => Ok(CustomerGroupPutPayload::refused(to_user_errors(error)?)),
        }
    }
}
