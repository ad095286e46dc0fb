//! `vitrine import`: a file of products becomes structure and products, written through the public
//! management API in bulk, like any connector would.
//!
//! The file is read twice. The *survey* learns what the products need: attributes, options,
//! categories, families and variants. What is missing is created. Then the products are written,
//! models first. Writing is an upsert, so an interrupted import is finished by running it again, and a
//! second run changes nothing.
//!
//! A file that has the columns of an export goes to the catalog as it is ([`rows`]).

mod code;
mod mapping;
mod products;
mod profile;
mod reader;
mod report;
mod rows;
mod stock;
mod structure;
mod survey;
mod value;
mod variants;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;

use self::{mapping::Mapping, profile::Profile, report::Report, survey::Survey};
use crate::{client::Client, installation::Installation};

/// Bring a file of products, or of structure, into a running installation.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// The file: CSV, TSV or JSON lines, also compressed with gzip; without --profile .csv, .xlsx or .ndjson
    /// as `vitrine export` writes it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How the file's columns become attributes: a shipped mapping (icecat, magento) or the path of
    /// one (TOML).
    #[arg(long, value_name = "MAPPING")]
    profile: Option<String>,
    /// What the rows of .csv and .xlsx are about, as of `vitrine export`.
    #[arg(long, default_value = "products", conflicts_with = "profile")]
    resource: String,
    /// Leave alone what an empty cell of .csv or .xlsx is about.
    #[arg(long, conflicts_with = "profile")]
    keep_empty: bool,
    #[command(flatten)]
    installation: Installation,
    /// Where rejected lines go; beside the file's name in the current folder if absent.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Bulk requests under way at the same time.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
    concurrency: u8,
}

/// Imports the file; exit code 2 if lines were rejected.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let Some(profile) = &arguments.profile else { return rows::import(&arguments).await };
    let mapping = Mapping::new(Profile::load(profile)?, &arguments.file)?;
    let client = Client::sign_in(arguments.installation.connection()?).await?;
    let mut report = Report::new(&arguments.file, arguments.rejected.clone());

    let survey = Survey::of(&arguments.file, &mapping)?;
    let plan = structure::write(&client, &mapping, survey).await?;
    if mapping.profile.initial_stock.is_some() {
        stock::ensure_location(&client).await?;
    }
    let concurrency = usize::from(arguments.concurrency);
    products::write(&client, &mapping, &plan, &arguments.file, concurrency, &mut report).await?;
    report.finish()
}
