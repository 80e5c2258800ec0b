//! Details of an account that a cart starts with.

use super::Email;
use crate::{Address, CheckedVatId};

/// The details of a customer's account that a cart starts with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckoutDetails {
    /// The e-mail address of the account.
    pub email: Option<Email>,
    /// The VAT identification number of the account.
    pub vat_id: Option<CheckedVatId>,
    /// The default shipping address.
    pub shipping_address: Option<Address>,
    /// The default billing address.
    pub billing_address: Option<Address>,
}
