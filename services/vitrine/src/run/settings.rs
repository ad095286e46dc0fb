use anyhow::Result;
use web::{Env, Secret};

use crate::cli::RunOptions;

/// The command line and the environment.
pub(super) struct Settings {
    pub(super) options: RunOptions,
    /// `VITRINE_DATABASE_URL`: a server to use instead of a private one. Its user must be allowed to
    /// create roles and schemas.
    pub(super) database_url: Option<Secret>,
}

impl Settings {
    pub(super) fn read(options: RunOptions) -> Result<Self> {
        let mut env = Env::read();
        let database_url = env.optional_secret("VITRINE_DATABASE_URL")?;
        // Read where the download happens.
        env.optional::<String>("VITRINE_POSTGRES_MIRROR")?;
        env.finish()?;
        Ok(Self { options, database_url })
    }

    pub(super) fn wants_demo(&self) -> bool {
        !self.options.no_demo
    }
}
