//! A merchant's own templates.

use std::{fs, path::Path};

use services::{
    App, AppConfig,
    mail::{self, MailConfig, Template, TemplateError, Templates},
};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn preview(folder: &Path, template: Template, locale: &str) -> mail::MailPreview {
    let templates = Templates::load(Some(folder)).unwrap();
    mail::preview(&templates, &MailConfig::default(), template, &locale.parse().unwrap()).unwrap()
}

/// The error of starting with these files.
fn refused(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let checked = Templates::load(Some(folder.path()))
        .and_then(|templates| mail::check(&templates, &MailConfig::default()))
        .map_err(|error: TemplateError| error.to_string());
    checked.unwrap_err().replace(&folder.path().display().to_string(), "FOLDER")
}

const SHIPPED: &str = "{% extends layout %}
{% block subject %}Unterwegs:
  {{ order.number }} für {{ name }}{% endblock %}
{% block intro %}
Hallo {{ name }}!

Dein Paket {{ words.shipped_items }} ist <unterwegs>.
{% endblock %}
{% block button %}Los{% endblock %}";

#[test]
fn a_template_of_the_merchant_replaces_that_of_the_binary() {
    let folder = folder(&[("de/order-shipped.j2", SHIPPED), ("README.md", "ours")]);
    let german = preview(folder.path(), Template::OrderShipped, "de-AT");
    // A subject is one line, so that it cannot add headers.
    assert_eq!(german.subject, "Unterwegs: 1001 für Ada Lovelace");
    assert!(german.text.starts_with("Hallo Ada Lovelace!\n\nDein Paket Artikel in dieser Sendung"), "{}", german.text);
    assert!(german.html.contains("<p>Hallo Ada Lovelace!</p>"), "{}", german.html);
    let english = preview(folder.path(), Template::OrderShipped, "en");
    assert!(english.text.starts_with("Hello Ada Lovelace,"), "{}", english.text);
}

#[test]
fn a_form_a_layout_and_words_are_replaced_alone() {
    let words = r#"{ "total": "Summe" }"#;
    let html = "{% extends layout %}{% block intro %}Nur hier{% endblock %}";
    let files = [
        ("de/words.json", words),
        ("de/order-confirmed.html", html),
        ("base.txt", "{% block details %}{% endblock %}"),
    ];
    let folder = folder(&files);
    let mail = preview(folder.path(), Template::OrderConfirmed, "de");
    assert!(mail.html.contains("<p>Nur hier</p>") && mail.html.contains("Summe"), "{}", mail.html);
    assert!(mail.text.starts_with("Bestellung 1001") && mail.text.contains("Summe: "), "{}", mail.text);
    assert!(mail.subject.starts_with("Bestätigung Ihrer Bestellung"), "{}", mail.subject);
}

#[test]
fn another_language_needs_only_the_mails_that_it_replaces() {
    let spanish = "{% extends layout %}{% block subject %}Pedido {{ order.number }}{% endblock %}
{% block intro %}Gracias{% endblock %}{% block button %}Ver{% endblock %}";
    let folder = folder(&[("es/order-confirmed.j2", spanish)]);
    let mail = preview(folder.path(), Template::OrderConfirmed, "es-MX");
    assert_eq!(mail.subject, "Pedido 1001");
    assert!(mail.text.contains("51,97\u{a0}€"), "{}", mail.text);
    assert!(preview(folder.path(), Template::OrderShipped, "es").subject.starts_with("Your order"));
}

#[test]
fn a_mistake_is_reported_with_its_file_and_reason() {
    for (files, said) in [
        (vec![("de/order-shiped.j2", SHIPPED)], "FOLDER/de/order-shiped.j2 is not a mail template"),
        (vec![("german/order-shipped.j2", SHIPPED)], "FOLDER/german/order-shipped.j2 is not a mail template"),
        (vec![("frame.html", "")], "FOLDER/frame.html is not a mail template"),
        (vec![("de/order-shipped.j2", "{% block subject %}")], "mail template de/order-shipped"),
        (
            vec![("de/order-shipped.j2", "{% extends layout %}{% block subject %}{{ order.numer }}{% endblock %}")],
            "undefined",
        ),
        (vec![("de/order-shipped.j2", "{% extends layout %}")], "the block `subject` is empty"),
        (vec![("de/words.json", "{ \"total\": 1 }")], "mail template de/words.json: `total` is not a text"),
        (vec![("de/words.json", "{")], "mail template de/words.json"),
    ] {
        let error = refused(&files);
        assert!(error.contains(said), "{error}");
    }
}

#[tokio::test]
async fn a_process_does_not_start_with_a_mistake() {
    let folder = folder(&[("de/order-shipped.j2", "{{ oops")]);
    let mut config = AppConfig::new("postgres://127.0.0.1:1/none");
    config.mail.templates = Some(folder.path().to_owned());
    let error = App::builder(config).build().await.err().unwrap().to_string();
    assert!(error.starts_with("mail template de/order-shipped"), "{error}");
}
