//! Rendering of mails from templates.

use std::{collections::BTreeMap, path::Path};

use minijinja::{AutoEscape, Environment, Error, State, UndefinedBehavior, Value, context};
use model::Locale;
use serde_json::{Map, Value as Json};

use super::{
    Template,
    content::Content,
    sources::{self, FolderError, Sources, WORDS},
};

/// The language that has every template.
const FALLBACK: &str = "en";

/// The longest subject, in characters.
const MAX_SUBJECT: usize = 200;

/// The templates of all mails in all languages.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    /// The words of each language.
    words: BTreeMap<String, Map<String, Json>>,
}

/// The templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The merchant's folder cannot be read, or contains an unknown file.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The file of words is not an object of texts.
    #[error("mail template {file}: {message}")]
    Words {
        /// The file.
        file: String,
        /// The reason.
        message: String,
    },
    /// A template is malformed, or names something that does not exist.
    #[error("mail template {file}: {message}")]
    Template {
        /// The template; `.txt` and `.html` stand for a `.j2` file too.
        file: String,
        /// The reason, with the line.
        message: String,
    },
    /// The mail has no subject.
    #[error("mail template {0}: the block `subject` is empty")]
    NoSubject(String),
}

/// The language of a mail: the folder of its template, and the locale of its amounts and dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Language {
    folder: String,
    /// The locale of amounts and dates.
    pub locale: Locale,
}

/// A rendered mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Templates {
    /// The templates of the binary, overridden by those of a merchant's folder.
    ///
    /// # Errors
    /// [`TemplateError`] if a file cannot be read or is malformed.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let mut files = sources::embedded();
        if let Some(folder) = folder {
            files.extend(sources::of_folder(folder)?);
        }
        let words = all_words(&files)?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.add_filter("paragraphs", paragraphs);
        for (name, source) in files.iter().filter(|(name, _)| !name.ends_with(WORDS)) {
            let names = match name.strip_suffix(".j2") {
                // One file for both forms, unless a form has its own.
                Some(stem) => [format!("{stem}.txt"), format!("{stem}.html")]
                    .into_iter()
                    .filter(|name| !files.contains_key(name))
                    .collect(),
                None => vec![name.clone()],
            };
            for name in names {
                let added = environment.add_template_owned(name.clone(), source.to_string());
                added.map_err(|error| template_error(name, &error))?;
            }
        }
        Ok(Self { environment, words })
    }

    /// The language of a mail: the first of the locales for which it has a template, else English.
    pub(super) fn language(&self, template: Template, locales: &[Locale]) -> Language {
        let folders = |locale: &Locale| [locale.as_str().to_owned(), locale.language().to_owned()];
        let found = locales.iter().find_map(|locale| {
            let folder = folders(locale).into_iter().find(|folder| self.has(template, folder))?;
            Some(Language { folder, locale: locale.clone() })
        });
        found.unwrap_or_else(|| Language { folder: FALLBACK.to_owned(), locale: Locale::english() })
    }

    /// The locales that have a template of a mail.
    #[must_use]
    pub fn folders(&self, template: Template) -> Vec<Locale> {
        self.words.keys().filter(|folder| self.has(template, folder)).filter_map(|tag| tag.parse().ok()).collect()
    }

    fn has(&self, template: Template, folder: &str) -> bool {
        [".txt", ".html"].iter().all(|end| self.environment.get_template(&format!("{folder}/{template}{end}")).is_ok())
    }

    /// Renders a mail.
    ///
    /// # Errors
    /// [`TemplateError`] if the template names something that does not exist, or has no subject.
    pub(super) fn render(
        &self,
        template: Template,
        language: &Language,
        content: &Content,
    ) -> Result<Rendered, TemplateError> {
        let layout = if template.is_about_order() { "order" } else { "base" };
        let words = self.words.get(&language.folder).map(Value::from_serialize).unwrap_or_default();
        let content = Value::from_serialize(content);
        let render = |end: &str, layout: &str, subject: &str| {
            let file = format!("{}/{template}{end}", language.folder);
            let values = context! {
                layout,
                subject,
                words => words.clone(),
                language => language.locale.as_str(),
                ..content.clone()
            };
            let rendered = self.environment.get_template(&file).and_then(|template| template.render(values));
            rendered.map_err(|error| template_error(file, &error))
        };
        let subject = one_line(&render(".txt", "subject.txt", "")?);
        if subject.is_empty() {
            return Err(TemplateError::NoSubject(format!("{}/{template}.txt", language.folder)));
        }
        Ok(Rendered {
            text: tidy(&render(".txt", &format!("{layout}.txt"), &subject)?),
            html: render(".html", &format!("{layout}.html"), &subject)?,
            subject,
        })
    }
}

/// The words of each language: those of the merchant over those of the binary, and English ones for a new language.
fn all_words(files: &Sources) -> Result<BTreeMap<String, Map<String, Json>>, TemplateError> {
    let read = |file: &str, text: &str| {
        let words: Map<String, Json> = serde_json::from_str(text)
            .map_err(|error| TemplateError::Words { file: file.to_owned(), message: error.to_string() })?;
        match words.iter().find(|(_, word)| !word.is_string()) {
            Some((key, _)) => {
                Err(TemplateError::Words { file: file.to_owned(), message: format!("`{key}` is not a text") })
            }
            None => Ok(words),
        }
    };
    let embedded = sources::embedded();
    let fallback = format!("{FALLBACK}/{WORDS}");
    let mut all = BTreeMap::new();
    for folder in files.keys().filter_map(|name| name.split_once('/')).map(|(folder, _)| folder) {
        if all.contains_key(folder) {
            continue;
        }
        let file = format!("{folder}/{WORDS}");
        let language = folder.split('-').next().unwrap_or(folder);
        let mut words = Map::new();
        for source in [&fallback, &format!("{language}/{WORDS}"), &file] {
            if let Some(text) = embedded.get(source) {
                words.extend(read(source, text)?);
            }
        }
        if let Some(text) = files.get(&file) {
            words.extend(read(&file, text)?);
        }
        all.insert(folder.to_owned(), words);
    }
    Ok(all)
}

fn template_error(file: String, error: &Error) -> TemplateError {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        message = format!("{message}: {inner}");
        source = inner.source();
    }
    TemplateError::Template { file, message }
}

/// The paragraphs of a text, which blank lines separate. A line break within a paragraph stays.
fn paragraphs(state: &State<'_, '_>, text: &str) -> Value {
    let lines = |paragraph: &str, glue: &str| paragraph.lines().map(str::trim).collect::<Vec<_>>().join(glue);
    let parts = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    if matches!(state.auto_escape(), AutoEscape::None) {
        let text: Vec<String> = parts.map(|part| lines(part, "\n") + "\n\n").collect();
        return Value::from(text.concat());
    }
    // The text was escaped when it was rendered.
    let html: Vec<String> = parts.map(|part| format!("<p>{}</p>\n", lines(part, "<br>"))).collect();
    Value::from_safe_string(html.concat())
}

/// The text on one line, so that it is a valid header, without control characters.
fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(MAX_SUBJECT).collect()
}

/// The text without blanks at the end of lines, and with at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        // The delimiter of a signature ends with a blank.
        let line = if line == "-- " { line } else { line.trim_end() };
        let repeats = line.is_empty() && lines.last().is_none_or(|last| last.is_empty());
        if !repeats {
            lines.push(line);
        }
    }
    format!("{}\n", lines.join("\n").trim_end())
}
