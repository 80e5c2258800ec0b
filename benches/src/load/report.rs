//! Results as a terminal line, as JSON and as a Markdown table.

use std::{fmt::Write as _, fs, path::Path};

use serde_json::json;

use crate::{Outcome, run::Measured, shop::Shop};

/// One result as a line for the terminal.
pub fn line(result: &Measured) -> String {
    let misses = result.misses();
    let verdict = if misses.is_empty() { String::new() } else { format!("  MISSED: {}", misses.join(", ")) };
    format!(
        "{:30} {:>8.0}/s {:>8.0}/CPU-s  p50 {:>7.2} ms  p99 {:>7.2} ms  statements {}{verdict}",
        result.name,
        result.per_second,
        result.per_cpu_second,
        result.p50_ms,
        result.p99_ms,
        result.statements.map_or_else(|| "-".to_owned(), |statements| format!("{statements:.2}")),
    )
}

/// Writes the JSON file and a Markdown table next to it.
pub fn write(out: &Path, results: &[Measured], shop: &Shop) -> Outcome<()> {
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    let body = json!({
        "machine": machine(),
        "version": env!("CARGO_PKG_VERSION"),
        "products": shop.slugs.len(),
        "sellableVariants": shop.variants.len(),
        "results": results,
    });
    fs::write(out, serde_json::to_string_pretty(&body)? + "\n")?;
    let table = table(results);
    fs::write(out.with_extension("md"), &table)?;
    println!("{table}");
    Ok(())
}

/// The model name of the processor.
fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    model.trim_start_matches([' ', '\t', ':']).to_owned()
}

fn table(results: &[Measured]) -> String {
    let baseline = results.first().map_or(1.0, |result| result.per_cpu_second);
    let mut text = String::from(
        "| Scenario | per CPU-second | budget | of the baseline | per second | p50 ms | p99 ms | server CPU s / 1,000 | \
         Postgres CPU s / 1,000 | statements | resident MiB |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for result in results {
        let budget = result.budget.map_or_else(|| "–".to_owned(), |budget| budget.to_string());
        let statements = match (result.statements, result.statement_budget) {
            (Some(count), Some(most)) => format!("{count:.1} of {most}"),
            (Some(count), None) => format!("{count:.1}"),
            (None, _) => "–".to_owned(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {:.0} | {budget} | {:.1} % | {:.0} | {:.2} | {:.2} | {:.3} | {:.3} | {statements} | {:.0} |",
            result.name,
            result.per_cpu_second,
            result.per_cpu_second / baseline * 100.0,
            result.per_second,
            result.p50_ms,
            result.p99_ms,
            result.server_cpu_per_1000,
            result.postgres_cpu_per_1000,
            result.resident_mib,
        );
    }
    text
}
