//! Registration. The account is created when the mailed token is used, so the response does not tell whether the address
//! has an account. The token proves control of the address, not who chose the password: the mail says so, and registering
//! again cancels earlier tokens even if no further mail is sent.

use model::{
    Timestamp,
    access::Actor,
    customers::{Customer, CustomerPatch, Email, OneTimeToken, Password, Purpose, Registration},
    events::DomainEvent,
};
use persistence::{Conn, customers, db::Transactions as _, one_time_tokens, outbox};
use serde_json::json;

use super::{
    Client, IdentityError, IdentityRule, events, secrets,
    throttle::{self, MailDecision},
};
use crate::{App, error::OnStoreError as _, mail};

/// Input of [`register_customer`].
#[derive(Clone)]
pub struct NewCustomer {
    /// The e-mail address, which gets the token.
    pub email: String,
    /// The password.
    pub password: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// True if the customer accepts marketing mail.
    pub accepts_marketing: bool,
}

/// Mails a token that creates the account, or a notice that it exists. The request does the same work for every address;
/// the worker that sends the mail chooses the text. An address that has received too many mails gets none for a while,
/// but earlier registrations are canceled anyway: the latest mail must not create an account with the password of someone
/// else.
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
    let password = Password::parse(&new.password, &email)?;
    if throttle::mail(app, Purpose::Register, &email, client).await? == MailDecision::Suppress {
        return Ok(one_time_tokens::delete_unused(&mut *app.db.write().await?, &email, &[Purpose::Register]).await?);
    }
    let registration = Registration {
        password_hash: app.identity.passwords.hash(password).await?,
        first_name: new.first_name.trim().to_owned(),
        last_name: new.last_name.trim().to_owned(),
        accepts_marketing: new.accepts_marketing,
    };
    let now = app.clock.now();
    let token = OneTimeToken::new(Purpose::Register, email, now);
    let token = OneTimeToken { registration: Some(registration), ..token };
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        // The last registration wins, so that the owner of the address can replace the registration of someone else.
        one_time_tokens::delete_unused(conn, &token.email, &[Purpose::Register]).await?;
        one_time_tokens::insert(conn, &token).await?;
        Ok(mail::enqueue_token(conn, token.id, now).await?)
    })
    .await
}

/// Uses a mailed token: creates the registered account, or changes the e-mail address of an account, which ends its
/// sessions.
///
/// # Errors
/// [`IdentityRule::InvalidToken`] if the token is unknown, used or expired.
pub async fn verify_email(app: &App, client: &Client, secret: &str) -> Result<Customer, IdentityError> {
    let now = app.clock.now();
    let digest = secrets::digest(secret);
    let mut conn = app.db.write().await?;
    let verified = conn.transaction(async |conn| {
        let purposes = [Purpose::Register, Purpose::EmailChange];
        let token = one_time_tokens::consume(conn, &digest, &purposes, now).await?;
        let token = token.ok_or(IdentityRule::InvalidToken)?;
        one_time_tokens::delete_unused(conn, &token.email, &purposes).await?;
        match token.customer {
            Some(_) => change_email(conn, client, token, now).await,
            None => create_account(conn, token, now).await,
        }
    });
    // The constraint is violated if another account got the address meanwhile.
    let verified = verified.await.on_constraint(customers::EMAIL_KEY, IdentityRule::InvalidToken)?;
    app.identity.actors.invalidate_all();
    Ok(verified)
}

async fn create_account(conn: &mut Conn, token: OneTimeToken, now: Timestamp) -> Result<Customer, IdentityError> {
    let (customer, password_hash) = token.into_customer(now).ok_or(IdentityRule::InvalidToken)?;
    customers::insert(conn, &customer, Some(&password_hash)).await?;
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
    mail::enqueue_email_changed(conn, old, now).await?;
    events::push(conn, (&Actor::Customer(id), client), "customerEmailChange", id, json!({}), now).await?;
    outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?;
    Ok(customer)
}
