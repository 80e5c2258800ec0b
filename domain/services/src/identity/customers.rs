//! Reading customers, and changing the account of the acting customer.

use std::collections::HashMap;

use model::{
    Locale, Timestamp,
    access::{Actor, Permission},
    customers::{Customer, CustomerAddress, CustomerPatch, Email, OneTimeToken, Purpose, Subject},
    events::DomainEvent,
    ids::CustomerId,
};
use persistence::{
    Conn, audit,
    customers::{self, addresses},
    db::Transactions as _,
    one_time_tokens, outbox,
};
use serde_json::json;

use super::{
    Audience, Client, IdentityError, IdentityRule,
    login::check_password,
    passwords::accept,
    sessions::{self, SessionTokens},
    throttle::{self, MailDecision},
    vat_id,
};
use crate::{App, ServiceResult, mail};

/// Input of [`update_customer`].
#[derive(Default)]
pub struct CustomerUpdate {
    /// The profile fields.
    pub patch: CustomerPatch,
    /// A new e-mail address; it takes effect when the token mailed there is used. Requires the current password.
    pub email: Option<String>,
    /// A new password; ends all sessions. Requires the current password.
    pub new_password: Option<String>,
    /// The current password.
    pub current_password: Option<String>,
}

/// True for the customer, and for staff and tokens with the permission; for others the customer does not exist.
pub(super) fn may_read(actor: &Actor, id: CustomerId) -> bool {
    actor.customer() == Some(id) || actor.require(Permission::CustomersRead).is_ok()
}

/// The customers that the actor may see, by id.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the database fails.
pub async fn customers_by_ids(
    app: &App,
    actor: &Actor,
    ids: &[CustomerId],
) -> ServiceResult<HashMap<CustomerId, Customer>> {
    let ids: Vec<CustomerId> = ids.iter().copied().filter(|id| may_read(actor, *id)).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(customers::by_ids(&mut *app.db.read().await?, &ids).await?)
}

/// Customers by id, for staff; absent ones are left out.
///
/// # Errors
/// [`crate::ServiceError`] if the actor may not read customers, or the database is unavailable.
pub async fn customers_for_staff(
    app: &App,
    actor: &Actor,
    ids: &[CustomerId],
) -> ServiceResult<HashMap<CustomerId, Customer>> {
    actor.require(Permission::CustomersRead)?;
    customers_by_ids(app, actor, ids).await
}

/// The customer, if there is one that the actor may see.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the database fails.
pub async fn find_customer(app: &App, actor: &Actor, id: CustomerId) -> ServiceResult<Option<Customer>> {
    Ok(customers_by_ids(app, actor, &[id]).await?.remove(&id))
}

/// The customer with an e-mail address.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CustomersRead`].
pub async fn find_customer_by_email(app: &App, actor: &Actor, email: &str) -> ServiceResult<Option<Customer>> {
    actor.require(Permission::CustomersRead)?;
    let Ok(email) = email.parse() else { return Ok(None) };
    Ok(customers::find_by_email(&mut *app.db.read().await?, &email).await?)
}

/// The addresses of the customers that the actor may see.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the database fails.
pub async fn addresses_of(
    app: &App,
    actor: &Actor,
    ids: &[CustomerId],
) -> ServiceResult<HashMap<CustomerId, Vec<CustomerAddress>>> {
    let ids: Vec<CustomerId> = ids.iter().copied().filter(|id| may_read(actor, *id)).collect();
    Ok(addresses::by_customers(&mut *app.db.read().await?, &ids).await?)
}

/// Changes the account of the acting customer. A new password ends all sessions and creates the returned one.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule; [`IdentityRule::InvalidCredentials`] if the current password is required
/// and wrong.
pub async fn update_customer(
    app: &App,
    actor: &Actor,
    client: &Client,
    update: CustomerUpdate,
) -> Result<(Customer, Option<SessionTokens>), IdentityError> {
    let id = actor.require_customer()?;
    let before = find_customer(app, actor, id).await?.ok_or(IdentityRule::NotFound)?;
    let email = before.email.ok_or(IdentityRule::NotFound)?;
    let new_email = update.email.as_deref().map(str::parse::<Email>).transpose()?.filter(|new| *new != email);
    let names = [before.first_name.as_str(), &before.last_name];
    let new_password = match &update.new_password {
        Some(text) => Some(accept(app, Audience::Customers, text, &email, &names).await?),
        None => None,
    };
    update.patch.check()?;
    // Only staff exempts customers.
    let patch = CustomerPatch { is_tax_exempt: None, ..vat_id::confirm(app, update.patch).await? };
    if new_email.is_some() || new_password.is_some() {
        // An absent password counts as a wrong one.
        let current = update.current_password.unwrap_or_default();
        confirm_password(app, client, &email, &current).await?;
    }
    let mailed = match new_email {
        Some(new) if throttle::mail(app, Purpose::EmailChange, &new, client).await? == MailDecision::Send => Some(new),
        _ => None,
    };
    let hash = match new_password {
        Some(password) => Some(app.identity.passwords(Audience::Customers).hash(password).await?),
        None => None,
    };
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let (customer, epoch) = conn
        .transaction(async |conn| {
            let mut customer = customers::lock(conn, id).await?;
            customer.change(patch.clone(), now)?;
            customers::save(conn, &customer).await?;
            let epoch = match &hash {
                Some(hash) => Some(replace_password(conn, id, &email, hash, now).await?),
                None => None,
            };
            if epoch.is_some() {
                audit::push(conn, client.author(actor), "customerPasswordChange", id, json!({}), now).await?;
            }
            if let Some(new) = &mailed {
                let locale = customer.locale.as_ref().or(client.locale.as_ref());
                request_email_change(conn, id, (&email, new), locale, now).await?;
                audit::push(conn, client.author(actor), "customerEmailChangeRequest", id, json!({}), now).await?;
            }
            outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?;
            Ok::<_, IdentityError>((customer, epoch))
        })
        .await?;
    drop(conn);
    let Some(epoch) = epoch else { return Ok((customer, None)) };
    app.identity.actors.invalidate_all();
    let session = sessions::begin(app, client, Subject::Customer(id), epoch).await?;
    Ok((customer, Some(session)))
}

/// Sets the password and cancels mailed tokens: someone who knew the old password may have requested them.
async fn replace_password(
    conn: &mut Conn,
    id: CustomerId,
    email: &Email,
    hash: &str,
    now: Timestamp,
) -> Result<i32, IdentityError> {
    let epoch = customers::set_password(conn, id, hash, now).await?;
    one_time_tokens::delete_unused(conn, email, &[Purpose::PasswordReset]).await?;
    one_time_tokens::delete_unused_of_customer(conn, id).await?;
    Ok(epoch)
}

/// Mails a token to the new address and a notice to the current one.
async fn request_email_change(
    conn: &mut Conn,
    id: CustomerId,
    (old, new): (&Email, &Email),
    locale: Option<&Locale>,
    now: Timestamp,
) -> Result<(), IdentityError> {
    let token = OneTimeToken { customer: Some(id), ..OneTimeToken::new(Purpose::EmailChange, new.clone(), now) };
    one_time_tokens::insert(conn, &token).await?;
    mail::enqueue_token(conn, token.id, locale, now).await?;
    Ok(mail::enqueue_email_change_requested(conn, old.clone(), locale, now).await?)
}

/// Checks the password of the customer. Attempts count like logins, so a stolen access token cannot be used to guess.
pub(crate) async fn confirm_password(
    app: &App,
    client: &Client,
    email: &Email,
    password: &str,
) -> Result<(), IdentityError> {
    check_password::<CustomerId>(app, client, email, password, None).await.map(drop)
}
