//! Filling a cart from the account of its customer.

use super::Cart;
use crate::customers::CheckoutDetails;

impl Cart {
    /// Fills the empty fields with details of the account; details that the shopper entered stay.
    pub fn fill_in(&mut self, details: CheckoutDetails) {
        let CheckoutDetails { email, vat_id, shipping_address, billing_address } = details;
        self.buyer.email = self.buyer.email.take().or(email.map(Into::into));
        self.buyer.vat_id = self.buyer.vat_id.take().or(vat_id);
        self.shipping_address = self.shipping_address.take().or(shipping_address);
        self.billing_address = self.billing_address.take().or(billing_address);
    }
}
