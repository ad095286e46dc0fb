use access::{Allowed, scope};
use axum::{extract::State, response::IntoResponse};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use problem::{Problem, ProblemBody, Result};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::{Json, Path};

use super::{
    KeyAlgorithm, KeyRing, load,
    schedule::{KeyState, states},
    store, withdraw,
};
use crate::{
    app::App,
    audit::{self, EventType, Fact},
    openapi::{Missing, Refusals},
};

/// A JSON Web Key Set (RFC 7517 §5).
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what the key ring serializes")]
pub(crate) struct KeySet {
    /// Public keys, each with `kid`, `use`, `alg` and `kty`.
    keys: Vec<Value>,
}

/// The public keys
///
/// Every token names one of them by its `kid`. A new one is published before it signs: fetch the set
/// again when a token names one that you do not know, at most every few seconds.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "metadata",
    responses((status = 200, description = "The key set", body = KeySet)),
    security(())
)]
pub(crate) async fn get_key_set(State(keys): State<KeyRing>) -> impl IntoResponse {
    let headers = [(header::CACHE_CONTROL, "public, max-age=60")];
    (headers, Json(keys.published.load_full()))
}

/// A signing key; its public part is in the key set.
#[derive(Serialize, ToSchema)]
pub(crate) struct SigningKey {
    /// The `kid` of tokens.
    #[schema(example = "mP0xGZ6hO2mQ2ZcW")]
    id: String,
    algorithm: KeyAlgorithm,
    state: KeyState,
    created_at: DateTime<Utc>,
    /// When it begins, or began, to sign.
    signs_from: DateTime<Utc>,
}

/// Every signing key; there are never many.
#[derive(Serialize, ToSchema)]
pub(crate) struct SigningKeys {
    /// Newest first.
    items: Vec<SigningKey>,
}

/// List signing keys
#[utoipa::path(
    get,
    path = "/v1/signing-keys",
    tag = "staff",
    responses((status = 200, description = "The keys", body = SigningKeys), Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn list_signing_keys(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
) -> Result<Json<SigningKeys>> {
    Ok(Json(describe(&app).await?))
}

/// Rotate the signing keys
///
/// The next key of each algorithm is published now and signs when every service has had time to fetch
/// it; the present one is kept for a day after that. No request fails. Rotations also happen by
/// themselves (`VITRINE_KEY_ROTATION_DAYS`).
#[utoipa::path(
    post,
    path = "/v1/signing-keys",
    tag = "staff",
    responses(
        (status = 201, description = "The keys, the next ones among them", body = SigningKeys),
        (status = 409, description = "`too_many_keys`", body = ProblemBody,
            content_type = "application/problem+json"),
        Refusals
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn rotate_signing_keys(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
) -> Result<(StatusCode, Json<SigningKeys>)> {
    let mut transaction = app.db.begin().await?;
    super::rotate(&mut transaction, &app.vault, &app.schedule, Utc::now()).await?;
    let fact = Fact::new(EventType::SigningKeyRotated, "signing-keys", json!({}));
    audit::record(&mut transaction, fact.by(&allowed.caller)).await?;
    transaction.commit().await?;
    load::reload(&app.keys, &app.db, &app.vault).await.map_err(Problem::internal)?;
    Ok((StatusCode::CREATED, Json(describe(&app).await?)))
}

/// Withdraw a signing key
///
/// For a key whose private part somebody else may know. Tokens that it signed are refused as soon as
/// their readers have fetched the key set again (within minutes); whoever holds one refreshes it. If
/// it signs, another key takes its place at once.
#[utoipa::path(
    delete,
    path = "/v1/signing-keys/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The `kid`")),
    responses((status = 204, description = "It is gone"), Missing, Refusals),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn delete_signing_key(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    if !withdraw(&mut transaction, &app.vault, &id, Utc::now()).await? {
        return Err(Problem::not_found("signing key"));
    }
    let fact = Fact::new(EventType::SigningKeyWithdrawn, &id, json!({ "key_id": id }));
    audit::record(&mut transaction, fact.by(&allowed.caller)).await?;
    transaction.commit().await?;
    load::reload(&app.keys, &app.db, &app.vault).await.map_err(Problem::internal)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn describe(app: &App) -> Result<SigningKeys> {
    let keys = store::list(&app.db).await?;
    let now = Utc::now();
    let mut items = Vec::new();
    for algorithm in KeyAlgorithm::ALL {
        let keys: Vec<_> = keys.iter().filter(|key| key.algorithm == algorithm).collect();
        items.extend(keys.iter().zip(states(&keys, now)).map(|(key, state)| SigningKey {
            id: key.key_id.clone(),
            algorithm,
            state,
            created_at: key.created_at,
            signs_from: key.signs_from,
        }));
    }
    Ok(SigningKeys { items })
}
