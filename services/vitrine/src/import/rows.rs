//! Imports a file that has the columns or lines of an export, as a job of the catalog.

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Arguments;
use crate::{client::Client, job};

/// Refused lines that are asked for at once.
const PAGE: usize = 100;
const EXIT_REFUSED: u8 = 2;

/// Imports the file and prints what was refused; exit code 2 if anything was.
pub(super) async fn import(arguments: &Arguments) -> Result<ExitCode> {
    let (kind, query) = describe(&arguments.file, &arguments.resource, arguments.keep_empty)?;
    let client = Client::sign_in(arguments.installation.connection()?).await?;
    let path = format!("/api/rest/v1/jobs/import?{query}");
    let job = client.send_file(&path, kind, &arguments.file).await?;
    let done = job::wait(&client, &job, "Importing").await?;
    let count = |name: &str| done[name].as_u64().unwrap_or_default();
    print_refused(&client, &job).await?;
    println!(
        "{} created, {} changed, {} unchanged, {} refused",
        count("created_count"),
        count("changed_count"),
        count("unchanged_count"),
        count("refused_count")
    );
    Ok(if count("refused_count") > 0 { ExitCode::from(EXIT_REFUSED) } else { ExitCode::SUCCESS })
}

fn describe(file: &Path, resource: &str, keeps: bool) -> Result<(&'static str, String)> {
    let empty = if keeps { "keep" } else { "clear" };
    let rows = format!("resource={resource}&empty={empty}");
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("csv" | "tsv") => Ok(("text/csv", rows)),
        Some("xlsx") => {
            Ok(("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", rows))
        }
        Some("ndjson" | "jsonl") => Ok(("application/x-ndjson", String::new())),
        _ => {
            bail!("{} is not .csv, .xlsx or .ndjson; other files need a --profile", file.display())
        }
    }
}

async fn print_refused(client: &Client, job: &str) -> Result<()> {
    let mut after = 0;
    loop {
        let path = format!("{job}/errors?limit={PAGE}&search_after={after}");
        let page = client.get(&path).await?;
        let items =
            page["_embedded"]["items"].as_array().context("the list of errors is not one")?;
        items.iter().for_each(|item| println!("{}", tell(item)));
        let last = items.last().and_then(|item| item["line"].as_u64());
        match last.filter(|_| items.len() == PAGE) {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// `line 12, MUG-1: pieces: a number is expected`.
fn tell(item: &Value) -> String {
    let key = item["key"].as_str().map(|key| format!(", {key}")).unwrap_or_default();
    let told = |error: &Value| {
        let what = error["column"].as_str().or(error["property"].as_str()).unwrap_or_default();
        format!("{what}: {}", error["message"].as_str().unwrap_or_default())
    };
    let errors: Vec<String> = item["errors"].as_array().into_iter().flatten().map(told).collect();
    let reason = match errors.is_empty() {
        true => item["message"].as_str().unwrap_or_default().to_owned(),
        false => errors.join("; "),
    };
    format!("line {}{key}: {reason}", item["line"])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refused_row_is_told_with_its_column() {
        let item = json!({"line": 12, "key": "MUG-1", "message": "Validation failed.",
                          "errors": [{"property": "values", "column": "pieces", "message": "Too many."}]});
        assert_eq!(tell(&item), "line 12, MUG-1: pieces: Too many.");
        let item = json!({"line": 3, "key": null, "message": "Line is too long."});
        assert_eq!(tell(&item), "line 3: Line is too long.");
    }

    #[test]
    fn a_file_is_told_by_how_its_name_ends() {
        let described = |name| describe(Path::new(name), "products", true).ok();
        let rows = "resource=products&empty=keep".to_owned();
        assert_eq!(described("a.csv"), Some(("text/csv", rows)));
        assert_eq!(described("a.ndjson"), Some(("application/x-ndjson", String::new())));
        assert_eq!(described("a.pdf"), None);
    }
}
