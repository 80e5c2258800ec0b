//! Sending the mail of a job: chooses the text and creates the one-time secret.

use model::{
    Timestamp,
    customers::{OneTimeToken, Purpose},
};
use persistence::{Conn, customers, one_time_tokens, orders, staff};
use uuid::Uuid;

use super::{
    Mail, MailError, MailShop, mail_shop,
    templates::{self, Text},
};
use crate::{
    App, ServiceResult,
    jobs::{JobError, MailJob, OrderConfirmation},
    secrets,
};

/// The prefix of mailed secrets.
const PREFIX: &str = "mot_";

/// Sends the mail of a job. If the worker stops between sending and finishing the job, the mail is sent again, with a
/// new secret.
///
/// # Errors
/// [`JobError`], which tells whether a retry can succeed.
pub(crate) async fn deliver(app: &App, mail: MailJob) -> Result<(), JobError> {
    let now = app.clock.now();
    let shop = &mail_shop(app).await?;
    let mail = match mail {
        MailJob::Token { id } => token_mail(app, shop, id, now).await?,
        MailJob::EmailChanged { to, id } => {
            let Text { subject, text } = templates::email_changed(shop);
            Some(Mail { to, subject, text, at: now, key: id.simple().to_string() })
        }
        MailJob::EmailChangeRequested { to, id } => {
            let Text { subject, text } = templates::email_change_requested(shop);
            Some(Mail { to, subject, text, at: now, key: id.simple().to_string() })
        }
        MailJob::OrderConfirmation(order) => {
            let link = order_link(app, shop, &order).await?;
            let Text { subject, text } = templates::order_confirmation(shop, &order, link.as_deref());
            Some(Mail { to: order.to, subject, text, at: now, key: format!("order-{}", plain(&order.number)) })
        }
    };
    let Some(mail) = mail else { return Ok(()) };
    app.mailer.send(&mail, &shop.from).await.map_err(|error| match error {
        MailError::Unavailable(_) => JobError::Retry(error.to_string()),
        MailError::Refused(_) => JobError::Permanent(error.to_string()),
    })
}

/// The link to the page of an order, if the storefront is configured.
async fn order_link(app: &App, shop: &MailShop, confirmation: &OrderConfirmation) -> ServiceResult<Option<String>> {
    let (Some(storefront), Some(id)) = (&shop.storefront, confirmation.order_id) else { return Ok(None) };
    let order = orders::find(&mut *app.db.read().await?, id).await?;
    Ok(order.map(|order| storefront.order(id, &order.token)))
}

/// The mail of a one-time token; none if there is no recipient, or the token is used or expired.
async fn token_mail(app: &App, shop: &MailShop, id: Uuid, now: Timestamp) -> ServiceResult<Option<Mail>> {
    let mut conn = app.db.write().await?;
    let Some(mut token) = one_time_tokens::find_unused(&mut conn, id, now).await? else { return Ok(None) };
    let text = match addressee(&mut conn, &mut token).await? {
        Addressee::Nobody => return Ok(None),
        Addressee::HasAccount => templates::account_exists(shop),
        Addressee::Holder => {
            let secret = secrets::random_text(PREFIX);
            one_time_tokens::set_digest(&mut conn, &token, &secrets::digest(&secret)).await?;
            templates::token(shop, token.purpose, &secret)
        }
    };
    let Text { subject, text } = text;
    Ok(Some(Mail { to: token.email, subject, text, at: now, key: id.simple().to_string() }))
}

/// The recipient of the mail of a token.
enum Addressee {
    /// The person who gets the secret.
    Holder,
    /// A person whose address already has an account.
    HasAccount,
    /// Nobody: the account does not exist.
    Nobody,
}

/// Finds the account of a token. This happens here and not in the request, so that the response of the request does not
/// tell whether the address has an account.
async fn addressee(conn: &mut Conn, token: &mut OneTimeToken) -> ServiceResult<Addressee> {
    Ok(match token.purpose {
        Purpose::Register | Purpose::EmailChange => match customers::find_by_email(conn, &token.email).await? {
            Some(_) => Addressee::HasAccount,
            None => Addressee::Holder,
        },
        Purpose::PasswordReset => match customers::find_by_email(conn, &token.email).await? {
            Some(customer) => {
                token.customer = Some(customer.id);
                Addressee::Holder
            }
            None => Addressee::Nobody,
        },
        Purpose::StaffInvite => Addressee::Holder,
        Purpose::StaffPasswordReset => match staff::find_by_email(conn, &token.email).await? {
            Some(user) if user.is_active => {
                token.staff = Some(user.id);
                Addressee::Holder
            }
            _ => Addressee::Nobody,
        },
    })
}

/// The text reduced to characters that are safe in file names and message ids.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
