//! `mercator init`.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::PathBuf,
};

use model::{Country, Currency, Locale, access::Actor, customers::Email};
use services::{
    App,
    identity::{NewOwner, Owner},
    opening::{self, NewShop, Opened, Summary},
};

use crate::{
    config::{AppArgs, secret},
    start::{self, StartError},
};

/// Open a shop in a migrated database: owner, channel, taxes and stock location.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
    /// Name of the shop. On a terminal, missing values are asked for.
    #[arg(long)]
    shop_name: Option<String>,
    /// Country of the merchant as ISO 3166-1 code, such as DE; the first channel sells to it, with its taxes. A member of
    /// the European Union gets the rates of all members.
    #[arg(long, value_parser = country)]
    country: Option<Country>,
    /// Currency of prices as ISO 4217 code; by default that of the country.
    #[arg(long)]
    currency: Option<Currency>,
    /// Languages of content as BCP 47 tags, comma-separated, the default first; by default that of the country.
    #[arg(long, value_delimiter = ',')]
    languages: Vec<Locale>,
    /// True if prices are entered and shown with tax; by default false in the United States and Canada, else true. It cannot
    /// be changed later.
    #[arg(long, action = clap::ArgAction::Set)]
    prices_include_tax: Option<bool>,
    /// E-mail address of the owner: receives the invitation, and logs in with it.
    #[arg(long)]
    email: Option<String>,
    /// Name of the owner, shown to other staff.
    #[arg(long, default_value = "Owner")]
    owner_name: String,
    /// E-mail address that the shop sends mail from; staff can set it later.
    #[arg(long)]
    mail_from: Option<Email>,
    /// Read the owner's password from the first line of the standard input. Without a password, the owner gets an invitation
    /// by mail.
    #[arg(long)]
    password_stdin: bool,
    /// File with the owner's password; or set `MERCATOR_OWNER_PASSWORD` to it.
    #[arg(long, env = "MERCATOR_OWNER_PASSWORD_FILE", conflicts_with = "password_stdin")]
    owner_password_file: Option<PathBuf>,
}

fn country(text: &str) -> Result<Country, String> {
    text.trim().to_uppercase().parse().map_err(|error: model::UnknownCountry| error.to_string())
}

/// Opens the shop, or reports the shop that exists.
///
/// # Errors
/// [`StartError`] if a store fails, the database contains a demo, or a value is missing or invalid.
pub async fn run(args: Args) -> Result<(), StartError> {
    let app = start::connect(&args.app).await?;
    if let Some(name) = opening::existing(&app).await.map_err(command)? {
        return report_existing(&name);
    }
    match opening::open(&app, input(args)?).await.map_err(command)? {
        Opened::Before(name) => report_existing(&name),
        Opened::Now(summary) => report(&app, &summary).await,
    }
}

fn command(error: impl std::fmt::Display) -> StartError {
    StartError::Command(error.to_string())
}

fn report_existing(name: &str) -> Result<(), StartError> {
    say(&format!("the database contains the shop \"{name}\"; nothing was changed"))
}

/// The input from flags and environment, completed on a terminal.
fn input(args: Args) -> Result<NewShop, StartError> {
    let password = password(&args)?;
    let asks = !args.password_stdin && std::io::stdin().is_terminal();
    let missing = [
        ("--shop-name", args.shop_name.is_none()),
        ("--country", args.country.is_none()),
        ("--email", args.email.is_none()),
    ];
    let missing: Vec<&str> = missing.into_iter().filter(|(_, is_missing)| *is_missing).map(|(flag, _)| flag).collect();
    if !asks && !missing.is_empty() {
        return Err(StartError::Command(format!("{} must be given without a terminal", missing.join(", "))));
    }
    let has_all = missing.is_empty();
    let name = value(args.shop_name, "Name of the shop", |text| Ok(text.to_owned()))?;
    let country = value(args.country, "Country of the shop (such as DE)", country)?;
    let currency = match args.currency {
        None if !has_all => optional("Currency (empty: that of the country)")?,
        given => given,
    };
    let languages = if args.languages.is_empty() && !has_all {
        optional::<Locale>("Language (empty: that of the country)")?.into_iter().collect()
    } else {
        args.languages
    };
    let email = value(args.email, "E-mail address of the owner", |text| Ok(text.to_owned()))?;
    let owner = NewOwner { email, name: args.owner_name, password };
    Ok(NewShop {
        name,
        country,
        currency,
        languages,
        prices_include_tax: args.prices_include_tax,
        mail_from: args.mail_from,
        owner,
    })
}

fn password(args: &Args) -> Result<Option<String>, StartError> {
    if !args.password_stdin {
        return Ok(secret("MERCATOR_OWNER_PASSWORD", args.owner_password_file.as_deref())?);
    }
    let password = read_line()?;
    if password.is_empty() {
        return Err(StartError::Command("the standard input contains no password".to_owned()));
    }
    Ok(Some(password))
}

/// The given value, or the answer on the terminal, repeated until it is valid.
fn value<T>(given: Option<T>, question: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, StartError> {
    if let Some(given) = given {
        return Ok(given);
    }
    loop {
        let answer = ask(question)?;
        match parse(&answer) {
            Ok(value) if !answer.is_empty() => return Ok(value),
            Ok(_) => say("a value is required")?,
            Err(error) => say(&error)?,
        }
    }
}

/// The answer on the terminal; none if it is empty.
fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(question: &str) -> Result<Option<T>, StartError> {
    loop {
        let answer = ask(question)?;
        if answer.is_empty() {
            return Ok(None);
        }
        match answer.parse() {
            Ok(value) => return Ok(Some(value)),
            Err(error) => say(&error.to_string())?,
        }
    }
}

fn ask(question: &str) -> Result<String, StartError> {
    print!("{question}: ");
    std::io::stdout().flush()?;
    Ok(read_line()?.trim().to_owned())
}

/// A line of the standard input without its end.
///
/// # Errors
/// [`StartError::Command`] at the end of the input.
fn read_line() -> Result<String, StartError> {
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(StartError::Command("the standard input has ended".to_owned()));
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "its callers return the result")]
fn say(text: &str) -> Result<(), StartError> {
    println!("{text}");
    Ok(())
}

async fn report(app: &App, opened: &Summary) -> Result<(), StartError> {
    let channel = &opened.channel;
    let prices = if channel.prices_include_tax { "with tax" } else { "without tax" };
    println!("the shop is open");
    println!("  channel         {}, prices {prices}", channel.slug);
    let (classes, rates) = (opened.tax_classes.join(", "), opened.tax_rates);
    println!("  taxes           classes {classes}; {rates} rates, as known on {}", opened.taxes_checked);
    if opened.lacks_local_taxes {
        println!("                  without local taxes; delete the rates of states where you are not registered");
    }
    println!("  stock location  {}", opened.location);
    println!("  owner           {}", owner(opened.owner));
    let readiness = opening::readiness(app, &Actor::System).await?;
    if !readiness.is_ready() {
        println!("missing before the first sale:");
    }
    for missing in &readiness.missing {
        println!("  {}", missing.message);
    }
    println!("Check the tax rates before the first sale. Next, start `mercator serve` and `mercator worker`.");
    Ok(())
}

const fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Created => "can log in with the password",
        Owner::Invited => "is invited: a worker sends a mail with a link to choose a password",
        Owner::Existed => "existed and was not changed",
    }
}
