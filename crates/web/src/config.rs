//! Configuration: environment variables named `VITRINE_*`, read once into a struct.

use std::{collections::BTreeMap, fmt, net::SocketAddr, str::FromStr, time::Duration};

use anyhow::{Context, Result, bail};

use crate::LogFormat;

const PREFIX: &str = "VITRINE_";

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself; do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The `VITRINE_*` variables not yet taken. What is left at the end is unknown, and an error.
pub struct Env {
    values: BTreeMap<String, String>,
}

impl Env {
    /// Every `VITRINE_*` variable of the process.
    pub fn read() -> Self {
        Self::from_values(std::env::vars().filter(|(name, _)| name.starts_with(PREFIX)))
    }

    /// These variables, named in full.
    pub fn from_values(values: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { values: values.into_iter().collect() }
    }

    /// The variable, or an error that names it.
    pub fn required<T>(&mut self, name: &str) -> Result<T>
    where
        T: FromStr<Err: fmt::Display>,
    {
        self.optional(name)?.with_context(|| format!("the variable {name} must be set"))
    }

    /// The variable, if it is set and not empty.
    pub fn optional<T>(&mut self, name: &str) -> Result<Option<T>>
    where
        T: FromStr<Err: fmt::Display>,
    {
        let Some(text) = self.values.remove(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(error) => bail!("the variable {name} has a bad value: {error}"),
        }
    }

    /// The variable, or this default.
    pub fn or<T>(&mut self, name: &str, default: T) -> Result<T>
    where
        T: FromStr<Err: fmt::Display>,
    {
        Ok(self.optional(name)?.unwrap_or(default))
    }

    /// A duration in whole seconds.
    pub fn seconds_or(&mut self, name: &str, default_seconds: u64) -> Result<Duration> {
        self.or(name, default_seconds).map(Duration::from_secs)
    }

    /// A secret: the variable itself, or the content of the file that `<name>_FILE` names.
    pub fn secret(&mut self, name: &str) -> Result<Secret> {
        self.optional_secret(name)?.with_context(|| {
            format!("the variable {name} (or {name}_FILE, the path of a file with it) must be set")
        })
    }

    /// A secret that may be absent.
    pub fn optional_secret(&mut self, name: &str) -> Result<Option<Secret>> {
        let file = self.optional::<String>(&format!("{name}_FILE"))?;
        let value = self.optional::<String>(name)?;
        match (value, file) {
            (Some(_), Some(_)) => bail!("only one of {name} and {name}_FILE may be set"),
            (Some(value), None) => Ok(Some(Secret(value))),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(&path)
                    .with_context(|| format!("{name}_FILE names {path}, which cannot be read"))?;
                Ok(Some(Secret(text.trim_end().to_owned())))
            }
            (None, None) => Ok(None),
        }
    }

    /// Ends the reading: a variable nobody asked for is most likely a typing error.
    pub fn finish(self) -> Result<()> {
        match self.values.keys().next() {
            None => Ok(()),
            Some(name) => bail!("the variable {name} is not known to this service"),
        }
    }
}

/// Where a service listens and how it ends.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// `VITRINE_LISTEN`: address of the API.
    pub listen: SocketAddr,
    /// `VITRINE_ADMIN_LISTEN`: address of `/livez`, `/readyz`, `/startupz` and `/metrics`.
    pub admin_listen: SocketAddr,
    /// `VITRINE_LOG_FORMAT`: `json` or `pretty`.
    pub log_format: LogFormat,
    /// `VITRINE_LOG`: what is logged, e.g. `info,catalog=debug`.
    pub log_filter: String,
    /// `VITRINE_DRAIN_SECONDS`: after SIGTERM, how long to go on serving while not ready, so that
    /// balancers notice.
    pub drain: Duration,
    /// `VITRINE_GRACE_SECONDS`: how long requests in flight may take to end.
    pub grace: Duration,
}

impl ServerConfig {
    /// Reads the variables, with the service's default ports.
    pub fn from_env(env: &mut Env, port: u16, admin_port: u16) -> Result<Self> {
        Ok(Self {
            listen: env.or("VITRINE_LISTEN", SocketAddr::from(([127, 0, 0, 1], port)))?,
            admin_listen: env
                .or("VITRINE_ADMIN_LISTEN", SocketAddr::from(([127, 0, 0, 1], admin_port)))?,
            log_format: env.or("VITRINE_LOG_FORMAT", LogFormat::Json)?,
            log_filter: env.or("VITRINE_LOG", "info".to_owned())?,
            drain: env.seconds_or("VITRINE_DRAIN_SECONDS", 2)?,
            grace: env.seconds_or("VITRINE_GRACE_SECONDS", 20)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(values: &[(&str, &str)]) -> Env {
        Env::from_values(values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn an_unknown_variable_stops_the_start_and_is_named() {
        let mut env = env(&[("VITRINE_LISTEN", "127.0.0.1:1"), ("VITRINE_LISTN", "x")]);
        ServerConfig::from_env(&mut env, 0, 0).unwrap();
        assert!(env.finish().unwrap_err().to_string().contains("VITRINE_LISTN"));
    }

    #[test]
    fn a_bad_value_stops_the_start_and_is_named() {
        let mut env = env(&[("VITRINE_LISTEN", "nowhere")]);
        let error = ServerConfig::from_env(&mut env, 0, 0).unwrap_err();
        assert!(error.to_string().contains("VITRINE_LISTEN"), "{error}");
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
    }
}
