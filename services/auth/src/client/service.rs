use access::scope::{Internal, PaymentsRead, PaymentsWrite, Scope};
use anyhow::{Context, Result, bail, ensure};
use web::Secret;

/// Fewest characters of a secret that others choose: SHA-256 protects only what cannot be guessed.
pub(crate) const MIN_SECRET_LENGTH: usize = 32;

/// One of our own services and its secret.
#[derive(Debug, Clone)]
pub struct ServiceClient {
    /// Its client id, `service-<name>`.
    pub client_id: String,
    /// Its secret.
    pub secret: Secret,
    /// What it may do with the others.
    pub(crate) scopes: &'static [&'static str],
}

/// What a service needs of the others, and no more; `None` if it is none of ours.
fn scopes_of(client_id: &str) -> Option<&'static [&'static str]> {
    Some(match client_id {
        // Asks the catalog what is sold, takes payments, follows feeds.
        "service-order" => &[Internal::NAME, PaymentsRead::NAME, PaymentsWrite::NAME],
        // Follows feeds.
        "service-recommendation" | "service-events" => &[Internal::NAME],
        // Ask nobody, or ask in the client's own name.
        "service-catalog" | "service-payment" | "service-gateway" => &[],
        _ => return None,
    })
}

/// Reads `service-order:<secret>,service-catalog:<secret>`; lines work as well as commas.
pub(crate) fn parse_service_clients(list: &Secret) -> Result<Vec<ServiceClient>> {
    list.expose()
        .split([',', '\n'])
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(parse_service_client)
        .collect()
}

fn parse_service_client(entry: &str) -> Result<ServiceClient> {
    let (client_id, secret) = entry
        .split_once(':')
        .context("the variable VITRINE_SERVICE_CLIENTS must be like service-order:<secret>,…")?;
    let Some(scopes) = scopes_of(client_id) else {
        bail!("the variable VITRINE_SERVICE_CLIENTS has a client id that is none of our services")
    };
    ensure!(
        secret.len() >= MIN_SECRET_LENGTH,
        "the variable VITRINE_SERVICE_CLIENTS has a secret of {client_id} with fewer than \
         {MIN_SECRET_LENGTH} characters"
    );
    Ok(ServiceClient { client_id: client_id.to_owned(), secret: Secret::new(secret), scopes })
}
