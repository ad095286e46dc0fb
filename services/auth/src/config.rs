use std::str::FromStr;

use anyhow::{Result, bail};
use chrono::TimeDelta;
use vault::MasterKey;
use web::{Env, Secret, ServerConfig};

use crate::{
    client::{MIN_SECRET_LENGTH, ServiceClient, parse_service_clients},
    client_address::TrustedProxies,
    mail::MailConfig,
    signing_key::{KeyAlgorithm, Schedule},
};

/// Configuration of the service.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens: 8081, health and metrics on 9081.
    pub server: ServerConfig,
    /// `VITRINE_DATABASE_URL` (or `…_FILE`): PostgreSQL, as the role that owns the schema `auth`.
    pub database_url: Secret,
    /// `VITRINE_DATABASE_CONNECTIONS`: at most this many; 10.
    pub max_connections: u32,
    /// `VITRINE_ISSUER`: issuer of tokens, the public address of the installation without a slash at
    /// its end; `http://127.0.0.1:8080`.
    pub issuer: String,
    /// `VITRINE_MASTER_KEY` (or `…_FILE`): 32 bytes in base64 that seal private keys at rest. Without
    /// the same key the next start fails.
    pub master_key: MasterKey,
    /// `VITRINE_KEY_ROTATION_DAYS`: a signing key signs so long; 90, and 0 rotates by command alone.
    pub key_rotation_days: u32,
    /// `VITRINE_KEY_PUBLISH_SECONDS`: a new signing key is published so long before it signs: longer
    /// than anyone caches the key set; 600.
    pub key_publish_seconds: u32,
    /// `VITRINE_ACCESS_TOKEN_ALGORITHM`: `EdDSA`, or `RS256` for readers that know no other.
    pub access_token_algorithm: KeyAlgorithm,
    /// `VITRINE_SERVICE_CLIENTS` (or `…_FILE`): our own services, `service-order:<secret>,…`,
    /// each with a secret of its own. The list is the whole truth: a service that is missing can no longer sign in. Not set: as before.
    pub service_clients: Option<Vec<ServiceClient>>,
    /// `VITRINE_ADMIN_EMAIL` and `VITRINE_ADMIN_PASSWORD` (or `…_FILE`): the first administrator,
    /// created when there is no staff yet.
    pub admin: Option<AdminConfig>,
    /// `VITRINE_SETUP_SECRET` (or `…_FILE`): what `POST /v1/setup` asks for as long as there is no staff,
    /// 32 characters or more. Not set: each start without staff prints a new one.
    pub setup_secret: Option<Secret>,
    /// `VITRINE_TRUSTED_PROXIES`: networks whose `X-Forwarded-For` is believed;
    /// `127.0.0.0/8,::1/128`.
    pub trusted_proxies: TrustedProxies,
    /// How mail is sent.
    pub mail: MailConfig,
    /// `VITRINE_REGISTRATION`: `open`, or `prove_email`, which opens an account only with a link that is
    /// sent to its address, and tells nobody whether an address has an account; needs a way to send mail.
    pub registration: RegistrationPolicy,
    /// `VITRINE_STAFF_TOTP`: `optional`, or `required`: staff without a second factor get tokens without
    /// scopes, which suffice to set one up.
    pub staff_totp: StaffTotp,
}

/// How customers register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationPolicy {
    /// At once; the address is proved later, and one that is taken is said to be.
    Open,
    /// With a link that is sent to the address.
    ProveEmail,
}

impl FromStr for RegistrationPolicy {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "open" => Ok(Self::Open),
            "prove_email" => Ok(Self::ProveEmail),
            _ => Err("must be open or prove_email"),
        }
    }
}

/// Whether staff need a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffTotp {
    /// As they like.
    Optional,
    /// Without one their roles give them nothing.
    Required,
}

impl FromStr for StaffTotp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "optional" => Ok(Self::Optional),
            "required" => Ok(Self::Required),
            _ => Err("must be optional or required"),
        }
    }
}

/// The first administrator.
#[derive(Debug, Clone)]
pub struct AdminConfig {
    /// The e-mail address to sign in with.
    pub email: String,
    /// The password.
    pub password: Secret,
}

impl Config {
    /// Reads the variables.
    pub fn from_env(env: &mut Env) -> Result<Self> {
        let issuer = env.or("VITRINE_ISSUER", "http://127.0.0.1:8080".to_owned())?;
        if issuer.ends_with('/') || !issuer.starts_with("http") {
            bail!("the variable VITRINE_ISSUER must be an http address without a slash at its end");
        }
        let mail = MailConfig::from_env(env)?;
        let registration = env.or("VITRINE_REGISTRATION", RegistrationPolicy::Open)?;
        if registration == RegistrationPolicy::ProveEmail && !mail.is_set() {
            bail!("VITRINE_REGISTRATION=prove_email needs VITRINE_SMTP_URL or VITRINE_MAIL_DIR");
        }
        Ok(Self {
            server: ServerConfig::from_env(env, 8081, 9081)?,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            issuer,
            master_key: MasterKey::parse(&env.secret("VITRINE_MASTER_KEY")?)?,
            key_rotation_days: env.or("VITRINE_KEY_ROTATION_DAYS", 90)?,
            key_publish_seconds: env.or("VITRINE_KEY_PUBLISH_SECONDS", 600)?,
            access_token_algorithm: env
                .or("VITRINE_ACCESS_TOKEN_ALGORITHM", KeyAlgorithm::EdDSA)?,
            service_clients: env
                .optional_secret("VITRINE_SERVICE_CLIENTS")?
                .map(|list| parse_service_clients(&list))
                .transpose()?,
            admin: read_admin(env)?,
            setup_secret: read_setup_secret(env)?,
            trusted_proxies: env.or("VITRINE_TRUSTED_PROXIES", TrustedProxies::loopback())?,
            mail,
            registration,
            staff_totp: env.or("VITRINE_STAFF_TOTP", StaffTotp::Optional)?,
        })
    }
}

impl Config {
    pub(crate) fn key_schedule(&self) -> Schedule {
        let days = i64::from(self.key_rotation_days);
        Schedule {
            publish: TimeDelta::seconds(self.key_publish_seconds.into()),
            rotation: (days > 0).then(|| TimeDelta::days(days)),
        }
    }
}

fn read_admin(env: &mut Env) -> Result<Option<AdminConfig>> {
    let email = env.optional("VITRINE_ADMIN_EMAIL")?;
    let password = env.optional_secret("VITRINE_ADMIN_PASSWORD")?;
    match (email, password) {
        (Some(email), Some(password)) => Ok(Some(AdminConfig { email, password })),
        (None, None) => Ok(None),
        _ => bail!("VITRINE_ADMIN_EMAIL and VITRINE_ADMIN_PASSWORD are set together or not at all"),
    }
}

fn read_setup_secret(env: &mut Env) -> Result<Option<Secret>> {
    let secret = env.optional_secret("VITRINE_SETUP_SECRET")?;
    if secret.as_ref().is_some_and(|secret| secret.expose().len() < MIN_SECRET_LENGTH) {
        bail!("the variable VITRINE_SETUP_SECRET must have {MIN_SECRET_LENGTH} characters or more");
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Config> {
        let required = [
            ("VITRINE_DATABASE_URL", "postgres://localhost/x"),
            ("VITRINE_MASTER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ];
        let values = required.iter().chain(values);
        Config::from_env(&mut Env::from_values(
            values.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        ))
    }

    #[test]
    fn a_bad_value_stops_the_start_with_a_sentence_that_names_the_variable() {
        for (name, value) in [
            ("VITRINE_MASTER_KEY", "c2hvcnQ="),
            ("VITRINE_ISSUER", "http://shop.test/"),
            ("VITRINE_SERVICE_CLIENTS", "service-order"),
            ("VITRINE_SERVICE_CLIENTS", "service-order:short"),
            ("VITRINE_SERVICE_CLIENTS", "service-erp:0123456789abcdef0123456789abcdef"),
            ("VITRINE_SERVICE_CLIENTS", "storefront:0123456789abcdef0123456789abcdef"),
            ("VITRINE_ADMIN_EMAIL", "admin@example.com"),
            ("VITRINE_SETUP_SECRET", "short"),
            ("VITRINE_TRUSTED_PROXIES", "10.0.0.0/40"),
            ("VITRINE_KEY_ROTATION_DAYS", "-1"),
            ("VITRINE_SMTP_URL", "smtp://127.0.0.1"),
            ("VITRINE_MAIL_FROM", "nobody"),
            ("VITRINE_REGISTRATION", "closed"),
            ("VITRINE_STAFF_TOTP", "never"),
            ("VITRINE_REGISTRATION", "prove_email"),
            ("VITRINE_ACCESS_TOKEN_ALGORITHM", "none"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{name}: {error}");
        }
    }

    #[test]
    fn no_secret_is_printed() {
        let secret = "0123456789abcdef0123456789abcdef";
        let config = read(&[
            ("VITRINE_SERVICE_CLIENTS", &format!("service-order:{secret}")),
            ("VITRINE_ADMIN_EMAIL", "admin@example.com"),
            ("VITRINE_ADMIN_PASSWORD", secret),
            ("VITRINE_SETUP_SECRET", secret),
        ])
        .unwrap();
        let printed = format!("{config:?}");
        assert!(!printed.contains(secret) && !printed.contains("AAECAwQF"), "{printed}");
        assert!(!printed.contains("1, 2, 3"), "{printed}");
    }
}
