use std::collections::BTreeMap;

use askama::Template;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, StatusCode, header};
use problem::Problem;
use sha2::{Digest, Sha256};

use crate::oauth::read_form;

/// The look of the pages; stands in each of them, so that nothing else is loaded.
pub(super) const STYLE: &str = include_str!("../../templates/style.css");

/// A page on its way out.
pub(crate) struct Page {
    status: StatusCode,
    html: Result<String, askama::Error>,
    form_target: Option<String>,
    cookies: Vec<HeaderValue>,
}

impl Page {
    pub(crate) fn new(status: StatusCode, page: &impl Template) -> Self {
        Self { status, html: page.render(), form_target: None, cookies: Vec::new() }
    }

    /// Its forms may lead to this place too, by a redirect. Browsers check those as well.
    pub(super) fn leading_to(mut self, target: Option<String>) -> Self {
        self.form_target = target;
        self
    }

    /// Sets a cookie.
    pub(super) fn with_cookie(mut self, cookie: impl Into<Option<HeaderValue>>) -> Self {
        self.cookies.extend(cookie.into());
        self
    }

    /// No script, nothing from elsewhere, in no frame (CSP level 3).
    fn policy(&self) -> String {
        let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        let target = self.form_target.as_deref().unwrap_or_default();
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self' {target}; \
             frame-ancestors 'none'; base-uri 'none'"
        )
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let policy = self.policy();
        let html = match self.html {
            Ok(html) => html,
            Err(error) => return Problem::internal(error).into_response(),
        };
        let mut response = (self.status, Html(html)).into_response();
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "same-origin"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let policy = HeaderValue::try_from(policy).expect("registered addresses are plain ASCII");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        for cookie in self.cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// The fields of a form that a page sent.
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a body or a query; the rule in words if a field is repeated.
    pub(crate) fn read(text: &[u8]) -> Result<Self, &'static str> {
        read_form(text).map(Self)
    }

    /// A field; empty if it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let unreadable = |why| Problem::bad_request("unreadable_body", why);
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| unreadable("the form is too long or was cut off"))?;
        Self::read(&body).map_err(unreadable)
    }
}
