use load::engine::Outcome;

use crate::replay::Replayed;

/// What one scenario showed.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// As many requests as the connections carry.
    pub(crate) closed: Outcome,
    /// At a fixed rate.
    pub(crate) open: Option<Outcome>,
    /// A bare handler that returns the same bytes.
    pub(crate) handler: Option<Outcome>,
    /// The same SQL by a plain database client.
    pub(crate) database: Option<Replayed>,
}

/// Prints the table; the ratios are what can be compared between machines.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "{:<22} {:>9} {:>6}  {:>8} {:>8} {:>8}  {:>11} {:>11} {:>10} {:>6}",
        "scenario",
        "req/s",
        "failed",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "of handler",
        "of database",
        "statements",
        "alike"
    );
    for row in rows {
        let failed = row.closed.failures + row.open.as_ref().map_or(0, |open| open.failures);
        println!(
            "{:<22} {:>9.0} {:>6}  {:>8} {:>8} {:>8}  {:>11} {:>11} {:>10} {:>6}",
            row.name,
            row.closed.per_second(),
            failed,
            milliseconds(row.open.as_ref(), 0.5),
            milliseconds(row.open.as_ref(), 0.95),
            milliseconds(row.open.as_ref(), 0.99),
            ratio(&row.closed, row.handler.as_ref()),
            ratio(&row.closed, row.database.as_ref().map(|it| &it.outcome)),
            row.database.as_ref().map_or_else(String::new, |it| it.statements.to_string()),
            row.database.as_ref().map_or_else(String::new, |it| percent(it.alike)),
        );
    }
}

fn milliseconds(outcome: Option<&Outcome>, share: f64) -> String {
    outcome.map_or_else(String::new, |outcome| {
        format!("{:.2}", outcome.percentile(share).as_secs_f64() * 1e3)
    })
}

/// Rounded down: only what is wholly alike is 100 %.
fn percent(share: f64) -> String {
    format!("{:.0}%", (share * 100.0).floor())
}

fn ratio(outcome: &Outcome, yardstick: Option<&Outcome>) -> String {
    match yardstick.map(Outcome::per_second) {
        None => String::new(),
        Some(0.0) => "failed".to_owned(),
        Some(per_second) => format!("{:.2}", outcome.per_second() / per_second),
    }
}
