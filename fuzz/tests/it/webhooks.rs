//! Webhooks of a payment gateway: forged headers, and signed bodies of any content.

use std::time::Duration;

use fuzz::{fuzz, mutated};
use proptest::prelude::*;
use services::{
    payments::{PaymentGateway as _, Sandbox},
    webhook_signature::Secret,
};

const NOW: i64 = 1_800_000_000;

const BODY: &str = r#"{"type":"charge.authorized","data":{"id":"ch_1","reference":"pa_1","currency":"EUR","amount":2480,
"decision":"AUTHORIZED","failure":null,"redirectUrl":null,"operations":[{"id":"op_1","kind":"AUTHORIZE","amount":2480,
"key":"k","at":"2026-11-29T10:00:00Z"},{"id":"op_2","kind":"CAPTURE","amount":1000,"key":null,"at":"2026-11-29T10:00:01Z"}]}}"#;

const WORDS: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "1e400",
    "\"\"",
    "[]",
    "{}",
    "JPY",
    "XXX",
    "AUTHORIZE",
    "CAPTURE",
    "VOID",
    "REFUND",
    "PENDING",
    "DECLINED",
    "\\u0000",
    "\\ud800",
    "+275760-09-13T00:00:00Z",
];

fn secret() -> Secret {
    Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
}

fn gateway() -> Sandbox {
    let url = "http://127.0.0.1:1".parse().unwrap();
    Sandbox::new(reqwest::Client::new(), url, String::new(), secret(), Duration::from_secs(1))
}

#[test]
fn signed_bodies() {
    let gateway = gateway();
    let signed = |body: &[u8]| {
        let signature = secret().sign("msg", NOW, body);
        let time = NOW.to_string();
        let header = |name: &str| match name {
            "webhook-id" => Some("msg"),
            "webhook-timestamp" => Some(time.as_str()),
            "webhook-signature" => Some(signature.as_str()),
            _ => None,
        };
        gateway.read_webhook(&header, body, NOW).unwrap()
    };
    assert!(signed(BODY.as_bytes()).is_ok(), "{:?}", signed(BODY.as_bytes()));
    let bodies = prop_oneof![
        4 => mutated(vec![BODY.to_owned()], WORDS).prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..300),
    ];
    fuzz(&bodies, |body| {
        let _ = signed(&body);
    });
}

#[test]
fn forged_headers_are_rejected() {
    let gateway = gateway();
    let time = prop_oneof![Just(NOW.to_string()), any::<i64>().prop_map(|time| time.to_string()), any::<String>()];
    fuzz(&(any::<String>(), time, any::<String>()), |(id, time, signature)| {
        let header = |name: &str| match name {
            "webhook-id" => Some(id.as_str()),
            "webhook-timestamp" => Some(time.as_str()),
            "webhook-signature" => Some(signature.as_str()),
            _ => None,
        };
        assert!(gateway.read_webhook(&header, BODY.as_bytes(), NOW).unwrap().is_err());
    });
}
