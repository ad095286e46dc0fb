//! Setting stock in bulk: every line is judged for itself.

use std::collections::{BTreeSet, HashMap};

use problem::{Problem, Result};
use sqlx::PgConnection;

use super::{Pick, StockLine, StockLineResult, store};
use crate::location;

/// Code of a line that would set less than is promised.
const COMMITTED: &str = "stock_committed";
pub(crate) const MAX_LINES: usize = 1000;

/// A line as it came: readable, or why not.
pub(crate) type ReadLine = Result<StockLine, String>;

/// Reads a JSON array. What is not an array is the request's fault, what is not a line the line's.
pub(crate) fn read_array(body: &[u8]) -> Result<Vec<ReadLine>> {
    let values: Vec<serde_json::Value> = web::parse_json(body)?;
    limit(values.len())?;
    let read = |value| serde_json::from_value(value).map_err(|error| error.to_string());
    Ok(values.into_iter().map(read).collect())
}

/// Reads one JSON object per line; empty lines are passed over.
pub(crate) fn read_lines(body: &[u8]) -> Result<Vec<ReadLine>> {
    let lines: Vec<&[u8]> = body
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .collect();
    limit(lines.len())?;
    let read =
        |line| serde_json::from_slice(line).map_err(|error: serde_json::Error| error.to_string());
    Ok(lines.into_iter().map(read).collect())
}

fn limit(lines: usize) -> Result<()> {
    if lines <= MAX_LINES {
        return Ok(());
    }
    Err(Problem::invalid("", "too_many", format!("must be at most {MAX_LINES} lines")))
}

/// Sets what can be set and says of every line what became of it; with `only_new`, stock that is kept
/// already stays as it is. The caller commits.
pub(crate) async fn set_stock(
    db: &mut PgConnection,
    lines: Vec<ReadLine>,
    only_new: bool,
) -> Result<Vec<StockLineResult>> {
    let locations = location::store::list_codes(&mut *db).await?;
    let judged: Vec<Result<Pick, StockLineResult>> =
        lines.into_iter().enumerate().map(|(i, line)| judge(i + 1, line, &locations)).collect();
    let picks = distinct(&judged);
    let skus: BTreeSet<String> = picks.iter().map(|pick| pick.sku.clone()).collect();
    store::lock(db, &skus.into_iter().collect::<Vec<_>>()).await?;
    let set = if only_new { store::add(db, &picks).await? } else { store::set(db, &picks).await? };
    let mut results = report(judged, &set.into_iter().collect());
    if only_new {
        keep(&mut results);
    }
    Ok(results)
}

/// The lines to set, the last one of each (sku, location), in locking order.
fn distinct(judged: &[Result<Pick, StockLineResult>]) -> Vec<Pick> {
    let mut last = HashMap::new();
    for pick in judged.iter().flatten() {
        last.insert((pick.sku.clone(), pick.location.clone()), pick.clone());
    }
    let mut picks: Vec<Pick> = last.into_values().collect();
    picks.sort_by(|a, b| (&a.sku, &a.location).cmp(&(&b.sku, &b.location)));
    picks
}

fn report(
    judged: Vec<Result<Pick, StockLineResult>>,
    set: &BTreeSet<(String, String)>,
) -> Vec<StockLineResult> {
    let mut seen = BTreeSet::new();
    let mut results: Vec<StockLineResult> = Vec::with_capacity(judged.len());
    for (i, line) in judged.into_iter().enumerate().rev() {
        results.push(match line {
            Err(refused) => refused,
            Ok(pick) => {
                let place = (pick.sku, pick.location);
                let error = if seen.contains(&place) {
                    Some(("duplicate_line", "a later line sets the same sku and location"))
                } else if set.contains(&place) {
                    None
                } else {
                    Some((COMMITTED, "more units are held and allocated than that"))
                };
                seen.insert(place.clone());
                result(i + 1, Some(place.0), Some(place.1), error.map(|(c, d)| (c, d.to_owned())))
            }
        });
    }
    results.reverse();
    results
}

/// Where only new stock is set, what was not set is there already.
fn keep(results: &mut [StockLineResult]) {
    for result in results.iter_mut().filter(|result| result.code == Some(COMMITTED)) {
        (result.status, result.code, result.detail) = ("kept", None, None);
    }
}

fn judge(number: usize, line: ReadLine, locations: &[String]) -> Result<Pick, StockLineResult> {
    let line = line.map_err(|error| result(number, None, None, Some(("invalid_line", error))))?;
    let refuse = |code, detail: &str| {
        let (sku, location) = (Some(line.sku.clone()), line.location.clone());
        Err(result(number, sku, location, Some((code, detail.to_owned()))))
    };
    if let Err(error) = types::Sku::parse(&line.sku) {
        return refuse("invalid_line", &format!("sku {error}"));
    }
    let quantity = i32::try_from(line.on_hand).ok().filter(|n| (0..=1_000_000_000).contains(n));
    let Some(quantity) = quantity else {
        return refuse("invalid_line", "on_hand must be 0 to 1000000000");
    };
    let location = line.location.as_ref().or(locations.first());
    match location.filter(|code| locations.contains(code)) {
        Some(location) => Ok(Pick { sku: line.sku.clone(), location: location.clone(), quantity }),
        None => refuse("unknown_location", "there is no location with this code"),
    }
}

fn result(
    line: usize,
    sku: Option<String>,
    location: Option<String>,
    error: Option<(&'static str, String)>,
) -> StockLineResult {
    let status = if error.is_some() { "error" } else { "ok" };
    let (code, detail) = error.unzip();
    StockLineResult { line, sku, location, status, code, detail }
}
