//! Sending the mail of a job: reads what it is about, renders it and creates the one-time secret.

use model::{
    Formats, Locale, Timestamp,
    customers::{OneTimeToken, Purpose},
};
use persistence::{Conn, customers, one_time_tokens, staff};
use uuid::Uuid;

use super::{
    Mail, MailError, MailShop, Template,
    compose::{Envelope, compose, shop_content},
    content::Content,
    mail_shop,
    orders::order_mail,
};
use crate::{
    App, ServiceResult,
    jobs::{JobError, MailJob, MailKind, Notice},
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
        MailJob::Token { id, locale } => token_mail(app, shop, id, locale, now).await?,
        MailJob::EmailChanged(notice) => Some(notice_mail(app, shop, Template::EmailChanged, notice, now).await?),
        MailJob::EmailChangeRequested(notice) => {
            Some(notice_mail(app, shop, Template::EmailChangeRequested, notice, now).await?)
        }
        MailJob::StaffEmailChanged(notice) => {
            Some(notice_mail(app, shop, Template::StaffEmailChanged, notice, now).await?)
        }
        MailJob::StaffEmailChangeRequested(notice) => {
            Some(notice_mail(app, shop, Template::StaffEmailChangeRequested, notice, now).await?)
        }
        MailJob::Order { order_id, kind, id } => order_mail(app, shop, order_id, kind, id, now).await?,
        // Not distinguished from a later mail, because earlier versions sent one per order.
        MailJob::OrderConfirmation { order_id } => {
            order_mail(app, shop, order_id, MailKind::Confirmed, order_id.uuid(), now).await?
        }
    };
    let Some(mail) = mail else { return Ok(()) };
    app.mailer.send(&mail, &shop.from).await.map_err(|error| match error {
        MailError::Unavailable(_) => JobError::Retry(error.to_string()),
        MailError::Refused(_) => JobError::Permanent(error.to_string()),
    })
}

/// A notice to an address that an account had or still has.
async fn notice_mail(
    app: &App,
    shop: &MailShop,
    template: Template,
    notice: Notice,
    now: Timestamp,
) -> Result<Mail, JobError> {
    let Notice { to, id, locale } = notice;
    let language = app.mail_templates.language(template, &account_locales(app, locale).await?);
    let content = Content { shop: shop_content(shop, &Formats::of(&language.locale)), ..Content::default() };
    Ok(compose(app, template, &language, &content, Envelope { to, id, at: now })?)
}

/// The mail of a one-time token; none if there is no recipient, or the token is used or expired.
async fn token_mail(
    app: &App,
    shop: &MailShop,
    id: Uuid,
    locale: Option<Locale>,
    now: Timestamp,
) -> Result<Option<Mail>, JobError> {
    let locales = account_locales(app, locale).await?;
    let mut conn = app.db.write().await?;
    let Some(mut token) = one_time_tokens::find_unused(&mut conn, id, now).await? else { return Ok(None) };
    let template = match addressee(&mut conn, &mut token).await? {
        Addressee::Nobody => return Ok(None),
        Addressee::HasAccount => Template::AccountExists,
        Addressee::Holder => Template::of_purpose(token.purpose),
    };
    let language = app.mail_templates.language(template, &locales);
    let mut content = Content { shop: shop_content(shop, &Formats::of(&language.locale)), ..Content::default() };
    if let Some(page) = template.token_page() {
        let secret = secrets::random_text(PREFIX);
        one_time_tokens::set_digest(&mut conn, &token, &secrets::digest(&secret)).await?;
        let lifetime = token.purpose.lifetime();
        content.link = app.mail.storefront.as_ref().map(|storefront| storefront.token_page(page, &secret));
        content.hours = lifetime.num_hours();
        content.days = lifetime.num_days();
        content.code = Some(secret);
    }
    Ok(Some(compose(app, template, &language, &content, Envelope { to: token.email, id, at: now })?))
}

/// The languages for an account, best first: of the request or account, then of the shop's default channel.
async fn account_locales(app: &App, locale: Option<Locale>) -> ServiceResult<Vec<Locale>> {
    let settings = app.settings.current(&app.db).await?;
    let channel = settings.default_channel().map(|channel| channel.locale_chain(locale.as_ref())).unwrap_or_default();
    Ok(locale.into_iter().chain(channel).collect())
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
        Purpose::CustomerInvite | Purpose::StaffInvite => Addressee::Holder,
        // An address that got an account meanwhile cannot become the address of another one.
        Purpose::StaffEmailChange => match staff::find_by_email(conn, &token.email).await? {
            Some(_) => Addressee::Nobody,
            None => Addressee::Holder,
        },
        Purpose::StaffPasswordReset => match staff::find_by_email(conn, &token.email).await? {
            Some(user) if user.is_active => {
                token.staff = Some(user.id);
                Addressee::Holder
            }
            _ => Addressee::Nobody,
        },
    })
}
