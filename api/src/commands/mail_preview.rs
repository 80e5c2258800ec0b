//! `mercator mail-preview`.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use model::Locale;
use services::mail::{self, MailConfig, Template, Templates};

use crate::{config::MailArgs, start::StartError};

/// The name of all kinds together.
const ALL: &str = "all";

/// Show a mail about a sample order or account, without a database. Use it to try templates of your own.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Kind of mail, or `all`.
    #[arg(value_parser = kinds())]
    kind: String,
    /// Language of the mail; a language without templates shows the English mail.
    #[arg(long, default_value = "en", value_parser = |text: &str| text.parse::<Locale>().map_err(|error| error.to_string()))]
    locale: Locale,
    /// Folder for the files <locale>-<kind>.html and .txt; without it, subject and text are printed.
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    mail: MailArgs,
}

/// The names of the kinds, for the help and for errors.
fn kinds() -> PossibleValuesParser {
    let names = Template::all().iter().map(|template| template.name()).chain([ALL]);
    PossibleValuesParser::new(names.collect::<Vec<_>>())
}

/// Prints or writes the mails.
///
/// # Errors
/// [`StartError::Command`] if a template is malformed; [`StartError::Io`] if a file cannot be written.
pub fn run(args: &Args) -> Result<(), StartError> {
    let config = args.mail.preview_config()?;
    let failed = |error: mail::TemplateError| StartError::Command(error.to_string());
    let templates = Templates::load(config.templates.as_deref()).map_err(failed)?;
    for template in Template::all() {
        if args.kind == ALL || args.kind == template.name() {
            show(args, &config, &templates, *template)?;
        }
    }
    Ok(())
}

fn show(args: &Args, config: &MailConfig, templates: &Templates, template: Template) -> Result<(), StartError> {
    let mail = mail::preview(templates, config, template, &args.locale)
        .map_err(|error| StartError::Command(error.to_string()))?;
    let text = format!("Subject: {}\n\n{}", mail.subject, mail.text);
    let Some(folder) = &args.out else {
        println!("{text}");
        return Ok(());
    };
    std::fs::create_dir_all(folder)?;
    let name = format!("{}-{template}", args.locale);
    write(&folder.join(format!("{name}.txt")), &text)?;
    write(&folder.join(format!("{name}.html")), &mail.html)
}

fn write(path: &Path, text: &str) -> Result<(), StartError> {
    std::fs::write(path, text)?;
    println!("wrote {}", path.display());
    Ok(())
}
