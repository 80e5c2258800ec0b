//! Second factors of staff, and step-up.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, parse_id, to_user_errors};
use services::identity;

use super::{
    StaffUser,
    inputs::{
        StaffRecoveryCodesRegenerateInput, StaffStepUpInput, StaffTotpConfirmInput, StaffTotpEnrollInput,
        StaffTotpRemoveInput, StaffTotpResetInput,
    },
    payloads::{
        StaffRecoveryCodesRegeneratePayload, StaffStepUpPayload, StaffTotpConfirmPayload, StaffTotpEnrollPayload,
        StaffTotpRemovePayload, StaffTotpResetPayload,
    },
};

/// Mutations of second factors and step-up.
#[derive(Default)]
pub struct SecondFactorMutation;

#[Object]
impl SecondFactorMutation {
    /// Proves one's identity again in this session, for changes that return `STEP_UP_REQUIRED`: large refunds, and changes
    /// of staff, roles and API tokens. A login is enough for the first minutes. Needs a staff login.
    async fn staff_step_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Password and code of the account.")] input: StaffStepUpInput,
    ) -> Result<StaffStepUpPayload> {
        let request = ctx.request()?;
        let StaffStepUpInput { password, code } = input;
        let (app, actor, client) = (&request.app, &request.actor, &request.client);
        match identity::step_up(app, actor, client, request.session, &password, code.as_deref()).await {
            Ok(until) => Ok(StaffStepUpPayload::done(until)),
            Err(error) => Ok(StaffStepUpPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Creates a secret for an authenticator (TOTP with six digits and 30 seconds). It counts once `staffTotpConfirm` has
    /// received a code. Needs a staff login.
    async fn staff_totp_enroll(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Password of the account.")] input: StaffTotpEnrollInput,
    ) -> Result<StaffTotpEnrollPayload> {
        let request = ctx.request()?;
        match identity::enroll_totp(&request.app, &request.actor, &request.client, &input.password).await {
            Ok(new) => Ok(StaffTotpEnrollPayload::done(new.secret, new.uri)),
            Err(error) => Ok(StaffTotpEnrollPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Confirms the secret with a first code and returns the recovery codes. Later logins need a code. Needs a staff
    /// login.
    async fn staff_totp_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First code of the authenticator.")] input: StaffTotpConfirmInput,
    ) -> Result<StaffTotpConfirmPayload> {
        let request = ctx.request()?;
        match identity::confirm_totp(&request.app, &request.actor, &request.client, &input.code).await {
            Ok(codes) => Ok(StaffTotpConfirmPayload::done(codes)),
            Err(error) => Ok(StaffTotpConfirmPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Removes one's own second factor. Needs a staff login.
    async fn staff_totp_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Password and code of the account.")] input: StaffTotpRemoveInput,
    ) -> Result<StaffTotpRemovePayload> {
        let request = ctx.request()?;
        let StaffTotpRemoveInput { password, code } = input;
        match identity::remove_totp(&request.app, &request.actor, &request.client, &password, &code).await {
            Ok(user) => Ok(StaffTotpRemovePayload::done(StaffUser::account(user))),
            Err(error) => Ok(StaffTotpRemovePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Removes the second factor of another member of staff, who has lost it, and ends their sessions. Needs a staff login
    /// with `STAFF_MANAGE` and every permission of the member.
    async fn staff_totp_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Member of staff who has lost the second factor.")] input: StaffTotpResetInput,
    ) -> Result<StaffTotpResetPayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        match identity::reset_totp(&request.app, &request.actor, &request.client, id).await {
            Ok(user) => Ok(StaffTotpResetPayload::done(StaffUser::account(user))),
            Err(error) => Ok(StaffTotpResetPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Replaces one's own recovery codes. Needs a staff login.
    async fn staff_recovery_codes_regenerate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Password and code of the account.")] input: StaffRecoveryCodesRegenerateInput,
    ) -> Result<StaffRecoveryCodesRegeneratePayload> {
        let request = ctx.request()?;
        let StaffRecoveryCodesRegenerateInput { password, code } = input;
        let codes =
            identity::regenerate_recovery_codes(&request.app, &request.actor, &request.client, &password, &code);
        match codes.await {
            Ok(codes) => Ok(StaffRecoveryCodesRegeneratePayload::done(codes)),
            Err(error) => Ok(StaffRecoveryCodesRegeneratePayload::refused(to_user_errors(error)?)),
        }
    }
}
