//! `vitrine export`: products, product models or structure of a running installation become a file.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::{client::Client, installation::Installation, job};

/// Write products, product models or structure of a running installation into a file.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// What is exported: products, product-models, families, family-variants, attributes,
    /// attribute-options, attribute-groups, association-types, categories, channels or groups.
    #[arg(long, default_value = "products")]
    resource: String,
    /// csv, xlsx or ndjson.
    #[arg(long, default_value = "csv")]
    format: String,
    /// Where the file goes; what is there is replaced.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// The filter of the resource's list, as JSON: {"family":[{"operator":"IN","value":["mugs"]}]}.
    #[arg(long, value_name = "JSON")]
    search: Option<String>,
    /// Only products in this channel's tree, and its values.
    #[arg(long, value_name = "CHANNEL")]
    scope: Option<String>,
    /// Only values of these locales.
    #[arg(long, value_delimiter = ',')]
    locales: Option<Vec<String>>,
    /// Only values of these attributes.
    #[arg(long, value_delimiter = ',')]
    attributes: Option<Vec<String>>,
    #[command(flatten)]
    installation: Installation,
}

/// Exports into the file.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let request = arguments.request()?;
    let client = Client::sign_in(arguments.installation.connection()?).await?;
    let path = client.start("/api/rest/v1/jobs/export", &request).await?;
    let done = job::wait(&client, &path, "Exporting").await?;
    client.download(&format!("{path}/file"), &arguments.output).await?;
    println!("{} written to {}", done["processed"], arguments.output.display());
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn request(&self) -> Result<Value> {
        let mut request = Map::from_iter([
            ("resource".to_owned(), json!(self.resource)),
            ("format".to_owned(), json!(self.format)),
        ]);
        if let Some(search) = &self.search {
            let search: Value = serde_json::from_str(search).context("--search is not JSON")?;
            request.insert("search".to_owned(), search);
        }
        if let Some(scope) = &self.scope {
            request.insert("scope".to_owned(), json!(scope));
        }
        for (name, codes) in [("locales", &self.locales), ("attributes", &self.attributes)] {
            if let Some(codes) = codes {
                request.insert(name.to_owned(), json!(codes));
            }
        }
        Ok(request.into())
    }
}
