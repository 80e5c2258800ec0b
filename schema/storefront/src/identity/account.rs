//! Mutations of a customer's own account.

use async_graphql::{Context, Object, Result};
use model::customers::CustomerPatch;
use schema_shared::{RequestExt, to_id, to_user_errors};
use services::{
    error::OrInternal as _,
    identity::{self, CustomerUpdate},
    privacy,
};

use super::{
    Customer, CustomerErrorCode, CustomerUserError,
    errors::user_errors_at,
    inputs::{CustomerDataExportInput, CustomerEraseInput, CustomerUpdateInput},
    payloads::{CustomerDataExportPayload, CustomerErasePayload, CustomerUpdatePayload},
};

/// Mutations that change, export and erase an account.
#[derive(Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Changes the account of the customer who is logged in. Absent fields stay unchanged.
    async fn customer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values of the account.")] input: CustomerUpdateInput,
    ) -> Result<CustomerUpdatePayload> {
        let request = ctx.request()?;
        let locale = match input.locale.as_deref().map(str::parse::<model::Locale>).transpose() {
            Ok(locale) => locale,
            Err(error) => {
                let field = Some(vec!["locale".to_owned()]);
                let code = CustomerErrorCode::FieldInvalid;
                let message = error.to_string();
                let error = CustomerUserError { code, message, field, retry_after_seconds: None };
                return Ok(CustomerUpdatePayload::refused(vec![error]));
            }
        };
        let CustomerUpdateInput { first_name, last_name, phone, accepts_marketing, vat_id, .. } = input;
        let update = CustomerUpdate {
            patch: CustomerPatch {
                first_name,
                last_name,
                phone,
                locale,
                accepts_marketing,
                vat_id,
                ..CustomerPatch::default()
            },
            email: input.email,
            new_password: input.new_password,
            current_password: input.current_password,
        };
        match identity::update_customer(&request.app, &request.actor, &request.client, update).await {
            Ok((customer, session)) => Ok(CustomerUpdatePayload {
                customer: Some(Customer(customer)),
                session: session.map(Into::into),
                user_errors: Vec::new(),
                warnings: Vec::new(),
            }),
            Err(error) => {
                let errors = user_errors_at(error, "currentPassword", "newPassword")?;
                Ok(CustomerUpdatePayload::refused(errors))
            }
        }
    }

    /// Exports all data about the customer who is logged in: profile, addresses, groups, carts, sessions, known networks, and all
    /// orders with their payments, including those placed as a guest with the same email address.
    async fn customer_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Options of the export.")] input: CustomerDataExportInput,
    ) -> Result<CustomerDataExportPayload> {
        let request = ctx.request()?;
        match privacy::export_customer(&request.app, &request.actor, &request.client).await {
            Ok(held) => {
                let json = if input.is_indented { serde_json::to_string_pretty(&held) } else { Ok(held.to_string()) };
                let json = json.or_internal("serialize the export of a customer")?;
                Ok(CustomerDataExportPayload::done(json))
            }
            Err(error) => Ok(CustomerDataExportPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Erases the account of the customer who is logged in and ends all sessions. Orders are kept, as the law requires,
    /// also those placed as a guest with the same email address: a finished order loses email address, phone numbers,
    /// note, token and delivery address, and keeps the address for the invoice. An open order loses note and token now,
    /// and the rest when it is completed, canceled or expired.
    async fn customer_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Password that confirms the erasure.")] input: CustomerEraseInput,
    ) -> Result<CustomerErasePayload> {
        let request = ctx.request()?;
        match privacy::erase_customer(&request.app, &request.actor, &request.client, &input.password).await {
            Ok(id) => Ok(CustomerErasePayload::done(to_id(id))),
            Err(error) => Ok(CustomerErasePayload::refused(user_errors_at(error, "password", "password")?)),
        }
    }
}
