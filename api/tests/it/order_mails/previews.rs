//! Samples of every mail in every language.

use services::mail::{self, MailConfig, MailPreview, Template, Templates};

const LANGUAGES: [&str; 4] = ["en", "de", "fr", "ja"];

fn previews(language: &str) -> Vec<(Template, MailPreview)> {
    let templates = Templates::load(None).unwrap();
    let locale = language.parse().unwrap();
    let show = |template: &Template| {
        (*template, mail::preview(&templates, &MailConfig::default(), *template, &locale).unwrap())
    };
    Template::all().iter().map(show).collect()
}

#[test]
fn every_mail_has_the_reviewed_text() {
    for language in LANGUAGES {
        let shown = |(template, mail): (Template, MailPreview)| {
            format!("===== {template}\nSubject: {}\n\n{}", mail.subject, mail.text)
        };
        let all: Vec<String> = previews(language).into_iter().map(shown).collect();
        insta::assert_snapshot!(format!("mails_{language}"), all.join("\n"));
    }
}

#[test]
fn every_mail_is_a_well_formed_page_of_the_same_text() {
    for language in LANGUAGES {
        for (template, mail) in previews(language) {
            let name = format!("{language}/{template}");
            assert_eq!(unclosed(&mail.html), Vec::<String>::new(), "{name}");
            assert!(mail.html.starts_with("<!doctype html>"), "{name}");
            assert!(mail.html.contains(&format!("<html lang=\"{language}\">")), "{name}");
            for text in [&mail.subject, &mail.text] {
                assert!(!text.contains("{{") && !text.contains("{%") && !text.contains("none"), "{name}: {text}");
            }
            // No language has kept the words of another.
            assert!(language == "en" || !mail.text.contains("Hello"), "{name}");
            assert!(mail.text.lines().all(|line| line.len() < 990), "{name}");
        }
    }
}

/// The elements of a page that are not closed in order.
fn unclosed(html: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').unwrap();
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('!') || ["br", "meta"].contains(&name.as_str()) {
            continue;
        }
        if name == "style" && !tag.starts_with('/') {
            rest = &rest[rest.find("</style>").unwrap() + 8..];
        } else if tag.starts_with('/') {
            if open.pop().as_deref() != Some(&name) {
                return vec![format!("unexpected </{name}>")];
            }
        } else {
            open.push(name);
        }
    }
    open
}
