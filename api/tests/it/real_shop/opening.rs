//! `mercator init`.

use std::{
    io::Write as _,
    process::{Output, Stdio},
};

use super::process::{Commands, EMAIL, PASSWORD, succeed};

/// The one line of a failed command.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success() && text.trim_end().lines().count() == 1, "{text}");
    text
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let shop = Commands::migrated().await;
    let first = succeed(&shop.init(&["--country", "DE", "--languages", "de,en"]));
    assert!(first.contains("the shop is open") && first.contains("standard, reduced"), "{first}");
    assert!(first.contains("no delivery to DE"), "{first}");
    let rows = async || {
        let tables = ["channels", "staff_users", "tax_rates", "tax_classes", "stock_locations", "audit_log", "jobs"];
        let mut counts = Vec::new();
        for table in tables {
            counts.push(shop.database.count(table).await);
        }
        counts
    };
    let before = rows().await;
    assert_eq!((before[0], before[1], before[4], before[6]), (1, 1, 1, 0));
    assert!(
        shop.database.count("channels where slug = 'de' and currencies = '{EUR}' and locales = '{de,en}'").await == 1
    );
    assert!(shop.database.count("channels where prices_include_tax and countries = '{DE}'").await == 1);
    let second = succeed(&shop.init(&["--country", "FR", "--currency", "CHF"]));
    assert!(second.contains("\"Tea House\"; nothing was changed"), "{second}");
    assert_eq!(rows().await, before);
}

#[tokio::test]
async fn a_member_gets_the_rates_of_all_members_and_an_american_shop_those_of_the_states() {
    let shop = Commands::migrated().await;
    succeed(&shop.init(&["--country", "fr"]));
    let members = "(select distinct country from tax_rates where class = 'standard') as members";
    assert_eq!(shop.database.count(members).await, 27);
    assert_eq!(shop.database.count("tax_classes").await, 4);
    let shop = Commands::migrated().await;
    let report = succeed(&shop.init(&["--country", "US"]));
    assert!(report.contains("prices without tax") && report.contains("without local taxes"), "{report}");
    assert_eq!(
        shop.database.count("tax_rates where country = 'US' and class = 'standard' and region is not null").await,
        51
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_at_a_time_open_one_shop() {
    let shop = Commands::migrated().await;
    let spawn = || {
        let mut command = shop.command(&["init", "--shop-name", "Tea House", "--email", EMAIL, "--country", "DE"]);
        command.env("MERCATOR_OWNER_PASSWORD", PASSWORD).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [spawn(), spawn()].map(|child| succeed(&child.wait_with_output().unwrap()));
    let opened = both.iter().filter(|output| output.contains("the shop is open")).count();
    let found = both.iter().filter(|output| output.contains("nothing was changed")).count();
    assert_eq!((opened, found), (1, 1), "{both:?}");
    assert_eq!(shop.database.count("channels").await, 1);
    assert_eq!(shop.database.count("audit_log where action = 'shopInit'").await, 1);
}

#[tokio::test]
async fn a_demo_missing_values_and_weak_passwords_are_refused_and_change_nothing() {
    let shop = Commands::migrated().await;
    let missing = shop.command(&["init", "--country", "DE"]).output().unwrap();
    assert!(complaint(&missing).contains("--shop-name, --email must be given without a terminal"));
    assert!(complaint(&shop.init(&["--country", "XX"])).contains("unknown country code"));
    assert!(complaint(&shop.init(&["--country", "BR"])).contains("name a currency"));
    let mut weak = shop.command(&["init", "--shop-name", "Tea House", "--email", EMAIL, "--country", "DE"]);
    assert!(complaint(&weak.env("MERCATOR_OWNER_PASSWORD", "teahouse").output().unwrap()).contains("password"));
    let mut demo = shop.command(&["init", "--shop-name", "Tea House", "--email", "me@demo.test", "--country", "DE"]);
    assert!(complaint(&demo.output().unwrap()).contains("demo.test"));
    for table in ["channels", "staff_users", "tax_rates", "audit_log"] {
        assert_eq!(shop.database.count(table).await, 0, "{table}");
    }
    shop.database.execute("insert into shop_meta (key, value) values ('demo', 'true')").await;
    assert!(complaint(&shop.init(&["--country", "DE"])).contains("demo shop; use another database"));
}

#[tokio::test]
async fn an_owner_without_a_password_is_invited_and_one_with_a_password_logs_in() {
    let shop = Commands::migrated().await;
    let arguments = ["init", "--shop-name", "Tea House", "--email", EMAIL, "--country", "JP"];
    let report = succeed(&shop.command(&arguments).output().unwrap());
    assert!(report.contains("is invited"), "{report}");
    assert_eq!(shop.database.count("jobs where kind = 'mail.send'").await, 1);
    assert_eq!(shop.database.count("one_time_tokens").await, 1);
    assert_eq!(shop.database.count("staff_users where password_hash is null").await, 1);

    let shop = Commands::migrated().await;
    let mut command = shop.command(&[&arguments[..], &["--password-stdin"]].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    let report = succeed(&child.wait_with_output().unwrap());
    assert!(report.contains("can log in"), "{report}");
    assert_eq!(shop.database.count("staff_users where password_hash is not null").await, 1);
    assert_eq!(shop.database.count("jobs").await, 0);
}

#[tokio::test]
async fn doctor_reports_what_a_shop_lacks() {
    let shop = Commands::migrated().await;
    let doctor = || shop.command(&["doctor"]).output().unwrap();
    let empty = succeed(&doctor());
    assert!(empty.contains("none yet: run `mercator init`"), "{empty}");
    succeed(&shop.init(&["--country", "DE"]));
    let output = doctor();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() && page.contains("channel de") && page.contains("no delivery to DE"), "{page}");
    assert!(page.contains("MERCATOR_SMTP_URL") && !page.contains("no tax rate"), "{page}");
}
