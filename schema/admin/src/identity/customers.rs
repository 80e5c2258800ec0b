//! Customers as staff read and change them.

use async_graphql::{Context, ID, Object, Result};
use model::{
    customers::{CustomerCursor, CustomerEdit, CustomerPatch, Email},
    ids::CustomerId,
};
use schema_shared::{
    BadUserInput, Connection, ConnectionArgs, RequestExt, connection_fields, nullable, parse_id, to_user_errors,
    total_count,
};
use services::identity::{self, IdentityError, Invitation, StaffCustomer};

use super::{
    Customer, CustomerErrorCode, CustomerUserError,
    customer_inputs::{CustomerCreateInput, CustomerFilter, CustomerInviteInput, CustomerSort, CustomerUpdateInput},
    payloads::{CustomerCreatePayload, CustomerInvitePayload, CustomerUpdatePayload},
};

/// Queries of customers.
#[derive(Default)]
pub struct CustomerQuery;

#[connection_fields]
#[Object]
impl CustomerQuery {
    /// Customers, newest first unless sorted otherwise. Erased accounts stay in the list without personal data. Needs
    /// `CUSTOMERS_READ`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the customers must meet; all customers if absent.")] filter: Option<
            CustomerFilter,
        >,
        #[graphql(desc = "Order of the customers; `CREATED_AT` `DESC` if absent.")] sort: Option<CustomerSort>,
        args: ConnectionArgs,
    ) -> Result<Connection<Customer>> {
        let request = ctx.request()?;
        let filter = filter.unwrap_or_default().into();
        let sort: identity::CustomerSort = sort.map(Into::into).unwrap_or_default();
        let page = args.page::<CustomerCursor>()?;
        if page.cursor.is_some_and(|cursor| cursor.key != sort.key) {
            return Err(model::PageError::Cursor.into());
        }
        let (app, actor) = (&request.app, &request.actor);
        let found = identity::list_customers(app, actor, &request.client, &filter, sort, &page).await?;
        let total = total_count(ctx, identity::count_customers(app, actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, |customer| sort.key.cursor(customer), Customer))
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
}

/// Mutations of customers.
#[derive(Default)]
pub struct CustomerMutation;

#[Object]
impl CustomerMutation {
    /// Creates an account without a password. The customer chooses one with an invitation or a password reset. An email
    /// address has one account, so a repeated call returns `EMAIL_TAKEN`. Needs `CUSTOMERS_WRITE`.
    async fn customer_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Customer to create.")] input: CustomerCreateInput,
    ) -> Result<CustomerCreatePayload> {
        let request = ctx.request()?;
        let CustomerCreateInput { email, first_name, last_name, phone, locale, accepts_marketing, note, tags, .. } =
            input;
        let (email, locale) = match (read_email(&email), read_locale(locale.as_deref())) {
            (Ok(email), Ok(locale)) => (email, locale),
            (Err(error), _) => return Ok(CustomerCreatePayload::refused(to_user_errors(error)?)),
            (_, Err(error)) => return Ok(CustomerCreatePayload::refused(vec![error])),
        };
        let profile = CustomerPatch {
            first_name,
            last_name,
            phone,
            locale,
            accepts_marketing,
            vat_id: input.vat_id,
            vat_id_confirmed_at: None,
            is_tax_exempt: input.is_tax_exempt,
        };
        let edit = CustomerEdit { profile, email: None, note, tags };
        let invitation = if input.invite { Invitation::Send } else { Invitation::Later };
        let new = StaffCustomer { email, edit, groups: input.groups, invitation };
        match identity::create_customer(&request.app, &request.actor, new).await {
            Ok(customer) => Ok(CustomerCreatePayload::done(Customer(customer))),
            Err(error) => Ok(CustomerCreatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Changes a customer. Absent fields stay unchanged. Needs `CUSTOMERS_WRITE`.
    async fn customer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Customer to change, with the new values.")] input: CustomerUpdateInput,
    ) -> Result<CustomerUpdatePayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        let CustomerUpdateInput { email, first_name, last_name, phone, locale, accepts_marketing, note, tags, .. } =
            input;
        let (email, locale) = match (email.as_deref().map(read_email).transpose(), read_locale(locale.as_deref())) {
            (Ok(email), Ok(locale)) => (email, locale),
            (Err(error), _) => return Ok(CustomerUpdatePayload::refused(to_user_errors(error)?)),
            (_, Err(error)) => return Ok(CustomerUpdatePayload::refused(vec![error])),
        };
        let profile = CustomerPatch {
            first_name,
            last_name,
            phone,
            locale,
            accepts_marketing,
            vat_id: input.vat_id,
            vat_id_confirmed_at: None,
            is_tax_exempt: input.is_tax_exempt,
        };
        let edit = CustomerEdit { profile, email, note, tags };
        match identity::update_customer_as_staff(&request.app, &request.actor, id, edit, input.groups).await {
            Ok(customer) => Ok(CustomerUpdatePayload::done(Customer(customer))),
            Err(error) => Ok(CustomerUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Sends a customer without a password an email with a token to choose one, which works for seven days. Needs
    /// `CUSTOMERS_WRITE`.
    async fn customer_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Customer to invite.")] input: CustomerInviteInput,
    ) -> Result<CustomerInvitePayload> {
        let request = ctx.request()?;
        let id: CustomerId = parse_id(&input.id)?;
        match identity::invite_customer(&request.app, &request.actor, id).await {
            Ok(customer) => Ok(CustomerInvitePayload::done(Customer(customer))),
            Err(error) => Ok(CustomerInvitePayload::refused(to_user_errors(error)?)),
        }
    }
}

fn read_email(text: &str) -> Result<Email, IdentityError> {
    Ok(text.parse::<Email>()?)
}

fn read_locale(text: Option<&str>) -> Result<Option<model::Locale>, CustomerUserError> {
    let read = text.map(str::parse::<model::Locale>).transpose();
    read.map_err(|error| CustomerUserError::at(CustomerErrorCode::FieldInvalid, error, "locale"))
}
