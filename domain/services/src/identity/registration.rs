//! Registration. The account is created when a mailed token is used, so the response does not tell whether the address
//! has an account. The holder of a token chooses the password then. A stranger can therefore register any address, but
//! neither choose the password of the account nor revoke the tokens of its owner: further registrations leave earlier
//! tokens valid.

use model::{
    Timestamp,
    access::Actor,
    customers::{Customer, CustomerPatch, Email, OneTimeToken, Purpose, Registration},
    events::DomainEvent,
};
use persistence::{Conn, audit, customers, db::Transactions as _, one_time_tokens, outbox};
use serde_json::json;

use super::{
    Audience, Client, IdentityError, IdentityRule,
    passwords::{accept, new_hash},
    secrets,
    throttle::{self, MailDecision},
};
use crate::{App, error::OnStoreError as _, mail};

const PURPOSES: [Purpose; 2] = [Purpose::Register, Purpose::EmailChange];

/// Input of [`register_customer`].
#[derive(Clone)]
pub struct NewCustomer {
    /// The e-mail address, which gets the token.
    pub email: String,
    /// A password to check. It is not stored: see [`verify_email`].
    pub password: Option<String>,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// True if the customer accepts marketing mail.
    pub accepts_marketing: bool,
}

/// Mails a token that creates the account, or a notice that it exists. The request does the same work for every address;
/// the worker that sends the mail chooses the text. An address that has received too many mails gets none for a while;
/// the tokens of those mails are still valid.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule.
pub async fn register_customer(app: &App, client: &Client, new: NewCustomer) -> Result<(), IdentityError> {
    let email: Email = new.email.parse()?;
    let names = CustomerPatch {
        first_name: Some(new.first_name.clone()),
        last_name: Some(new.last_name.clone()),
        ..CustomerPatch::default()
    };
    names.check()?;
    if let Some(password) = &new.password {
        accept(app, Audience::Customers, password, &email, &[&new.first_name, &new.last_name]).await?;
    }
    if throttle::mail(app, Purpose::Register, &email, client).await? == MailDecision::Suppress {
        return Ok(());
    }
    let registration = Registration {
        first_name: new.first_name.trim().to_owned(),
        last_name: new.last_name.trim().to_owned(),
        accepts_marketing: new.accepts_marketing,
    };
    let now = app.clock.now();
    let token = OneTimeToken::new(Purpose::Register, email, now);
    let token = OneTimeToken { registration: Some(registration), ..token };
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        one_time_tokens::insert(conn, &token).await?;
        Ok(mail::enqueue_token(conn, token.id, client.locale.as_ref(), now).await?)
    })
    .await
}

/// Uses a mailed token: creates the registered account with this password, or changes the e-mail address of an account,
/// which ends its sessions and needs no password.
///
/// # Errors
/// [`IdentityRule::InvalidToken`] if the token is unknown, used or expired; [`IdentityRule::PasswordRequired`] or
/// [`IdentityRule::Password`], after which the token is still valid.
pub async fn verify_email(
    app: &App,
    client: &Client,
    secret: &str,
    password: Option<&str>,
) -> Result<Customer, IdentityError> {
    let now = app.clock.now();
    let digest = secrets::digest(secret);
    // Hash the password before the transaction, and only for a valid token.
    let token = one_time_tokens::find_usable(&mut *app.db.read().await?, &digest, &PURPOSES, now).await?;
    let hash = password_hash(app, &token.ok_or(IdentityRule::InvalidToken)?, password).await?;
    let mut conn = app.db.write().await?;
    let verified = conn.transaction(async |conn| {
        let token = one_time_tokens::consume(conn, &digest, &PURPOSES, now).await?;
        let token = token.ok_or(IdentityRule::InvalidToken)?;
        one_time_tokens::delete_unused(conn, &token.email, &PURPOSES).await?;
        match &hash {
            Some(hash) => create_account(conn, token, hash, now).await,
            None => change_email(conn, client, token, now).await,
        }
    });
    // The constraint is violated if another account got the address meanwhile.
    let verified = verified.await.on_constraint(customers::EMAIL_KEY, IdentityRule::InvalidToken)?;
    app.identity.actors.invalidate_all();
    Ok(verified)
}

/// The hash of the password of a new account; none for a token that changes the address of an account.
async fn password_hash(
    app: &App,
    token: &OneTimeToken,
    password: Option<&str>,
) -> Result<Option<String>, IdentityError> {
    let Some(registration) = &token.registration else { return Ok(None) };
    let password = password.ok_or(IdentityRule::PasswordRequired)?;
    let names = [registration.first_name.as_str(), &registration.last_name];
    new_hash(app, Audience::Customers, password, &token.email, &names).await.map(Some)
}

async fn create_account(
    conn: &mut Conn,
    token: OneTimeToken,
    password_hash: &str,
    now: Timestamp,
) -> Result<Customer, IdentityError> {
    let customer = token.into_customer(now).ok_or(IdentityRule::InvalidToken)?;
    customers::insert(conn, &customer, Some(password_hash)).await?;
    outbox::push(conn, &[DomainEvent::CustomerRegistered { id: customer.id }]).await?;
    Ok(customer)
}

async fn change_email(
    conn: &mut Conn,
    client: &Client,
    token: OneTimeToken,
    now: Timestamp,
) -> Result<Customer, IdentityError> {
    let id = token.customer.ok_or(IdentityRule::InvalidToken)?;
    let mut customer = customers::lock(conn, id).await?;
    let old = customer.change_email(token.email, now).ok_or(IdentityRule::InvalidToken)?;
    customers::save(conn, &customer).await?;
    customers::end_sessions(conn, id).await?;
    one_time_tokens::delete_unused_of_customer(conn, id).await?;
    let locale = customer.locale.as_ref().or(client.locale.as_ref());
    mail::enqueue_email_changed(conn, old, locale, now).await?;
    audit::push(conn, client.author(&Actor::Customer(id)), "customerEmailChange", id, json!({}), now).await?;
    outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?;
    Ok(customer)
}
