//! What each service would find in its environment if it ran alone, made from the run's own options.

use anyhow::{Context, Result};
use web::Env;

use super::{
    data_dir::{DataDir, Secrets},
    database::Database,
    services::Addresses,
};

/// Connections per service: all share one small private server.
const CONNECTIONS: &str = "8";

/// Everything the configurations are made of.
pub(super) struct Configs<'a> {
    pub(super) data_dir: &'a DataDir,
    pub(super) secrets: &'a Secrets,
    pub(super) database: &'a Database,
    pub(super) addresses: &'a Addresses,
    pub(super) egress_allow: &'a str,
}

type Variables = Vec<(&'static str, String)>;

impl Configs<'_> {
    pub(super) fn auth(&self) -> Result<auth::Config> {
        let admin = self.secrets.admin();
        let clients = ["catalog", "order", "payment", "recommendation", "events"]
            .map(|name| format!("service-{name}:{}", self.secrets.client_secret(name).expose()));
        let mut variables = self.with_database(auth::SCHEMA);
        variables.extend([
            ("VITRINE_ISSUER", self.addresses.public_url()),
            ("VITRINE_MASTER_KEY", self.secrets.master_key().expose().to_owned()),
            ("VITRINE_SERVICE_CLIENTS", clients.join(",")),
            ("VITRINE_ADMIN_EMAIL", admin.email.to_owned()),
            ("VITRINE_ADMIN_PASSWORD", admin.password),
            ("VITRINE_MAIL_DIR", self.data_dir.mail().display().to_string()),
        ]);
        read(auth::Config::from_env, variables)
    }

    pub(super) fn catalog(&self) -> Result<catalog::Config> {
        let mut variables = self.with_peers("catalog", catalog::SCHEMA);
        variables.extend([
            ("VITRINE_PUBLIC_URL", self.addresses.public_url()),
            ("VITRINE_MEDIA_DIR", self.data_dir.media().display().to_string()),
            ("VITRINE_INDEX_DIR", self.data_dir.index().display().to_string()),
        ]);
        read(catalog::Config::from_env, variables)
    }

    pub(super) fn order(&self) -> Result<order::Config> {
        let mut variables = self.with_peers("order", order::SCHEMA);
        variables.extend([
            ("VITRINE_CATALOG_URL", self.addresses.catalog()),
            ("VITRINE_PAYMENT_URL", self.addresses.payment()),
        ]);
        read(order::Config::from_env, variables)
    }

    pub(super) fn payment(&self) -> Result<payment::Config> {
        let mut variables = self.with_peers("payment", payment::SCHEMA);
        variables.push(("VITRINE_PUBLIC_URL", self.addresses.public_url()));
        read(payment::Config::from_env, variables)
    }

    pub(super) fn recommendation(&self) -> Result<recommendation::Config> {
        let mut variables = self.with_peers("recommendation", recommendation::SCHEMA);
        variables.extend([
            ("VITRINE_CATALOG_URL", self.addresses.catalog()),
            ("VITRINE_ORDER_URL", self.addresses.order()),
        ]);
        read(recommendation::Config::from_env, variables)
    }

    pub(super) fn events(&self) -> Result<events::Config> {
        let mut variables = self.with_peers("events", events::SCHEMA);
        variables.extend([
            ("VITRINE_CATALOG_URL", self.addresses.catalog()),
            ("VITRINE_ORDER_URL", self.addresses.order()),
            ("VITRINE_PAYMENT_URL", self.addresses.payment()),
            ("VITRINE_MASTER_KEY", self.secrets.events_master_key().expose().to_owned()),
            ("VITRINE_EGRESS_ALLOW", self.egress_allow.to_owned()),
        ]);
        read(events::Config::from_env, variables)
    }

    pub(super) fn gateway(&self) -> Result<gateway::Config> {
        let variables = vec![
            ("VITRINE_PUBLIC_URL", self.addresses.public_url()),
            ("VITRINE_AUTH_URL", self.addresses.auth()),
            ("VITRINE_CATALOG_URL", self.addresses.catalog()),
            ("VITRINE_ORDER_URL", self.addresses.order()),
            ("VITRINE_PAYMENT_URL", self.addresses.payment()),
            ("VITRINE_RECOMMENDATION_URL", self.addresses.recommendation()),
            ("VITRINE_EVENTS_URL", self.addresses.events()),
        ];
        read(gateway::Config::from_env, variables)
    }

    fn with_database(&self, schema: &str) -> Variables {
        vec![
            ("VITRINE_DATABASE_URL", self.database.url(schema).expose().to_owned()),
            ("VITRINE_DATABASE_CONNECTIONS", CONNECTIONS.to_owned()),
            ("VITRINE_GRACE_SECONDS", super::GRACE.as_secs().to_string()),
        ]
    }

    fn with_peers(&self, service: &str, schema: &str) -> Variables {
        let mut variables = self.with_database(schema);
        variables.extend([
            ("VITRINE_AUTH_URL", self.addresses.auth()),
            ("VITRINE_ISSUER", self.addresses.public_url()),
            ("VITRINE_CLIENT_SECRET", self.secrets.client_secret(service).expose().to_owned()),
        ]);
        variables
    }
}

fn read<C>(from_env: impl FnOnce(&mut Env) -> Result<C>, variables: Variables) -> Result<C> {
    let values = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
    let mut env = Env::from_values(values);
    let config = from_env(&mut env).context("the run's own configuration is not valid")?;
    env.finish().context("the run's own configuration is not valid")?;
    Ok(config)
}
