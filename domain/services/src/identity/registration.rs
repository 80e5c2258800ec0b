//! Opening an account. It exists once the mailed token is used; until then there is only what somebody entered, so
//! that no answer tells whether an address has an account. The token proves the address, not who chose the password:
//! the mail says so, and registering once more makes earlier tokens useless, also where no further mail goes.

use model::{
    customers::{Customer, CustomerPatch, Email, OneTimeToken, Password, Purpose, Registration},
    events::DomainEvent,
};
use persistence::{Conn, customers, db::Transactions as _, one_time_tokens, outbox};

use super::{
    Client, IdentityError, IdentityRule, secrets,
    throttle::{self, Heard},
};
use crate::{App, error::OnStoreError as _, mail};

/// What somebody enters to register.
#[derive(Clone)]
pub struct NewCustomer {
    /// Where the token goes.
    pub email: String,
    /// The password they choose.
    pub password: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Whether news may be sent.
    pub accepts_marketing: bool,
}

/// Mails a token that opens the account, or a note that there is one. The request does the same work for any address;
/// which mail it becomes is decided where the mail is sent. An address that got enough mails gets none for a while; what
/// was registered for it before is void all the same, because the newest mail must not open an account with the password
/// of somebody else.
///
/// # Errors
/// [`IdentityError`] about the input only.
pub async fn register_customer(app: &App, client: &Client, new: NewCustomer) -> Result<(), IdentityError> {
    let email: Email = new.email.parse()?;
    let names = CustomerPatch {
        first_name: Some(new.first_name.clone()),
        last_name: Some(new.last_name.clone()),
        ..CustomerPatch::default()
    };
    names.check()?;
    let password = Password::parse(&new.password, &email)?;
    if throttle::mail(app, Purpose::Register, &email, client).await? == Heard::Enough {
        return Ok(one_time_tokens::cancel(&mut *app.db.write().await?, &email, &[Purpose::Register]).await?);
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
        // What was entered last counts, so that the owner of the address can replace what somebody else entered.
        one_time_tokens::cancel(conn, &token.email, &[Purpose::Register]).await?;
        one_time_tokens::insert(conn, &token).await?;
        Ok(mail::enqueue_token(conn, token.id, now).await?)
    })
    .await
}

/// Uses a mailed token: opens the account that was registered with it, or moves an account to its new address, which
/// ends its sessions.
///
/// # Errors
/// [`IdentityRule::InvalidToken`], or a store's error.
pub async fn verify_email(app: &App, secret: &str) -> Result<Customer, IdentityError> {
    let now = app.clock.now();
    let digest = secrets::digest(secret);
    let mut conn = app.db.write().await?;
    let verified = conn.transaction(async |conn| {
        let purposes = [Purpose::Register, Purpose::EmailChange];
        let token = one_time_tokens::take(conn, &digest, &purposes, now).await?;
        let token = token.ok_or(IdentityRule::InvalidToken)?;
        one_time_tokens::cancel(conn, &token.email, &purposes).await?;
        match token.customer {
            Some(_) => move_account(conn, token, now).await,
            None => open_account(conn, token, now).await,
        }
    });
    // Somebody else opened an account with this address in the meantime.
    let verified = verified.await.on_constraint(customers::EMAIL_KEY, IdentityRule::InvalidToken)?;
    app.identity.actors.forget_all();
    Ok(verified)
}

async fn open_account(conn: &mut Conn, token: OneTimeToken, now: model::Timestamp) -> Result<Customer, IdentityError> {
    let (customer, password_hash) = token.into_customer(now).ok_or(IdentityRule::InvalidToken)?;
    customers::insert(conn, &customer, Some(&password_hash)).await?;
    outbox::push(conn, &[DomainEvent::CustomerRegistered { id: customer.id }]).await?;
    Ok(customer)
}

async fn move_account(conn: &mut Conn, token: OneTimeToken, now: model::Timestamp) -> Result<Customer, IdentityError> {
    let id = token.customer.ok_or(IdentityRule::InvalidToken)?;
    let mut customer = customers::lock(conn, id).await?;
    let old = customer.change_email(token.email, now).ok_or(IdentityRule::InvalidToken)?;
    customers::save(conn, &customer).await?;
    customers::end_sessions(conn, id).await?;
    one_time_tokens::cancel_of_customer(conn, id).await?;
    mail::enqueue_email_changed(conn, old, now).await?;
    outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?;
    Ok(customer)
}
