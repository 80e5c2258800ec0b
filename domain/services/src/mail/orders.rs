//! Mails about orders. Everything is read when the mail is sent, so that jobs contain no personal data.

use model::{
    Formats, Locale, Timestamp,
    channels::{Channel, PriceMode, TransferAccount},
    customers::Email,
    ids::{FulfillmentId, OrderId, PaymentTransactionId},
    orders::{FulfillmentState, Order, OrderStatus, REMOVED_EMAIL},
    payments::TransferInstructions,
};
use persistence::{Conn, customers, orders, payments};
use uuid::Uuid;

use super::{
    Mail, MailShop, Template,
    compose::{Envelope, compose, shop_content},
    content::{Content, InstructionRow, InstructionsContent, RefundContent, ShipmentContent},
    order_content::OrderMail,
};
use crate::{
    App, ServiceResult,
    error::OrInternal as _,
    jobs::{JobError, MailKind},
};

/// The mail about an order; none if the order has no address any longer, or what the mail reports is not true any
/// longer.
///
/// # Errors
/// [`JobError`] if a store is unavailable or a template is malformed.
pub(super) async fn order_mail(
    app: &App,
    shop: &MailShop,
    order_id: OrderId,
    kind: MailKind,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<Mail>, JobError> {
    let settings = app.settings.current(&app.db).await?;
    let mut conn = app.db.read().await?;
    let Some(order) = orders::find(&mut conn, order_id).await?.filter(|order| is_current(order, kind)) else {
        return Ok(None);
    };
    let Some(to) = recipient(&order) else { return Ok(None) };
    let channel = settings.channel_by_id(order.channel);
    let account = settings.transfer_account(order.channel);
    let template = match kind {
        // Without an account, the buyer still learns that the order was received.
        MailKind::PaymentInstructions if account.is_none() => Template::OrderReceived,
        kind => Template::of_kind(kind),
    };
    let locales = locales(&mut conn, &order, channel.map(AsRef::as_ref)).await?;
    let language = app.mail_templates.language(template, &locales);
    let lines = orders::lines_of(&mut conn, &[order_id]).await?.remove(&order_id).unwrap_or_default();
    let mail = OrderMail {
        order: &order,
        lines: &lines,
        mode: channel.map_or(PriceMode::Gross, |channel| channel.price_mode()),
        formats: Formats::of(&language.locale),
    };
    let link = app.mail.storefront.as_ref().map(|storefront| storefront.order(order_id, &order.token));
    let mut content = Content {
        shop: shop_content(shop, &mail.formats),
        name: mail.name(),
        link,
        shows_order: template.shows_order(),
        order: Some(mail.content().or_internal("add up the amounts of an order")?),
        ..Content::default()
    };
    let is_true = add_details(&mut conn, &mail, kind, account, &mut content).await?;
    drop(conn);
    if !is_true {
        return Ok(None);
    }
    Ok(Some(compose(app, template, &language, &content, Envelope { to, id, at: now })?))
}

/// Adds what the mail reports; false if it is not true any longer.
async fn add_details(
    conn: &mut Conn,
    mail: &OrderMail<'_>,
    kind: MailKind,
    account: Option<&TransferAccount>,
    content: &mut Content,
) -> ServiceResult<bool> {
    match (kind, account) {
        (MailKind::Shipped { fulfillment }, _) => {
            content.shipment = shipment(conn, mail, fulfillment).await?;
            Ok(content.shipment.is_some())
        }
        (MailKind::Refunded { transaction }, _) => {
            content.refund = refund(conn, mail, transaction).await?;
            Ok(content.refund.is_some())
        }
        (MailKind::PaymentInstructions | MailKind::PaymentReminder, Some(account)) => {
            content.instructions = instructions(conn, mail, account).await?;
            Ok(content.instructions.is_some())
        }
        (MailKind::PaymentReminder, None) => Ok(false),
        (MailKind::PaymentInstructions | MailKind::Received | MailKind::Confirmed | MailKind::Canceled, _) => Ok(true),
    }
}

/// False if the order has changed since, so that the mail would be wrong.
const fn is_current(order: &Order, kind: MailKind) -> bool {
    match kind {
        MailKind::Received | MailKind::PaymentInstructions | MailKind::PaymentReminder => {
            matches!(order.status, OrderStatus::PendingPayment)
        }
        MailKind::Confirmed => matches!(order.status, OrderStatus::Open | OrderStatus::Completed),
        MailKind::Canceled => order.status.is_void(),
        MailKind::Shipped { .. } | MailKind::Refunded { .. } => true,
    }
}

/// The address of the buyer; none if it was removed or is malformed.
fn recipient(order: &Order) -> Option<Email> {
    if order.email == REMOVED_EMAIL {
        return None;
    }
    let email = order.email.parse();
    if email.is_err() {
        tracing::warn!(order = %order.id, "order has no valid e-mail address; its mail is not sent");
    }
    email.ok()
}

/// The languages of the buyer, best first: of the order, of the account, of the channel.
async fn locales(conn: &mut Conn, order: &Order, channel: Option<&Channel>) -> ServiceResult<Vec<Locale>> {
    let account = match order.customer {
        Some(id) => customers::find(conn, id).await?.and_then(|customer| customer.locale),
        None => None,
    };
    let chain = channel.map(|channel| channel.locale_chain(Some(&order.locale))).unwrap_or_default();
    Ok([order.locale.clone()].into_iter().chain(account).chain(chain).collect())
}

async fn shipment(conn: &mut Conn, mail: &OrderMail<'_>, id: FulfillmentId) -> ServiceResult<Option<ShipmentContent>> {
    let order = mail.order.id;
    let all = orders::fulfillments_of(conn, &[order]).await?.remove(&order).unwrap_or_default();
    let shipped = all.iter().find(|fulfillment| fulfillment.id == id);
    let shipped = shipped.filter(|fulfillment| fulfillment.state != FulfillmentState::Canceled);
    Ok(shipped.map(|fulfillment| mail.shipment(fulfillment)))
}

async fn refund(
    conn: &mut Conn,
    mail: &OrderMail<'_>,
    id: PaymentTransactionId,
) -> ServiceResult<Option<RefundContent>> {
    let order = mail.order.id;
    let paid = payments::by_orders(conn, &[order]).await?.remove(&order).unwrap_or_default();
    let ids: Vec<_> = paid.iter().map(|payment| payment.id).collect();
    let transactions = payments::transactions_of(conn, &ids).await?;
    let refund = transactions.into_values().flatten().find(|transaction| transaction.id == id);
    Ok(refund.map(|refund| RefundContent { amount: mail.formats.money(refund.amount) }))
}

/// The data for the transfer of what is still due; none if nothing is.
async fn instructions(
    conn: &mut Conn,
    mail: &OrderMail<'_>,
    account: &TransferAccount,
) -> ServiceResult<Option<InstructionsContent>> {
    let (order, formats) = (mail.order, &mail.formats);
    let paid = payments::by_orders(conn, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let awaited = paid.iter().find_map(|payment| TransferInstructions::of(order, payment, account));
    let Some(awaited) = awaited.filter(|awaited| !awaited.open.is_zero()) else { return Ok(None) };
    let (amount, until) = (formats.money(awaited.open), awaited.due_at.map(|until| formats.date_time(until)));
    let row = |word, value: String| InstructionRow { word, value };
    let mut rows = account_rows(account);
    rows.extend([row("reference", awaited.reference), row("amount_due", amount.clone())]);
    if !awaited.received.is_zero() {
        rows.push(row("received_so_far", formats.money(awaited.received)));
    }
    rows.extend(until.clone().map(|until| row("due_until", until)));
    rows.extend(account.note.clone().map(|note| row("payment_note", note)));
    Ok(Some(InstructionsContent { amount, until, rows }))
}

/// The account as it is entered into the form of a bank.
fn account_rows(account: &TransferAccount) -> Vec<InstructionRow> {
    let values = [
        ("account_holder", Some(account.account_holder.clone())),
        ("iban", account.iban.as_ref().map(ToString::to_string)),
        ("bic", account.bic.clone()),
        ("account_number", account.account_number.clone()),
        ("routing_number", account.routing_number.clone()),
        ("bank", account.bank_name.clone()),
    ];
    let row = |(word, value): (&'static str, Option<String>)| Some(InstructionRow { word, value: value? });
    values.into_iter().filter_map(row).collect()
}
