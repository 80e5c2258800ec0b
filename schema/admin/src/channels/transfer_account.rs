//! The accounts of channels for bank transfers.

use async_graphql::{Context, ID, InputObject, Object, Result};
use model::channels::{self as domain, InvalidTransferAccount};
use schema_shared::{FromRule, RequestExt, payloads, to_id, to_user_errors, user_errors};
use services::channels::{self, SetTransferAccount, TransferAccountRule};

/// Mutations of accounts for bank transfers.
#[derive(Default)]
pub struct TransferAccountMutation;

/// Input of `paymentInstructionsSet`. All values of an earlier account are replaced.
#[derive(InputObject)]
pub struct PaymentInstructionsSetInput {
    /// Slug of the channel.
    channel: String,
    /// Holder of the account, 1 to 200 characters.
    account_holder: String,
    /// International account number (IBAN), with or without blanks; its check sum must be right. An account has an IBAN or an
    /// `accountNumber`.
    iban: Option<String>,
    /// BIC (SWIFT code) of the bank, at most 11 characters.
    bic: Option<String>,
    /// National account number, at most 50 characters.
    account_number: Option<String>,
    /// National code of the bank, such as a routing number or sort code, at most 50 characters.
    routing_number: Option<String>,
    /// Name of the bank, at most 200 characters.
    bank_name: Option<String>,
    /// Note for shoppers, at most 1,000 characters. Every buyer sees it.
    note: Option<String>,
    /// Hours before the expiry of an unpaid order at which its buyer is reminded, 1 to 719; 0 for no reminder. One day if
    /// absent.
    reminder_hours: Option<i32>,
}

/// Input of `paymentInstructionsDelete`.
#[derive(InputObject)]
pub struct PaymentInstructionsDeleteInput {
    /// Slug of the channel.
    channel: String,
}

user_errors! {
    /// A user error of a mutation of payment instructions.
    PaymentInstructionsUserError,
    /// The error codes of mutations of payment instructions.
    PaymentInstructionsErrorCode {
        /// The channel does not exist, or has no account.
        NotFound,
        /// The IBAN is malformed, or its check sum is wrong.
        InvalidIban,
        /// The account holder is missing or too long.
        InvalidAccountHolder,
        /// Neither an IBAN nor an account number is given.
        AccountNumberMissing,
        /// A text is too long.
        InvalidText,
        /// The reminder is not within 0 to 719 hours.
        InvalidReminder,
    }
}

payloads! {
    errors PaymentInstructionsUserError;

    "paymentInstructionsSet" => PaymentInstructionsSetPayload {
        /// The account of the channel; null if it was not set.
        transfer_account: TransferAccount,
    }
    "paymentInstructionsDelete" => PaymentInstructionsDeletePayload {
        /// Global id of the channel that has no account any longer; null if nothing was deleted.
        channel_id: ID,
    }
}

#[Object]
impl TransferAccountMutation {
    /// Sets the account that shoppers of a channel pay to by bank transfer. Unpaid orders show it in `paymentInstructions`.
    /// Needs `SETTINGS_WRITE`.
    async fn payment_instructions_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Channel and account.")] input: PaymentInstructionsSetInput,
    ) -> Result<PaymentInstructionsSetPayload> {
        let request = ctx.request()?;
        match channels::set_transfer_account(&request.app, &request.actor, input.into()).await {
            Ok(account) => Ok(PaymentInstructionsSetPayload::done(TransferAccount(account))),
            Err(error) => Ok(PaymentInstructionsSetPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Deletes the account of a channel for bank transfers: its orders show no instructions, and reminders stop. Needs
    /// `SETTINGS_WRITE`.
    async fn payment_instructions_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Channel whose account is deleted.")] input: PaymentInstructionsDeleteInput,
    ) -> Result<PaymentInstructionsDeletePayload> {
        let request = ctx.request()?;
        match channels::delete_transfer_account(&request.app, &request.actor, &input.channel).await {
            Ok(id) => Ok(PaymentInstructionsDeletePayload::done(to_id(id))),
            Err(error) => Ok(PaymentInstructionsDeletePayload::refused(to_user_errors(error)?)),
        }
    }
}

impl From<PaymentInstructionsSetInput> for SetTransferAccount {
    fn from(input: PaymentInstructionsSetInput) -> Self {
        Self {
            channel: input.channel,
            account_holder: input.account_holder,
            iban: input.iban,
            bic: input.bic,
            account_number: input.account_number,
            routing_number: input.routing_number,
            bank_name: input.bank_name,
            note: input.note,
            reminder_hours: input.reminder_hours,
        }
    }
}

impl FromRule<TransferAccountRule> for PaymentInstructionsUserError {
    fn from_rule(rule: TransferAccountRule) -> Result<Vec<Self>, TransferAccountRule> {
        use PaymentInstructionsErrorCode as Code;
        let (code, path) = match &rule {
            TransferAccountRule::NotFound => (Code::NotFound, "channel"),
            TransferAccountRule::Iban(_) => (Code::InvalidIban, "iban"),
            TransferAccountRule::Invalid(InvalidTransferAccount::Holder) => {
                (Code::InvalidAccountHolder, "accountHolder")
            }
            TransferAccountRule::Invalid(InvalidTransferAccount::NoNumber) => (Code::AccountNumberMissing, "iban"),
            TransferAccountRule::Invalid(InvalidTransferAccount::Text(name)) => (Code::InvalidText, *name),
            TransferAccountRule::Invalid(InvalidTransferAccount::Reminder) => (Code::InvalidReminder, "reminderHours"),
        };
        Ok(vec![Self::at(code, rule, path)])
    }
}

/// The account of a channel for bank transfers.
pub struct TransferAccount(pub(super) domain::TransferAccount);

/// The account of a channel for bank transfers. Every buyer with an unpaid order sees it.
#[Object]
impl TransferAccount {
    /// Holder of the account.
    fn account_holder(&self) -> &str {
        &self.0.account_holder
    }

    /// International account number without blanks; null if there is none.
    fn iban(&self) -> Option<&str> {
        self.0.iban.as_ref().map(domain::Iban::as_str)
    }

    /// BIC (SWIFT code) of the bank; null if it is not given.
    fn bic(&self) -> Option<&str> {
        self.0.bic.as_deref()
    }

    /// National account number; null if it is not given.
    fn account_number(&self) -> Option<&str> {
        self.0.account_number.as_deref()
    }

    /// National code of the bank; null if it is not given.
    fn routing_number(&self) -> Option<&str> {
        self.0.routing_number.as_deref()
    }

    /// Name of the bank; null if it is not given.
    fn bank_name(&self) -> Option<&str> {
        self.0.bank_name.as_deref()
    }

    /// Note for shoppers; null if there is none.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Hours before the expiry of an unpaid order at which its buyer is reminded; 0 for no reminder.
    fn reminder_hours(&self) -> i32 {
        self.0.reminder_hours
    }
}
