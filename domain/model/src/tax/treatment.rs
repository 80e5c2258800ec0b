//! Buyers who owe no tax: exempt customers, and businesses in another member state of the European Union.

use serde::{Deserialize, Serialize};

use crate::{
    CheckedVatId, Country,
    channels::{Channel, StockLocation},
    is_member_state,
};

/// The tax treatment of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaxTreatment {
    /// The seller charges tax.
    #[default]
    Taxed,
    /// The customer is exempt.
    Exempt,
    /// The buyer is a business in another member state and owes the tax itself.
    ReverseCharge,
}

impl TaxTreatment {
    /// True if the buyer pays no tax to the seller.
    #[must_use]
    pub const fn is_relieved(self) -> bool {
        !matches!(self, Self::Taxed)
    }
}

/// Everything that the tax treatment of a sale depends on.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one sale")]
pub struct Sale<'a> {
    /// The country that the seller sells from.
    pub seller: Option<Country>,
    /// The country that the goods go to.
    pub destination: Option<Country>,
    /// True if the rate of the place is one of certain postal codes. In a member state these are territories outside the
    /// common VAT area, such as the Canary Islands, where no reverse charge applies.
    pub is_special_territory: bool,
    /// True if the buyer picks up the goods, so that they do not leave the seller's country.
    pub is_pickup: bool,
    /// The VAT identification number of the buyer.
    pub vat_id: Option<&'a CheckedVatId>,
    /// True if only numbers count that the tax authority has confirmed.
    pub needs_confirmation: bool,
    /// True if the customer is exempt.
    pub is_exempt: bool,
}

impl Sale<'_> {
    /// The tax treatment.
    #[must_use]
    pub fn treatment(&self) -> TaxTreatment {
        if self.is_reverse_charge() {
            TaxTreatment::ReverseCharge
        } else if self.is_exempt {
            TaxTreatment::Exempt
        } else {
            TaxTreatment::Taxed
        }
    }

    /// True for goods that go from one member state to another, to a business that a third or the same other member state
    /// registered.
    fn is_reverse_charge(&self) -> bool {
        let is_accepted = |vat_id: &&CheckedVatId| !self.needs_confirmation || vat_id.confirmed_at.is_some();
        let buyer = self.vat_id.filter(is_accepted).and_then(|vat_id| vat_id.number.member_state());
        match (self.seller, self.destination, buyer) {
            (Some(seller), Some(destination), Some(buyer)) => {
                let is_between = is_member_state(seller) && is_member_state(destination) && seller != destination;
                is_between && buyer != seller && !self.is_pickup && !self.is_special_territory
            }
            _ => false,
        }
    }
}

/// The country that a channel sells from: that of its first stock location, or its default country.
#[must_use]
pub fn seller_country(channel: &Channel, locations: &[StockLocation]) -> Option<Country> {
    let first = channel.locations.first().and_then(|id| locations.iter().find(|location| location.id == *id));
    first.map(|location| location.country).or_else(|| channel.default_country())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    fn treatment(seller: &str, destination: &str, number: Option<&str>) -> TaxTreatment {
        let vat_id = number.map(|number| CheckedVatId::from(number.parse::<crate::VatId>().unwrap()));
        sale(seller, destination, vat_id.as_ref()).treatment()
    }

    fn sale<'a>(seller: &str, destination: &str, vat_id: Option<&'a CheckedVatId>) -> Sale<'a> {
        Sale {
            seller: seller.parse().ok(),
            destination: destination.parse().ok(),
            is_special_territory: false,
            is_pickup: false,
            vat_id,
            needs_confirmation: false,
            is_exempt: false,
        }
    }

    #[test]
    fn businesses_in_another_member_state_owe_the_tax_themselves() {
        use TaxTreatment::{ReverseCharge, Taxed};
        let (austrian, german, british) = (Some("ATU13585627"), Some("DE136695976"), Some("GB980780684"));
        for (seller, destination, number, expected) in [
            ("DE", "AT", austrian, ReverseCharge),
            ("DE", "FR", austrian, ReverseCharge),
            ("DE", "DE", austrian, Taxed),
            ("DE", "AT", german, Taxed),
            ("DE", "AT", british, Taxed),
            ("DE", "AT", None, Taxed),
            ("DE", "CH", austrian, Taxed),
            ("US", "AT", austrian, Taxed),
        ] {
            assert_eq!(treatment(seller, destination, number), expected, "{seller} {destination} {number:?}");
        }
    }

    #[test]
    fn goods_that_are_picked_up_or_leave_the_vat_area_are_taxed() {
        let vat_id = CheckedVatId::from("ATU13585627".parse::<crate::VatId>().unwrap());
        let plain = sale("DE", "ES", Some(&vat_id));
        assert_eq!(Sale { is_pickup: true, ..plain }.treatment(), TaxTreatment::Taxed);
        assert_eq!(Sale { is_special_territory: true, ..plain }.treatment(), TaxTreatment::Taxed);
    }

    #[test]
    fn a_confirmation_can_be_required() {
        let number: crate::VatId = "ATU13585627".parse().unwrap();
        let confirmed = CheckedVatId { number: number.clone(), confirmed_at: Some(Timestamp::UNIX_EPOCH) };
        for (vat_id, expected) in [(number.into(), TaxTreatment::Taxed), (confirmed, TaxTreatment::ReverseCharge)] {
            let asked = Sale { needs_confirmation: true, ..sale("DE", "AT", Some(&vat_id)) };
            assert_eq!(asked.treatment(), expected, "{vat_id:?}");
        }
    }

    #[test]
    fn exempt_customers_pay_no_tax_anywhere() {
        let exempt = Sale { is_exempt: true, ..sale("US", "US", None) };
        assert_eq!(exempt.treatment(), TaxTreatment::Exempt);
        assert!(exempt.treatment().is_relieved() && !TaxTreatment::Taxed.is_relieved());
    }
}
