//! Filling a cart from the account of its customer: e-mail address and default addresses.

use model::{access::Actor, cart::Cart};
use persistence::{Conn, StoreResult, customers};

/// Makes a guest's cart the cart of the acting customer, and fills its empty fields from the account: details that the
/// shopper entered before the login stay.
pub(super) async fn claim(conn: &mut Conn, cart: &mut Cart, actor: &Actor) -> StoreResult<()> {
    if cart.customer.is_none() {
        cart.assign_to(actor);
        fill_in(conn, cart).await?;
    }
    Ok(())
}

/// Fills the empty fields of a customer's cart from the account, with one statement; guests have no account to read.
pub(super) async fn fill_in(conn: &mut Conn, cart: &mut Cart) -> StoreResult<()> {
    if let Some(customer) = cart.customer
        && let Some(details) = customers::checkout_details::find(conn, customer).await?
    {
        cart.fill_in(details);
    }
    Ok(())
}
