//! One service calls another: with a token of its own, a deadline, one retry where that is safe, and
//! the trace passed on.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::anyhow;
use problem::{Kind, Problem, ProblemBody};
use reqwest::{Method, RequestBuilder, Response};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::sync::Mutex;
use web::{Env, Secret, trace};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// A token is renewed this long before it expires.
const RENEW_BEFORE: Duration = Duration::from_secs(60);

/// The HTTP client of calls between services: no redirects, bounded times.
pub fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client without files or proxies can always be built")
}

/// Why a call to another service failed.
#[derive(Debug)]
pub enum PeerError {
    /// The peer answered with a problem (4xx).
    Refused(Box<ProblemBody>),
    /// No usable answer: it is down, too slow or broken. Whether it acted is not known.
    Unavailable {
        /// The peer's name.
        peer: &'static str,
        /// What happened.
        cause: anyhow::Error,
    },
}

impl fmt::Display for PeerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => write!(f, "{}: {}", problem.code, problem.detail),
            Self::Unavailable { peer, cause } => write!(f, "{peer} is not available: {cause:#}"),
        }
    }
}

impl std::error::Error for PeerError {}

impl From<PeerError> for Problem {
    /// What the peer refused is our mistake unless the caller of this client knows better.
    fn from(error: PeerError) -> Self {
        match error {
            PeerError::Refused(problem) => {
                Self::internal(anyhow!("a peer refused: {}: {}", problem.code, problem.detail))
            }
            PeerError::Unavailable { peer, cause } => Self::unavailable(peer).caused_by(cause),
        }
    }
}

/// How a service signs in to the others (RFC 6749 §4.4).
#[derive(Clone)]
pub struct Credentials {
    token_url: String,
    client_id: String,
    client_secret: Secret,
    http: reqwest::Client,
    token: Arc<Mutex<Option<(String, Instant)>>>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: u64,
}

impl Credentials {
    /// Signs in at this token endpoint.
    pub fn new(token_url: String, client_id: String, client_secret: Secret) -> Self {
        Self { token_url, client_id, client_secret, http: http_client(), token: Arc::default() }
    }

    /// A valid token: the one at hand, or a new one.
    async fn token(&self) -> Result<String, PeerError> {
        let mut token = self.token.lock().await;
        if let Some((text, _)) = token.as_ref().filter(|(_, renew_at)| *renew_at > Instant::now()) {
            return Ok(text.clone());
        }
        let answer: TokenAnswer = self.request_token().await.map_err(|error| {
            PeerError::Unavailable { peer: "auth", cause: error.without_url().into() }
        })?;
        let lifetime = Duration::from_secs(answer.expires_in).saturating_sub(RENEW_BEFORE);
        *token = Some((answer.access_token.clone(), Instant::now() + lifetime));
        Ok(answer.access_token)
    }

    async fn request_token(&self) -> reqwest::Result<TokenAnswer> {
        self.http
            .post(&self.token_url)
            .basic_auth(&self.client_id, Some(self.client_secret.expose()))
            .form(&[("grant_type", "client_credentials")])
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }

    async fn forget(&self) {
        *self.token.lock().await = None;
    }
}

/// Where the other services are and how we sign in to them: part of a service's configuration.
#[derive(Debug, Clone)]
pub struct PeerConfig {
    /// `VITRINE_AUTH_URL`: address of `auth` inside the network.
    pub auth_url: String,
    /// `VITRINE_ISSUER`: issuer of tokens, the public address of the installation.
    pub issuer: String,
    /// `VITRINE_CLIENT_ID`: this service's client id at `auth`.
    pub client_id: String,
    /// `VITRINE_CLIENT_SECRET` (or `…_FILE`): its secret.
    pub client_secret: Secret,
}

impl PeerConfig {
    /// Reads the variables; the client id defaults to `service-<name>`.
    pub fn from_env(env: &mut Env, service: &str) -> anyhow::Result<Self> {
        Ok(Self {
            auth_url: env.or("VITRINE_AUTH_URL", "http://127.0.0.1:8081".to_owned())?,
            issuer: env.or("VITRINE_ISSUER", "http://127.0.0.1:8080".to_owned())?,
            client_id: env.or("VITRINE_CLIENT_ID", format!("service-{service}"))?,
            client_secret: env.secret("VITRINE_CLIENT_SECRET")?,
        })
    }

    /// How this service signs in to the others.
    pub fn credentials(&self) -> Credentials {
        let token_url = format!("{}/oauth/token", self.auth_url);
        Credentials::new(token_url, self.client_id.clone(), self.client_secret.clone())
    }

    /// Address of the key set that tokens are checked against.
    pub fn jwks_url(&self) -> String {
        format!("{}/.well-known/jwks.json", self.auth_url)
    }
}

/// Another service.
#[derive(Clone)]
pub struct Peer {
    name: &'static str,
    base_url: String,
    credentials: Credentials,
    http: reqwest::Client,
}

impl Peer {
    /// The service of this name at this address.
    pub fn new(name: &'static str, base_url: &str, credentials: Credentials) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { name, base_url, credentials, http: http_client() }
    }

    /// Its address.
    #[cfg(test)]
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A read; tried twice.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, PeerError> {
        self.send(|| self.request(Method::GET, path).query(query)).await
    }

    /// A question that needs a body and changes nothing; tried twice.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, PeerError> {
        self.send(|| self.request(Method::POST, path).json(body)).await
    }

    /// A write under an idempotency key; tried twice.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        idempotency_key: &str,
        body: &impl Serialize,
    ) -> Result<T, PeerError> {
        self.send(|| {
            self.request(Method::POST, path).header("idempotency-key", idempotency_key).json(body)
        })
        .await
    }

    /// A read that may wait on the other side for up to `wait`.
    pub async fn long_poll<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
        wait: Duration,
    ) -> Result<T, PeerError> {
        let timeout = wait + REQUEST_TIMEOUT;
        self.send(|| self.request(Method::GET, path).query(query).timeout(timeout)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base_url));
        match trace::current() {
            Some(context) => request.header("traceparent", context.child().to_string()),
            None => request,
        }
    }

    /// Sends, and once more if there was no usable answer or the token was refused.
    async fn send<T: DeserializeOwned>(
        &self,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, PeerError> {
        match self.send_once(&request).await {
            Err(PeerError::Unavailable { cause, .. }) => {
                tracing::debug!(peer = self.name, error = %cause, "trying once more");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(PeerError::Refused(problem)) if problem.status == 401 => {
                self.credentials.forget().await;
            }
            result => return result,
        }
        self.send_once(&request).await
    }

    async fn send_once<T: DeserializeOwned>(
        &self,
        request: &impl Fn() -> RequestBuilder,
    ) -> Result<T, PeerError> {
        let token = self.credentials.token().await?;
        let response =
            request().bearer_auth(token).send().await.map_err(|error| self.unavailable(error))?;
        if response.status().is_success() {
            return response.json().await.map_err(|error| self.unavailable(error));
        }
        Err(self.failure(response).await)
    }

    async fn failure(&self, response: Response) -> PeerError {
        let status = response.status();
        let problem = response.json::<ProblemBody>().await;
        match problem {
            Ok(problem) if status.is_client_error() && status != 429 => {
                PeerError::Refused(Box::new(problem))
            }
            _ => PeerError::Unavailable {
                peer: self.name,
                cause: anyhow!("it answered with status {status}"),
            },
        }
    }

    fn unavailable(&self, error: reqwest::Error) -> PeerError {
        PeerError::Unavailable { peer: self.name, cause: error.without_url().into() }
    }
}

impl PeerError {
    /// Passes the peer's own problem on to our client: for answers that are about the client's input.
    pub fn pass_on(self) -> Problem {
        match self {
            Self::Refused(body) => {
                let kind = match body.status {
                    402 => Kind::PaymentRequired,
                    404 => Kind::NotFound,
                    409 => Kind::Conflict,
                    _ => Kind::Invalid,
                };
                Problem::new(kind, body.code, body.detail)
            }
            error @ Self::Unavailable { .. } => error.into(),
        }
    }
}
