//! `vitrine import`: a file of products becomes structure and products, written through the public
//! management API in bulk, like any connector would.
//!
//! The file is read twice. The *survey* learns what the products need: attributes, options,
//! categories, families and variants. What is missing is created. Then the products are written,
//! models first. Writing is an upsert, so an interrupted import is finished by running it again, and a
//! second run changes nothing.

mod code;
mod mapping;
mod products;
mod profile;
mod reader;
mod report;
mod stock;
mod structure;
mod survey;
mod value;
mod variants;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;

use self::{mapping::Mapping, profile::Profile, report::Report, survey::Survey};
use crate::{
    client::{Client, Connection},
    run::read_connection,
};

/// Bring a file of products into a running installation.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// The file: CSV, TSV or JSON lines, also compressed with gzip.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How the file's columns become attributes: a shipped mapping (icecat, magento) or the path of
    /// one (TOML).
    #[arg(long, value_name = "MAPPING")]
    profile: String,
    /// Folder of the running installation, where its address and account are found.
    #[arg(long, value_name = "FOLDER", default_value = ".vitrine")]
    data_dir: PathBuf,
    /// Address of another installation; needs --email, and the password in VITRINE_PASSWORD.
    #[arg(long, value_name = "URL", requires = "email")]
    url: Option<String>,
    /// E-mail of a member of staff who may write the catalog and stock.
    #[arg(long, requires = "url")]
    email: Option<String>,
    /// Where rejected lines go; beside the file's name in the current folder if absent.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Bulk requests under way at the same time.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
    concurrency: u8,
}

/// Imports the file; exit code 2 if lines were rejected.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let profile = Profile::load(&arguments.profile)?;
    let mapping = Mapping::new(profile, &arguments.file)?;
    let client = Client::sign_in(arguments.connection()?).await?;
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

impl Arguments {
    fn connection(&self) -> Result<Connection> {
        let Some((url, email)) = self.url.clone().zip(self.email.clone()) else {
            return read_connection(&self.data_dir)?.with_context(|| {
                let folder = self.data_dir.display();
                format!("no installation was started in {folder}; give its --data-dir, or --url and --email")
            });
        };
        match std::env::var("VITRINE_PASSWORD") {
            Ok(password) => {
                Ok(Connection { url: url.trim_end_matches('/').to_owned(), email, password })
            }
            Err(_) => bail!("the variable VITRINE_PASSWORD must hold the password of {email}"),
        }
    }
}
