//! Which installation a task is for.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{client::Connection, run::read_connection};

/// Which installation a task is for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Installation {
    /// Folder of the running installation, where its address and account are found.
    #[arg(long, value_name = "FOLDER", default_value = ".vitrine")]
    data_dir: PathBuf,
    /// Address of another installation; needs --email, and the password in VITRINE_PASSWORD.
    #[arg(long, value_name = "URL", requires = "email")]
    url: Option<String>,
    /// E-mail of a member of staff: who imports may write the catalog, and stock with a profile.
    #[arg(long, requires = "url")]
    email: Option<String>,
}

impl Installation {
    /// Its address and an account there.
    pub(crate) fn connection(&self) -> Result<Connection> {
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
