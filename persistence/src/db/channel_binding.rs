//! The digest of a server's certificate that SCRAM binds the password to (`tls-server-end-point`, RFC 5929): a password
//! that is checked through another TLS connection than this one is rejected.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

const RSA: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
const ECDSA_SHA2: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// The digest; none if the signature of the certificate has no digest that the protocol defines.
pub(super) fn server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (certificate_fields, _) = element(certificate, SEQUENCE)?;
    let (_signed_part, rest) = element(certificate_fields, SEQUENCE)?;
    let (algorithm, _) = element(rest, SEQUENCE)?;
    let (identifier, _) = element(algorithm, OBJECT_IDENTIFIER)?;
    Some(digest(algorithm_of(identifier)?, certificate).as_ref().to_vec())
}

/// The digest of a signature algorithm; MD5 and SHA-1 are replaced by SHA-256.
fn algorithm_of(identifier: &[u8]) -> Option<&'static Algorithm> {
    if let Some(rsa) = identifier.strip_prefix(&RSA) {
        return match rsa {
            [4 | 5 | 11] => Some(&SHA256),
            [12] => Some(&SHA384),
            [13] => Some(&SHA512),
            _ => None,
        };
    }
    match identifier.strip_prefix(&ECDSA_SHA2)? {
        [2] => Some(&SHA256),
        [3] => Some(&SHA384),
        [4] => Some(&SHA512),
        _ => None,
    }
}

/// Splits DER into the content of its first element, which has this tag, and the rest.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = if length < 0x80 {
        (usize::from(length), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
        let length = bytes
            .iter()
            .try_fold(0_usize, |length, byte| length.checked_mul(256).map(|length| length | usize::from(*byte)))?;
        (length, rest)
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate with this signature algorithm and without meaningful content.
    fn certificate(identifier: &[u8]) -> Vec<u8> {
        let wrap = |tag: u8, content: &[u8]| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[tag, 0x82], &length[..], content].concat()
        };
        let algorithm = wrap(SEQUENCE, &wrap(OBJECT_IDENTIFIER, identifier));
        wrap(SEQUENCE, &[wrap(SEQUENCE, &[7; 300]), algorithm, wrap(0x03, &[0, 1])].concat())
    }

    #[test]
    fn the_digest_is_that_of_the_signature() {
        for (identifier, length) in [
            ([&RSA[..], &[5]].concat(), Some(32)),
            ([&RSA[..], &[11]].concat(), Some(32)),
            ([&RSA[..], &[13]].concat(), Some(64)),
            ([&ECDSA_SHA2[..], &[3]].concat(), Some(48)),
            (vec![0x2b, 0x65, 0x70], None),
        ] {
            let digest = server_end_point(&certificate(&identifier));
            assert_eq!(digest.map(|digest| digest.len()), length, "{identifier:?}");
        }
    }

    #[test]
    fn truncated_certificates_have_no_digest() {
        let whole = certificate(&[&RSA[..], &[11]].concat());
        for length in 0..330 {
            assert_eq!(server_end_point(&whole[..length.min(whole.len() - 1)]), None);
        }
    }
}
