use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Basic, OauthError};

/// Parameters of an OAuth request: a form, or the same as a JSON object. None may be repeated; an
/// empty one is absent (RFC 6749 §3.2).
pub(crate) struct Parameters {
    values: BTreeMap<String, String>,
    basic: Option<Basic>,
}

/// A token request
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "documents what Parameters reads")]
pub(crate) struct TokenBody {
    /// `authorization_code`, `client_credentials`, `refresh_token` or `urn:vitrine:grant:anonymous`.
    #[schema(example = "urn:vitrine:grant:anonymous")]
    grant_type: String,
    /// Of the client, unless it uses Basic authentication; `storefront` is the public client.
    #[schema(example = "storefront")]
    client_id: Option<String>,
    /// Of a confidential client, unless it uses Basic authentication.
    client_secret: Option<String>,
    /// For `authorization_code`.
    code: Option<String>,
    /// For `authorization_code`: what `code_challenge` is the hash of.
    #[schema(example = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    code_verifier: Option<String>,
    /// For `authorization_code`: the one that the code was sent to.
    redirect_uri: Option<String>,
    /// For `refresh_token`.
    refresh_token: Option<String>,
    /// Scopes separated by spaces, to get fewer than all.
    scope: Option<String>,
}

impl Parameters {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// 400 `invalid_request` naming the parameter if it is absent.
    pub(crate) fn required(&self, name: &str) -> Result<&str, OauthError> {
        self.get(name)
            .ok_or_else(|| OauthError::invalid_request(format!("the parameter {name} is missing")))
    }

    pub(crate) fn basic(&self) -> Option<&Basic> {
        self.basic.as_ref()
    }
}

impl<S: Send + Sync> FromRequest<S> for Parameters {
    type Rejection = OauthError;

    async fn from_request(request: Request, state: &S) -> Result<Self, OauthError> {
        let basic =
            Basic::read(request.headers()).map_err(|()| OauthError::invalid_client(true))?;
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(|value| value.trim().to_ascii_lowercase())
            .unwrap_or_default();
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                OauthError::too_large()
            } else {
                OauthError::invalid_request("the body could not be read to its end")
            }
        })?;
        let values = match content_type.as_str() {
            "application/x-www-form-urlencoded" => read_form(&body),
            "application/json" => read_json(&body),
            _ => Err("the body must be application/x-www-form-urlencoded"),
        };
        Ok(Self { values: values.map_err(OauthError::invalid_request)?, basic })
    }
}

/// The fields of a form; an error if one is repeated.
pub(crate) fn read_form(body: &[u8]) -> Result<BTreeMap<String, String>, &'static str> {
    let mut values = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        if values.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err("a parameter is repeated");
        }
    }
    values.retain(|_, value| !value.is_empty());
    Ok(values)
}

fn read_json(body: &[u8]) -> Result<BTreeMap<String, String>, &'static str> {
    let values: BTreeMap<String, Value> =
        serde_json::from_slice(body).map_err(|_| "the body is not a JSON object")?;
    let texts = values.into_iter().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(Ok((name, text))),
        _ => Some(Err("every parameter must be a text")),
    });
    texts.collect()
}
