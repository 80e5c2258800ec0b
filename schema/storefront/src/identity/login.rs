//! Mutations of those who are not logged in yet, or no longer want to be.

use async_graphql::{Context, Object, Result};
use schema_shared::RequestExt;
use services::identity::{self, Audience, NewCustomer};

use super::{
    Customer,
    errors::user_errors,
    inputs::{
        CustomerEmailVerifyInput, CustomerLoginInput, CustomerLogoutInput, CustomerPasswordResetInput,
        CustomerPasswordResetRequestInput, CustomerRegisterInput, SessionRefreshInput,
    },
    payloads::{
        CustomerEmailVerifyPayload, CustomerLoginPayload, CustomerLogoutPayload, CustomerPasswordResetPayload,
        CustomerPasswordResetRequestPayload, CustomerRegisterPayload, SessionRefreshPayload,
    },
};

/// Logging in and out.
#[derive(Default)]
pub struct LoginMutation;

#[Object]
impl LoginMutation {
    /// Mails a token that opens an account, or, where there is one, a note. The answer is the same for any address.
    async fn customer_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What somebody enters to register.")] input: CustomerRegisterInput,
    ) -> Result<CustomerRegisterPayload> {
        let request = ctx.request()?;
        let CustomerRegisterInput { email, password, first_name, last_name, accepts_marketing } = input;
        let new = NewCustomer { email: email.clone(), password, first_name, last_name, accepts_marketing };
        match identity::register_customer(&request.app, &request.client, new).await {
            Ok(()) => Ok(CustomerRegisterPayload::done(email)),
            Err(error) => Ok(CustomerRegisterPayload::refused(user_errors(ctx, error)?)),
        }
    }

    /// Uses a mailed token: opens the account that was registered, or moves an account to its new address.
    async fn customer_email_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: CustomerEmailVerifyInput,
    ) -> Result<CustomerEmailVerifyPayload> {
        match identity::verify_email(&ctx.request()?.app, &input.token).await {
            Ok(customer) => Ok(CustomerEmailVerifyPayload::done(Customer(customer))),
            Err(error) => Ok(CustomerEmailVerifyPayload::refused(user_errors(ctx, error)?)),
        }
    }

    /// Logs a customer in. A wrong password and an unknown address have the same answer. Sent alone, it works with an
    /// expired access token in the header as well.
    async fn customer_login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address and password.")] input: CustomerLoginInput,
    ) -> Result<CustomerLoginPayload> {
        let request = ctx.request()?;
        match identity::customer_login(&request.app, &request.client, &input.email, &input.password).await {
            Ok((customer, session)) => Ok(CustomerLoginPayload::done(session.into(), Customer(customer))),
            Err(error) => Ok(CustomerLoginPayload::refused(user_errors(ctx, error)?)),
        }
    }

    /// Exchanges a refresh token for the next pair of tokens. Two exchanges of one token within ten seconds have the
    /// same answer; a later one ends the session, because somebody may have stolen the token. Sent alone, it works with
    /// an expired access token in the header as well.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: SessionRefreshInput,
    ) -> Result<SessionRefreshPayload> {
        let app = &ctx.request()?.app;
        match identity::refresh_session(app, Audience::Customers, &input.refresh_token).await {
            Ok(session) => Ok(SessionRefreshPayload::done(session.into())),
            Err(error) => Ok(SessionRefreshPayload::refused(user_errors(ctx, error)?)),
        }
    }

    /// Ends a session. Sent alone, it works with an expired access token in the header as well.
    async fn customer_logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: CustomerLogoutInput,
    ) -> Result<CustomerLogoutPayload> {
        let request = ctx.request()?;
        match input.refresh_token {
            Some(token) => identity::end_session_of(&request.app, Audience::Customers, &token).await?,
            None => identity::end_session(&request.app, &request.actor, request.session).await?,
        }
        Ok(CustomerLogoutPayload::done(true))
    }

    /// Mails a token for a new password, if the address has an account. The answer is the same if it has none.
    async fn customer_password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password.")] input: CustomerPasswordResetRequestInput,
    ) -> Result<CustomerPasswordResetRequestPayload> {
        let request = ctx.request()?;
        match identity::request_customer_reset(&request.app, &request.client, &input.email).await {
            Ok(()) => Ok(CustomerPasswordResetRequestPayload::done(input.email)),
            Err(error) => Ok(CustomerPasswordResetRequestPayload::refused(user_errors(ctx, error)?)),
        }
    }

    /// Sets a new password with a mailed token, ends every session and begins one.
    async fn customer_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token and the new password.")] input: CustomerPasswordResetInput,
    ) -> Result<CustomerPasswordResetPayload> {
        let request = ctx.request()?;
        let CustomerPasswordResetInput { token, password } = input;
        match identity::reset_customer_password(&request.app, &request.client, &token, &password).await {
            Ok((customer, session)) => Ok(CustomerPasswordResetPayload::done(session.into(), Customer(customer))),
            Err(error) => Ok(CustomerPasswordResetPayload::refused(user_errors(ctx, error)?)),
        }
    }
}
