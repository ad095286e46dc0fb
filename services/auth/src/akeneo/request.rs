use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Refusal;
use crate::oauth::{Basic, read_form};

/// Largest request.
pub(super) const MAX_BYTES: usize = 8 * 1024;

/// A token request of the PIM management API
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "documents what TokenRequest reads")]
pub(crate) struct TokenRequestBody {
    /// `password` or `refresh_token`.
    #[schema(example = "password")]
    grant_type: String,
    /// For `password`.
    #[schema(example = "erpberlin_7")]
    username: Option<String>,
    /// For `password`.
    password: Option<String>,
    /// For `refresh_token`.
    refresh_token: Option<String>,
}

/// The fields of a form or JSON object, and the client that sends them.
pub(crate) struct TokenRequest {
    values: BTreeMap<String, String>,
    client: Option<Basic>,
}

impl TokenRequest {
    /// A field that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Client id and secret: of the header, or else of the body.
    pub(super) fn client_credentials(&self) -> Vec<(String, String)> {
        match (
            &self.client,
            self.get("client_id"),
            self.get("client_secret").or(self.get("secret")),
        ) {
            (Some(basic), ..) => basic.readings(),
            (None, Some(id), Some(secret)) => vec![(id.to_owned(), secret.to_owned())],
            _ => Vec::new(),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for TokenRequest {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let headers = request.headers().clone();
        let is_json = is_json(&headers)?;
        let body = Bytes::from_request(request, state)
            .await
            .ok()
            .filter(|body| body.len() <= MAX_BYTES)
            .ok_or(Refusal::TooLarge { max_bytes: MAX_BYTES })?;
        let values = if is_json { read_json(&body)? } else { read_form_or_refuse(&body)? };
        Ok(Self { values, client: Basic::read(&headers).map_err(|()| Refusal::Client)? })
    }
}

fn is_json(headers: &HeaderMap) -> Result<bool, Refusal> {
    let given = headers.get(header::CONTENT_TYPE).map(|v| String::from_utf8_lossy(v.as_bytes()));
    let essence = given.as_deref().map(|text| text.split(';').next().unwrap_or_default().trim());
    match essence {
        Some(text) if text.eq_ignore_ascii_case("application/json") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("application/x-www-form-urlencoded") => Ok(false),
        other => Err(Refusal::MediaType(other.map(str::to_owned))),
    }
}

/// Fields that are not texts count as empty.
fn read_json(body: &[u8]) -> Result<BTreeMap<String, String>, Refusal> {
    let values: BTreeMap<String, Value> =
        serde_json::from_slice(body).map_err(|_| Refusal::Json)?;
    Ok(values
        .into_iter()
        .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
        .collect())
}

fn read_form_or_refuse(body: &[u8]) -> Result<BTreeMap<String, String>, Refusal> {
    read_form(body).map_err(|_| Refusal::Parameters)
}
