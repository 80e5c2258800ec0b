//! Samples of mails, without a database.

use model::{Formats, Locale};

use super::{MailConfig, Template, TemplateError, Templates, sample};

/// A mail as its recipient sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPreview {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same text for mail programs that show HTML.
    pub html: String,
}

/// A mail about a sample order or account, in a language that has a template for it.
///
/// # Errors
/// [`TemplateError`] if the template names something that does not exist.
pub fn preview(
    templates: &Templates,
    config: &MailConfig,
    template: Template,
    locale: &Locale,
) -> Result<MailPreview, TemplateError> {
    let language = templates.language(template, std::slice::from_ref(locale));
    let formats = Formats::of(&language.locale);
    let content = sample::content(template, config, &formats, language.locale.language());
    let rendered = templates.render(template, &language, &content)?;
    Ok(MailPreview { subject: rendered.subject, text: rendered.text, html: rendered.html })
}

/// Renders every mail in every language, so that a mistake in a merchant's template is found before a mail is due.
///
/// # Errors
/// [`TemplateError`] of the first mail that cannot be rendered.
pub fn check(templates: &Templates, config: &MailConfig) -> Result<(), TemplateError> {
    for template in Template::all() {
        for locale in templates.folders(*template) {
            preview(templates, config, *template, &locale)?;
        }
    }
    Ok(())
}
