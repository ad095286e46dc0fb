//! Who may use the management API: extractors that answer in the words its clients know.

use access::{
    Caller,
    scope::{CatalogPropose, CatalogPublish, CatalogRead, CatalogWrite, Scope},
};
use axum::extract::FromRequestParts;
use http::{HeaderMap, Method, StatusCode, header, request::Parts};
use problem::{Kind, Problem};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use web::idempotency::{self, IdempotencyKey, Started};

use super::{
    error::Refusal,
    hal::Parameters,
    history::{Author, Writer},
};
use crate::App;

/// A caller with the scope `catalog:read`, who accepts JSON.
pub struct Reader(pub Caller);

/// A caller with the scope `catalog:write`, and how the write is asked for.
pub struct Editor {
    /// Who it is.
    pub author: Author,
    /// Whether all lines of a bulk write are to be written, or none: the parameter `atomic`.
    pub is_atomic: bool,
    key: Option<IdempotencyKey>,
    operation: String,
}

/// A caller with the scope `catalog:read`, who takes a file of whatever type.
pub struct Downloader;

/// The same as [`Editor`] of a caller with the scope `catalog:read`, who asks for an export.
pub struct Exporter(pub Editor);

/// The same of a caller with the scope `catalog:publish`.
pub struct Publisher(pub Editor);

/// The same of a caller with the scope `catalog:propose`.
pub struct Proposer(pub Editor);

/// A caller who writes products: at once with the scope `catalog:write`, else as a draft with
/// `catalog:propose`.
pub enum Contributor {
    /// Writes at once.
    Editor(Editor),
    /// Has what is written approved.
    Proposer(Editor),
}

/// A caller who reads proposals.
pub struct ProposalReader {
    /// Who it is.
    pub caller: Caller,
    /// Whether those of others may be read too: the scope `catalog:publish`, else `catalog:propose`.
    pub is_reviewer: bool,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let caller = authenticate(parts, app).await?;
        check_scope(&caller, CatalogRead::NAME, parts)?;
        check_accept(&parts.headers)?;
        Ok(Self(caller))
    }
}

impl FromRequestParts<App> for Editor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        Self::with_scope::<CatalogWrite>(parts, app).await
    }
}

impl FromRequestParts<App> for Downloader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let caller = authenticate(parts, app).await?;
        check_scope(&caller, CatalogRead::NAME, parts)?;
        Ok(Self)
    }
}

impl FromRequestParts<App> for Exporter {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        Editor::with_scope::<CatalogRead>(parts, app).await.map(Self)
    }
}

impl FromRequestParts<App> for Publisher {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        Editor::with_scope::<CatalogPublish>(parts, app).await.map(Self)
    }
}

impl FromRequestParts<App> for Proposer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        Editor::with_scope::<CatalogPropose>(parts, app).await.map(Self)
    }
}

impl FromRequestParts<App> for Contributor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let caller = authenticate(parts, app).await?;
        if caller.may(CatalogPropose::NAME) && !caller.may(CatalogWrite::NAME) {
            return Editor::new(&caller, parts, app).await.map(Self::Proposer);
        }
        check_scope(&caller, CatalogWrite::NAME, parts)?;
        Editor::new(&caller, parts, app).await.map(Self::Editor)
    }
}

impl FromRequestParts<App> for ProposalReader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let caller = authenticate(parts, app).await?;
        let is_reviewer = caller.may(CatalogPublish::NAME);
        if !is_reviewer {
            check_scope(&caller, CatalogPropose::NAME, parts)?;
        }
        check_accept(&parts.headers)?;
        Ok(Self { caller, is_reviewer })
    }
}

impl Editor {
    async fn with_scope<S: Scope>(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let caller = authenticate(parts, app).await?;
        check_scope(&caller, S::NAME, parts)?;
        Self::new(&caller, parts, app).await
    }

    async fn new(caller: &Caller, parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let is_atomic = read_atomic(parts, app).await?;
        let atomic = if is_atomic { " atomic" } else { "" };
        Ok(Self {
            author: Author::from(caller),
            is_atomic,
            key: Option::<IdempotencyKey>::from_request_parts(parts, app).await?,
            operation: format!("{} {}{atomic}", parts.method, parts.uri.path()),
        })
    }

    /// As whom things are written.
    pub fn writer(&self) -> Writer {
        Writer { author: self.author.clone(), reviewer: None, restored_version: None }
    }

    /// What [`start`](Self::start) takes for the body of a large request, which is not kept so long; nothing
    /// without key.
    pub fn digest(&self, body: &impl Serialize) -> Vec<u8> {
        let body = self.key.as_ref().and_then(|_| serde_json::to_vec(body).ok());
        body.map(|body| Sha256::digest(body).to_vec()).unwrap_or_default()
    }

    /// Opens the write, which happens once for each `Idempotency-Key`.
    pub async fn start(
        &self,
        transaction: &mut PgConnection,
        body: &impl Serialize,
    ) -> Result<Started, Refusal> {
        let caller = &self.author.subject;
        let key = self.key.as_ref();
        Ok(idempotency::start(transaction, key, caller, &self.operation, body).await?)
    }
}

/// `true` or `false`; absent is `false`.
async fn read_atomic(parts: &mut Parts, app: &App) -> Result<bool, Refusal> {
    let web::Query(parameters) = Parameters::from_request_parts(parts, app).await?;
    let given =
        parameters.iter().find(|(name, _)| name == "atomic").map(|(_, value)| value.as_str());
    match given {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(Refusal::unprocessable(format!(
            "Parameter \"atomic\" has to be a boolean. Only \"true\" or \"false\" allowed, \"{other}\" given."
        ))),
    }
}

async fn authenticate(parts: &mut Parts, app: &App) -> Result<Caller, Refusal> {
    let message = if parts.headers.contains_key(header::AUTHORIZATION) {
        "The access token provided is invalid."
    } else {
        "Authentication is required"
    };
    let caller = <Caller as FromRequestParts<App>>::from_request_parts(parts, app).await;
    caller.map_err(|problem| match problem.kind() {
        Kind::Unauthenticated => Refusal::worded(problem, message),
        _ => problem.into(),
    })
}

fn check_scope(caller: &Caller, scope: &'static str, parts: &Parts) -> Result<(), Refusal> {
    if caller.may(scope) {
        return Ok(());
    }
    let act = match parts.method {
        Method::GET | Method::HEAD => "list",
        Method::DELETE => "delete",
        _ => "create or update",
    };
    let nouns = nouns(parts.uri.path());
    let message = format!("Access forbidden. You are not allowed to {act} {nouns}.");
    Err(Refusal::worded(Problem::forbidden(scope), message))
}

/// What a path is about: `/api/rest/v1/attributes/color/options` is about attribute options.
fn nouns(path: &str) -> String {
    let mut segments = path.trim_start_matches("/api/rest/v1/").split('/');
    match (segments.next().unwrap_or_default(), segments.nth(1)) {
        ("attributes", Some("options")) => "attribute options".to_owned(),
        ("families", Some("variants")) => "family variants".to_owned(),
        ("reference-entities", Some(part)) => format!("reference entity {part}"),
        ("asset-families", Some("assets")) => "assets".to_owned(),
        (_, Some(part @ ("draft" | "proposal" | "publication"))) => format!("{part}s"),
        ("asset-families", Some(part)) => format!("asset family {part}"),
        ("products-uuid", _) => "products".to_owned(),
        (noun, _) => noun.replace('-', " "),
    }
}

fn check_accept(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(accept) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()) else {
        return Ok(());
    };
    let acceptable = accept.split(',').any(|part| {
        let essence = part.split(';').next().unwrap_or_default().trim();
        matches!(essence, "*/*" | "application/*" | "application/json" | "")
    });
    if acceptable {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::NOT_ACCEPTABLE,
        "not_acceptable",
        format!(
            "\"{accept}\" in \"Accept\" header is not valid. Only \"application/json\" is allowed."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_what_the_path_is_about() {
        assert_eq!(nouns("/api/rest/v1/categories"), "categories");
        assert_eq!(nouns("/api/rest/v1/products-uuid/1"), "products");
        assert_eq!(nouns("/api/rest/v1/products/MUG/publication"), "publications");
        assert_eq!(nouns("/api/rest/v1/attributes/color/options/red"), "attribute options");
        assert_eq!(nouns("/api/rest/v1/association-types"), "association types");
        let path = "/api/rest/v1/reference-entities/brand/records/kartell";
        assert_eq!(nouns(path), "reference entity records");
        assert_eq!(nouns("/api/rest/v1/asset-families/photos/assets"), "assets");
    }
}
