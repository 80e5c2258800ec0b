//! Settings of the confirmation of VAT identification numbers.

use clap::{Args, ValueEnum};
use services::vat_ids::{VIES_URL, VatIdConfig};

/// The service that confirms VAT identification numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    /// None: valid check digits are enough.
    Off,
    /// VIES, the service of the European Commission.
    Vies,
}

/// The settings of the confirmation of VAT identification numbers.
#[derive(Debug, Clone, Args)]
pub struct VatIdArgs {
    /// Service that confirms the VAT identification numbers of businesses: off, or vies. With a service, only confirmed
    /// numbers lead to reverse charge.
    #[arg(long, env = "MERCATOR_VAT_ID_CHECK", value_enum, default_value_t = Check::Off)]
    vat_id_check: Check,
    /// Base URL of VIES.
    #[arg(long, env = "MERCATOR_VIES_URL", default_value = VIES_URL)]
    vies_url: String,
}

impl VatIdArgs {
    /// The settings.
    pub(super) fn config(&self) -> VatIdConfig {
        VatIdConfig { vies_url: (self.vat_id_check == Check::Vies).then(|| self.vies_url.clone()) }
    }
}
