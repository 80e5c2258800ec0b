//! Customer groups and their members.

use async_graphql::{Context, ID, Object, Result};
use model::customers::{self, CustomerCursor};
use schema_shared::{
    Connection, ConnectionArgs, RequestExt, connection_fields, parse_id, to_id, to_user_errors, total_count,
};
use services::identity;

use super::{
    Customer, CustomerErrorCode, CustomerUserError,
    customer_inputs::{CustomerGroupDeleteInput, CustomerGroupPutInput},
    payloads::{CustomerGroupDeletePayload, CustomerGroupPutPayload},
};

/// A group of customers for promotions.
pub struct CustomerGroup(pub customers::CustomerGroup);

/// A group of customers for promotions.
#[connection_fields]
#[Object]
impl CustomerGroup {
    /// Global id of the group.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Slug of the group for promotions and integrations, such as `vip`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name of the group for people.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Members of the group, newest account first. Needs `CUSTOMERS_READ`.
    async fn members(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Customer>> {
        let request = ctx.request()?;
        let page = args.page::<CustomerCursor>()?;
        let sort = identity::CustomerSort::default();
        if page.cursor.is_some_and(|cursor| cursor.key != sort.key) {
            return Err(model::PageError::Cursor.into());
        }
        let filter = identity::CustomerFilter { group: Some(self.0.slug.to_string()), ..Default::default() };
        let (app, actor) = (&request.app, &request.actor);
        let found = identity::list_customers(app, actor, &request.client, &filter, sort, &page).await?;
        let total = total_count(ctx, identity::count_customers(app, actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, |customer| sort.key.cursor(customer), Customer))
    }
}

/// Queries of customer groups.
#[derive(Default)]
pub struct CustomerGroupQuery;

#[Object]
impl CustomerGroupQuery {
    /// Customer groups ordered by slug, at most 1,000. Needs `CUSTOMERS_READ`.
    async fn customer_groups(&self, ctx: &Context<'_>) -> Result<Vec<CustomerGroup>> {
        let request = ctx.request()?;
        let groups = identity::list_groups(&request.app, &request.actor).await?;
        Ok(groups.into_iter().map(CustomerGroup).collect())
    }
}

/// Mutations of customer groups.
#[derive(Default)]
pub struct CustomerGroupMutation;

#[Object]
impl CustomerGroupMutation {
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
                let error = CustomerUserError::at(CustomerErrorCode::SlugInvalid, error, "slug");
                return Ok(CustomerGroupPutPayload::refused(vec![error]));
            }
        };
        match identity::put_group(&request.app, &request.actor, slug, &input.name).await {
            Ok(group) => Ok(CustomerGroupPutPayload::done(CustomerGroup(group))),
            Err(error) => Ok(CustomerGroupPutPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Deletes a customer group; its members leave it. Refused with `GROUP_IN_USE` while a promotion that is not archived
    /// names the group, because the promotion would then apply to nobody. Needs `CUSTOMERS_WRITE`.
    async fn customer_group_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Group to delete.")] input: CustomerGroupDeleteInput,
    ) -> Result<CustomerGroupDeletePayload> {
        let request = ctx.request()?;
        match identity::delete_group(&request.app, &request.actor, parse_id(&input.id)?).await {
            Ok(id) => Ok(CustomerGroupDeletePayload::done(to_id(id))),
            Err(error) => Ok(CustomerGroupDeletePayload::refused(to_user_errors(error)?)),
        }
    }
}
