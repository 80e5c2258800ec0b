//! Password resets by mail for customers and staff, and the first password of invited staff.

use model::{
    Timestamp,
    access::Actor,
    customers::{Customer, Email, OneTimeToken, Purpose, StaffUser, Subject},
    events::DomainEvent,
    ids::CustomerId,
};
use persistence::{Conn, audit, customers, db::Transactions as _, one_time_tokens, outbox, staff};
use serde_json::json;

use super::{
    Audience, Client, IdentityError, IdentityRule, events, invalidate_actors_everywhere,
    passwords::new_hash,
    secrets,
    sessions::{self, SessionTokens},
    throttle::{self, MailDecision},
};
use crate::{App, ServiceResult, mail};

const CUSTOMER_PURPOSES: [Purpose; 2] = [Purpose::PasswordReset, Purpose::CustomerInvite];
const STAFF_PURPOSES: [Purpose; 2] = [Purpose::StaffInvite, Purpose::StaffPasswordReset];

/// Mails a token for a new password if a customer has this address. The response does not tell whether one has.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule.
pub async fn request_customer_reset(app: &App, client: &Client, email: &str) -> Result<(), IdentityError> {
    request(app, client, email, Purpose::PasswordReset).await
}

/// Mails a token for a new password if a member of staff has this address. The response does not tell whether one has.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule.
pub async fn request_staff_reset(app: &App, client: &Client, email: &str) -> Result<(), IdentityError> {
    request(app, client, email, Purpose::StaffPasswordReset).await
}

async fn request(app: &App, client: &Client, email: &str, purpose: Purpose) -> Result<(), IdentityError> {
    let email: Email = email.parse()?;
    if throttle::mail(app, purpose, &email, client).await? == MailDecision::Suppress {
        return Ok(());
    }
    let now = app.clock.now();
    let token = OneTimeToken::new(purpose, email, now);
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let (audience, action) = match purpose {
            Purpose::StaffPasswordReset => (Audience::Staff, "staffPasswordResetRequest"),
            _ => (Audience::Customers, "customerPasswordResetRequest"),
        };
        let object = events::object_of(conn, audience, &token.email).await?;
        audit::push(conn, client.author(&Actor::Anonymous), action, object, json!({}), now).await?;
        one_time_tokens::insert(conn, &token).await?;
        Ok(mail::enqueue_token(conn, token.id, client.locale.as_ref(), now).await?)
    })
    .await
}

/// Sets the new or first password of a customer, ends all their sessions and creates a new one.
///
/// # Errors
/// [`IdentityRule::InvalidToken`] or [`IdentityRule::Password`].
pub async fn reset_customer_password(
    app: &App,
    client: &Client,
    secret: &str,
    password: &str,
) -> Result<(Customer, SessionTokens), IdentityError> {
    let now = app.clock.now();
    let (email, hash) = hash_for(app, Audience::Customers, secret, password, &CUSTOMER_PURPOSES).await?;
    let mut conn = app.db.write().await?;
    let (customer, epoch) = conn
        .transaction(async |conn| {
            let token = one_time_tokens::consume(conn, &secrets::digest(secret), &CUSTOMER_PURPOSES, now).await?;
            let token = token.ok_or(IdentityRule::InvalidToken)?;
            let id = token.customer.ok_or(IdentityRule::InvalidToken)?;
            if token.purpose == Purpose::CustomerInvite {
                verify_address(conn, id, &token.email, now).await?;
            }
            let epoch = customers::set_password(conn, id, &hash, now).await?;
            one_time_tokens::delete_unused(conn, &email, &CUSTOMER_PURPOSES).await?;
            one_time_tokens::delete_unused_of_customer(conn, id).await?;
            outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?;
            audit::push(conn, client.author(&Actor::Customer(id)), "customerPasswordReset", id, json!({}), now).await?;
            let customer = customers::find(conn, id).await?.ok_or(IdentityRule::InvalidToken)?;
            Ok::<_, IdentityError>((customer, epoch))
        })
        .await?;
    drop(conn);
    app.identity.actors.invalidate_all();
    throttle::clear(app, Audience::Customers, &email, client).await?;
    let session = sessions::begin(app, client, Subject::Customer(customer.id), epoch).await?;
    Ok((customer, session))
}

/// Sets the new or first password of a member of staff and ends all their sessions. They have to log in with it.
///
/// # Errors
/// [`IdentityRule::InvalidToken`] or [`IdentityRule::Password`].
pub async fn reset_staff_password(
    app: &App,
    client: &Client,
    secret: &str,
    password: &str,
) -> Result<StaffUser, IdentityError> {
    let now = app.clock.now();
    let (email, hash) = hash_for(app, Audience::Staff, secret, password, &STAFF_PURPOSES).await?;
    let mut conn = app.db.write().await?;
    let user = conn
        .transaction(async |conn| {
            let token = one_time_tokens::consume(conn, &secrets::digest(secret), &STAFF_PURPOSES, now).await?;
            let id = token.and_then(|token| token.staff).ok_or(IdentityRule::InvalidToken)?;
            staff::set_password(conn, id, &hash).await?;
            one_time_tokens::delete_unused(conn, &email, &STAFF_PURPOSES).await?;
            let by = events::acting(Subject::Staff(id));
            audit::push(conn, client.author(&by), "staffPasswordReset", id, json!({}), now).await?;
            Ok::<_, IdentityError>(staff::find(conn, id).await?.ok_or(IdentityRule::InvalidToken)?)
        })
        .await?;
    drop(conn);
    invalidate_actors_everywhere(app);
    throttle::clear(app, Audience::Staff, &email, client).await?;
    Ok(user)
}

/// Marks the address of an invited customer as verified: the token arrived there.
async fn verify_address(conn: &mut Conn, id: CustomerId, email: &Email, now: Timestamp) -> Result<(), IdentityError> {
    let mut customer = customers::lock(conn, id).await?;
    // The address can have changed since the invitation.
    if customer.email.as_ref() != Some(email) {
        return Err(IdentityRule::InvalidToken.into());
    }
    customer.email_verified_at = Some(now);
    Ok(customers::save(conn, &customer).await?)
}

/// Hashes the new password before the transaction, and only if the token is valid.
async fn hash_for(
    app: &App,
    audience: Audience,
    secret: &str,
    password: &str,
    purposes: &[Purpose],
) -> Result<(Email, String), IdentityError> {
    let now = app.clock.now();
    let digest = secrets::digest(secret);
    let token = one_time_tokens::find_usable(&mut *app.db.read().await?, &digest, purposes, now).await?;
    let token = token.ok_or(IdentityRule::InvalidToken)?;
    let names = names_of(app, &token).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let hash = new_hash(app, audience, password, &token.email, &names).await?;
    Ok((token.email, hash))
}

/// The names of the person that a token is for.
async fn names_of(app: &App, token: &OneTimeToken) -> ServiceResult<Vec<String>> {
    let mut conn = app.db.read().await?;
    Ok(match (token.customer, token.staff) {
        (Some(id), _) => {
            let customer = customers::find(&mut conn, id).await?;
            customer.map_or_else(Vec::new, |customer| vec![customer.first_name, customer.last_name])
        }
        (None, Some(id)) => staff::find(&mut conn, id).await?.map(|user| user.name).into_iter().collect(),
        (None, None) => Vec::new(),
    })
}
