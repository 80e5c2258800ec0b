//! Verification of the certificate of Postgres, as `sslmode` says.

use std::sync::Arc;

use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};

use super::address::{Address, Roots, SslMode};

/// Verifies what the mode requires of a certificate.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// The trusted certificates; none accepts any certificate.
    trusted: Option<Trusted>,
    is_name_checked: bool,
}

#[derive(Debug)]
struct Trusted {
    roots: RootCertStore,
    /// The same certificates as they are.
    certificates: Vec<CertificateDer<'static>>,
}

/// The TLS configuration of an address.
///
/// # Errors
/// A message if the file of root certificates cannot be read.
pub(super) fn client_config(address: &Address) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let is_verified = matches!(address.mode, SslMode::VerifyCa | SslMode::VerifyFull);
    let trusted = match &address.roots {
        Some(roots) if is_verified => Some(Trusted::read(roots)?),
        _ => None,
    };
    let is_name_checked = address.mode == SslMode::VerifyFull;
    let verifier = Arc::new(Verifier { provider: provider.clone(), trusted, is_name_checked });
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    Ok(Arc::new(config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
}

impl Trusted {
    fn read(roots: &Roots) -> Result<Self, String> {
        let (certificates, place) = match roots {
            Roots::System => (rustls_native_certs::load_native_certs().certs, "the operating system".to_owned()),
            Roots::File(path) => {
                let place = path.display().to_string();
                let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
                (read.map_err(|error| format!("sslrootcert: {place} cannot be read: {error}"))?, place)
            }
        };
        let mut store = RootCertStore::empty();
        let (added, _) = store.add_parsable_certificates(certificates.iter().cloned());
        if added == 0 {
            return Err(format!("sslrootcert: {place} contains no root certificates"));
        }
        Ok(Self { roots: store, certificates })
    }

    fn verify(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        provider: &CryptoProvider,
        now: UnixTime,
    ) -> Result<(), Error> {
        let parsed = ParsedCertificate::try_from(certificate)?;
        let algorithms = provider.signature_verification_algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, intermediates, now, algorithms) {
            // The certificate itself is trusted: it is self-signed, or pinned. Its dates are checked before its issuer.
            Err(Error::InvalidCertificate(
                CertificateError::Other(_) | CertificateError::UnknownIssuer | CertificateError::BadSignature,
            )) if self.certificates.iter().any(|trusted| trusted.as_ref() == certificate.as_ref()) => Ok(()),
            verified => verified,
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(trusted) = &self.trusted {
            trusted.verify(certificate, intermediates, &self.provider, now)?;
        }
        if self.is_name_checked {
            verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
