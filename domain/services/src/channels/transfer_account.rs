//! The accounts of channels for bank transfers.

use model::{
    access::{Actor, Permission},
    audit::{changed, deleted},
    channels::{Iban, InvalidIban, InvalidTransferAccount, TransferAccount},
    events::DomainEvent,
    ids::ChannelId,
};
use persistence::{Conn, audit, channels::transfer_accounts as store, db::Transactions as _, outbox};

use crate::{
    App, ServiceResult, UseCaseError,
    error::{OnStoreError as _, RuleError},
};

/// Input of [`set_transfer_account`].
#[derive(Debug, Clone)]
pub struct SetTransferAccount {
    /// The slug of the channel.
    pub channel: String,
    /// The holder of the account.
    pub account_holder: String,
    /// The international account number.
    pub iban: Option<String>,
    /// The bank's BIC.
    pub bic: Option<String>,
    /// The national account number.
    pub account_number: Option<String>,
    /// The national code of the bank.
    pub routing_number: Option<String>,
    /// The name of the bank.
    pub bank_name: Option<String>,
    /// A note for shoppers.
    pub note: Option<String>,
    /// Hours before the expiry of an unpaid order at which its buyer is reminded; one day where absent.
    pub reminder_hours: Option<i32>,
}

/// A rule that keeps an account from being set or deleted.
#[derive(Debug, thiserror::Error)]
pub enum TransferAccountRule {
    /// No channel has the slug, or the channel has no account.
    #[error("there is no such channel, or it has no account")]
    NotFound,
    /// The IBAN is malformed.
    #[error(transparent)]
    Iban(#[from] InvalidIban),
    /// The account is invalid.
    #[error(transparent)]
    Invalid(#[from] InvalidTransferAccount),
}

impl RuleError for TransferAccountRule {}
impl RuleError for InvalidIban {}
impl RuleError for InvalidTransferAccount {}

/// The account was not set or deleted.
pub type TransferAccountError = UseCaseError<TransferAccountRule>;

/// The account of a channel, for staff; none if it has none.
///
/// # Errors
/// [`crate::ServiceError::Access`] if the actor is neither staff nor an API token.
pub async fn transfer_account(app: &App, actor: &Actor, channel: ChannelId) -> ServiceResult<Option<TransferAccount>> {
    actor.require_back_office()?;
    Ok(app.settings.current(&app.db).await?.transfer_account(channel).cloned())
}

/// Sets the account of a channel; all values are replaced.
///
/// # Errors
/// [`TransferAccountError`], or without [`Permission::SettingsWrite`].
pub async fn set_transfer_account(
    app: &App,
    actor: &Actor,
    input: SetTransferAccount,
) -> Result<TransferAccount, TransferAccountError> {
    actor.require(Permission::SettingsWrite)?;
    let account = account(app, input).await?;
    account.check()?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, TransferAccountError, _>(async |conn| {
        let before = store::lock(conn, account.channel).await?;
        let written = store::put(conn, &account, now).await;
        written.on_constraint("transfer_accounts_channel_id_fkey", TransferAccountRule::NotFound)?;
        let changes = changed(&before, &Some(account.clone()));
        audit::push(conn, actor, "paymentInstructionsSet", account.channel, changes, now).await?;
        Ok(announce(conn, account.channel).await?)
    })
    .await?;
    app.settings.invalidate();
    Ok(account)
}

async fn account(app: &App, input: SetTransferAccount) -> Result<TransferAccount, TransferAccountError> {
    let settings = app.settings.current(&app.db).await?;
    let channel = settings.channel(&input.channel).ok_or(TransferAccountRule::NotFound)?.id;
    let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let iban = trimmed(input.iban).map(|iban| iban.parse::<Iban>()).transpose()?;
    Ok(TransferAccount {
        channel,
        account_holder: input.account_holder.trim().to_owned(),
        iban,
        bic: trimmed(input.bic),
        account_number: trimmed(input.account_number),
        routing_number: trimmed(input.routing_number),
        bank_name: trimmed(input.bank_name),
        note: trimmed(input.note),
        reminder_hours: input.reminder_hours.unwrap_or(TransferAccount::REMINDER_HOURS),
    })
}

/// Deletes the account of a channel: its orders show no instructions any more.
///
/// # Errors
/// [`TransferAccountRule::NotFound`], or without [`Permission::SettingsWrite`].
pub async fn delete_transfer_account(
    app: &App,
    actor: &Actor,
    channel: &str,
) -> Result<ChannelId, TransferAccountError> {
    actor.require(Permission::SettingsWrite)?;
    let settings = app.settings.current(&app.db).await?;
    let id = settings.channel(channel).ok_or(TransferAccountRule::NotFound)?.id;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, TransferAccountError, _>(async |conn| {
        let before = store::lock(conn, id).await?.ok_or(TransferAccountRule::NotFound)?;
        store::delete(conn, id).await?;
        audit::push(conn, actor, "paymentInstructionsDelete", id, deleted(&before), now).await?;
        Ok(announce(conn, id).await?)
    })
    .await?;
    app.settings.invalidate();
    Ok(id)
}

async fn announce(conn: &mut Conn, channel: ChannelId) -> ServiceResult<()> {
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id: channel.to_string() }]).await?)
}
