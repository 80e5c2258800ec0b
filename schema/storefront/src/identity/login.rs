//! Mutations around login, usable without a session.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, to_user_errors};
use services::identity::{self, Audience, NewCustomer};

use super::{
    Customer,
    inputs::{
        CustomerEmailVerifyInput, CustomerLoginInput, CustomerLogoutInput, CustomerPasswordResetInput,
        CustomerPasswordResetRequestInput, CustomerRegisterInput, SessionRefreshInput,
    },
    payloads::{
        CustomerEmailVerifyPayload, CustomerLoginPayload, CustomerLogoutPayload, CustomerPasswordResetPayload,
        CustomerPasswordResetRequestPayload, CustomerRegisterPayload, SessionRefreshPayload,
    },
};

/// Mutations of customer sessions.
#[derive(Default)]
pub struct LoginMutation;

#[Object]
impl LoginMutation {
    /// Sends an email with a token that creates an account, or a note if the address has one. The payload is the same
    /// for each address.
    async fn customer_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Data of the new account.")] input: CustomerRegisterInput,
    ) -> Result<CustomerRegisterPayload> {
        let request = ctx.request()?;
        let CustomerRegisterInput { email, password, first_name, last_name, accepts_marketing } = input;
        let new = NewCustomer { email: email.clone(), password, first_name, last_name, accepts_marketing };
        match identity::register_customer(&request.app, &request.client, new).await {
            Ok(()) => Ok(CustomerRegisterPayload::done(email)),
            Err(error) => Ok(CustomerRegisterPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Verifies a token from an email: creates the registered account with the given password, or changes the email
    /// address of an account. The token of a registration is still valid after an error of the password.
    async fn customer_email_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token from the email, and the password of a new account.")] input: CustomerEmailVerifyInput,
    ) -> Result<CustomerEmailVerifyPayload> {
        let request = ctx.request()?;
        let CustomerEmailVerifyInput { token, password } = input;
        match identity::verify_email(&request.app, &request.client, &token, password.as_deref()).await {
            Ok(customer) => Ok(CustomerEmailVerifyPayload::done(Customer(customer))),
            Err(error) => Ok(CustomerEmailVerifyPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Logs in a customer. A wrong password and an unknown email address return the same error. If it is the only field
    /// of the request, an expired access token in the header is ignored.
    async fn customer_login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Email address and password.")] input: CustomerLoginInput,
    ) -> Result<CustomerLoginPayload> {
        let request = ctx.request()?;
        match identity::customer_login(&request.app, &request.client, &input.email, &input.password).await {
            Ok((customer, session)) => Ok(CustomerLoginPayload::done(session.into(), Customer(customer))),
            Err(error) => Ok(CustomerLoginPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Exchanges a refresh token for new tokens. Two exchanges of one token within ten seconds return the same tokens;
    /// a later one ends the session, because the token may have been stolen. If it is the only field of the request, an
    /// expired access token in the header is ignored.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Newest refresh token of the session.")] input: SessionRefreshInput,
    ) -> Result<SessionRefreshPayload> {
        let request = ctx.request()?;
        match identity::refresh_session(&request.app, Audience::Customers, &request.client, &input.refresh_token).await
        {
            Ok(session) => Ok(SessionRefreshPayload::done(session.into())),
            Err(error) => Ok(SessionRefreshPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Ends a session. If it is the only field of the request, an expired access token in the header is ignored.
    async fn customer_logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Session to end.")] input: CustomerLogoutInput,
    ) -> Result<CustomerLogoutPayload> {
        let request = ctx.request()?;
        match input.refresh_token {
            Some(token) => identity::end_session_of(&request.app, Audience::Customers, &request.client, &token).await?,
            None => identity::end_session(&request.app, &request.actor, &request.client, request.session).await?,
        }
        Ok(CustomerLogoutPayload::done(true))
    }

    /// Sends an email with a token for a new password if the address has an account. The payload is the same if it has
    /// none.
    async fn customer_password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Email address of the account.")] input: CustomerPasswordResetRequestInput,
    ) -> Result<CustomerPasswordResetRequestPayload> {
        let request = ctx.request()?;
        match identity::request_customer_reset(&request.app, &request.client, &input.email).await {
            Ok(()) => Ok(CustomerPasswordResetRequestPayload::done(input.email)),
            Err(error) => Ok(CustomerPasswordResetRequestPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Sets a new password with a token from an email, ends all sessions and starts a new one.
    async fn customer_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token and new password.")] input: CustomerPasswordResetInput,
    ) -> Result<CustomerPasswordResetPayload> {
        let request = ctx.request()?;
        let CustomerPasswordResetInput { token, password } = input;
        match identity::reset_customer_password(&request.app, &request.client, &token, &password).await {
            Ok((customer, session)) => Ok(CustomerPasswordResetPayload::done(session.into(), Customer(customer))),
            Err(error) => Ok(CustomerPasswordResetPayload::refused(to_user_errors(error)?)),
        }
    }
}
