//! `Idempotency-Key`: a write that is retried happens once.
//!
//! The record of an answer commits with the effect, in the caller's transaction, in the table
//! `idempotency_key` of the service's schema. Same key and same request: the stored answer, byte for
//! byte, with `Idempotent-Replayed: true`. Same key, another request: 422. First one still running:
//! 409. A failed request leaves no record, so its retry runs anew. Keys belong to their caller.
//! (IETF draft httpapi-idempotency-key-header.)

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::Response,
};
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use problem::{Problem, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{FromRow, PgConnection, PgPool, Row};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// A running request with the same key is waited for this often, this long each time.
const LOCK_ATTEMPTS: u32 = 8;
const LOCK_INTERVAL: Duration = Duration::from_millis(25);
const MAX_KEY_LENGTH: usize = 255;
const FORGET_INTERVAL: Duration = Duration::from_secs(60);
/// Answers forgotten in one statement: nothing is locked for long.
const FORGET_BATCH: i64 = 1000;

/// The key that the client chose. As a handler's argument it is required: 400 without it. As
/// `Option<IdempotencyKey>` it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header's value: a bare text or a quoted one (RFC 9651 String).
    pub fn parse(value: &str) -> Result<Self> {
        let key = value
            .trim()
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or_else(|| value.trim());
        let is_printable = key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if key.is_empty() || key.len() > MAX_KEY_LENGTH || !is_printable {
            return Err(Problem::bad_request(
                "invalid_idempotency_key",
                "Idempotency-Key must be 1 to 255 printable ASCII characters",
            ));
        }
        Ok(Self(key.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        read(parts)?.ok_or_else(|| {
            Problem::bad_request(
                "idempotency_key_required",
                "this request needs the Idempotency-Key header",
            )
        })
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        read(parts)
    }
}

fn read(parts: &Parts) -> Result<Option<IdempotencyKey>> {
    let mut values = parts.headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::bad_request("invalid_idempotency_key", "only one key may be sent"));
    }
    IdempotencyKey::parse(value.to_str().unwrap_or_default()).map(Some)
}

/// What a keyed request finds.
pub enum Started {
    /// Nobody has done this yet: do it, then [`Record::finish`].
    First(Record),
    /// It was done before: this is the answer.
    Replay(Response),
}

/// The record to be written with the effect.
#[derive(Clone)]
pub struct Record {
    entry: Option<Entry>,
}

#[derive(Clone)]
struct Entry {
    caller: String,
    key: String,
    fingerprint: Vec<u8>,
}

/// Opens a keyed request inside the caller's transaction. `operation` names the route and what it acts
/// on, e.g. `create_refund <order id>`; `request` is the body.
pub async fn start(
    transaction: &mut PgConnection,
    key: Option<&IdempotencyKey>,
    caller: &str,
    operation: &str,
    request: &impl Serialize,
) -> Result<Started> {
    let Some(key) = key else { return Ok(Started::First(Record { entry: None })) };
    let entry = Entry {
        caller: caller.to_owned(),
        key: key.as_str().to_owned(),
        fingerprint: fingerprint(operation, request),
    };
    if let Some(response) = find_or_lock(transaction, &entry).await? {
        return Ok(Started::Replay(response));
    }
    // Once more, now that nobody else can write it.
    match find(transaction, &entry).await? {
        Some(response) => Ok(Started::Replay(response)),
        None => Ok(Started::First(Record { entry: Some(entry) })),
    }
}

/// A recorded answer.
#[derive(FromRow)]
struct Recorded {
    fingerprint: Vec<u8>,
    status: i16,
    content_type: String,
    location: Option<String>,
    body: Vec<u8>,
}

impl Recorded {
    /// The answer once more; 422 if it answered another request.
    fn replay(self, entry: &Entry) -> Result<Response> {
        if self.fingerprint != entry.fingerprint {
            return Err(Problem::new(
                problem::Kind::Invalid,
                "idempotency_key_reused",
                "this Idempotency-Key was used for another request",
            ));
        }
        let status = u16::try_from(self.status).unwrap_or(500);
        let mut response = answer(status, self.content_type, self.location, self.body)?;
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }
}

/// The recorded answer, if there is one.
async fn find(transaction: &mut PgConnection, entry: &Entry) -> Result<Option<Response>> {
    let recorded: Option<Recorded> = sqlx::query_as(
        "select fingerprint, status, content_type, location, body from idempotency_key
         where caller = $1 and key = $2",
    )
    .bind(&entry.caller)
    .bind(&entry.key)
    .fetch_optional(transaction)
    .await?;
    recorded.map(|recorded| recorded.replay(entry)).transpose()
}

/// The recorded answer; or a lock that ends with the transaction, so that a second request with the key
/// is told to wait. A request that failed a moment ago may still be rolling back, so its retry is not
/// turned away at once. A replay takes no lock: a transaction that is dropped rolls back a moment later,
/// and the next retry would be told to wait.
async fn find_or_lock(transaction: &mut PgConnection, entry: &Entry) -> Result<Option<Response>> {
    for _ in 0..LOCK_ATTEMPTS {
        let (is_ours, recorded) = try_lock(&mut *transaction, entry).await?;
        if let Some(recorded) = recorded {
            return recorded.replay(entry).map(Some);
        }
        if is_ours {
            return Ok(None);
        }
        tokio::time::sleep(LOCK_INTERVAL).await;
    }
    Err(Problem::conflict("request_in_flight", "a request with this Idempotency-Key is running")
        .retry_after(1))
}

/// Takes the lock if it is free and there is no answer yet.
async fn try_lock(
    transaction: &mut PgConnection,
    entry: &Entry,
) -> Result<(bool, Option<Recorded>)> {
    let row = sqlx::query(
        "select recorded.*, recorded.key is null
                and pg_try_advisory_xact_lock(hashtextextended($1 || chr(31) || $2, 0)) as is_ours
         from (select) as always
         left join idempotency_key as recorded on caller = $1 and key = $2",
    )
    .bind(&entry.caller)
    .bind(&entry.key)
    .fetch_one(transaction)
    .await?;
    let is_recorded = row.try_get::<Option<&str>, _>("key")?.is_some();
    let recorded = is_recorded.then(|| Recorded::from_row(&row)).transpose()?;
    Ok((row.try_get("is_ours")?, recorded))
}

impl Record {
    /// Writes the record, if there is a key, and makes the answer. The caller commits.
    pub async fn finish(
        self,
        transaction: &mut PgConnection,
        status: StatusCode,
        location: Option<&str>,
        body: &impl Serialize,
    ) -> Result<Response> {
        let body = serde_json::to_vec(body).map_err(Problem::internal)?;
        self.write(transaction, status, "application/json", location, body).await
    }

    /// The same for an answer without body.
    pub async fn finish_empty(
        self,
        transaction: &mut PgConnection,
        status: StatusCode,
        location: Option<&str>,
    ) -> Result<Response> {
        self.write(transaction, status, "", location, Vec::new()).await
    }

    /// The same for 200 with a body of this media type.
    pub async fn finish_as(
        self,
        transaction: &mut PgConnection,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Response> {
        self.write(transaction, StatusCode::OK, content_type, None, body).await
    }

    /// The same for an answer that is a problem and final, such as a declined payment.
    pub async fn finish_problem(
        self,
        transaction: &mut PgConnection,
        problem: &Problem,
    ) -> Result<Response> {
        let body = serde_json::to_vec(&problem.body()).map_err(Problem::internal)?;
        self.write(transaction, problem.status(), "application/problem+json", None, body).await
    }

    async fn write(
        self,
        transaction: &mut PgConnection,
        status: StatusCode,
        content_type: &str,
        location: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Response> {
        if let Some(entry) = self.entry {
            // The record may be there already where a write spans two transactions (write the
            // intent, call a provider, record the outcome) and a retry answered in between. Then
            // that answer stands.
            let written = sqlx::query(
                "insert into idempotency_key
                     (caller, key, fingerprint, status, content_type, location, body)
                 values ($1, $2, $3, $4, $5, $6, $7) on conflict (caller, key) do nothing",
            )
            .bind(&entry.caller)
            .bind(&entry.key)
            .bind(&entry.fingerprint)
            .bind(i16::try_from(status.as_u16()).unwrap_or(500))
            .bind(content_type)
            .bind(location)
            .bind(&body)
            .execute(&mut *transaction)
            .await?;
            if written.rows_affected() == 0
                && let Some(first) = find(transaction, &entry).await?
            {
                return Ok(first);
            }
        }
        answer(status.as_u16(), content_type.to_owned(), location.map(str::to_owned), body)
    }
}

fn answer(
    status: u16,
    content_type: String,
    location: Option<String>,
    body: Vec<u8>,
) -> Result<Response> {
    let mut builder = Response::builder().status(status);
    if !content_type.is_empty() {
        builder = builder.header(header::CONTENT_TYPE, content_type);
    }
    if let Some(location) = location {
        builder = builder.header(header::LOCATION, location);
    }
    builder.body(Body::from(body)).map_err(Problem::internal)
}

/// Forgets answers that no retry will ask for any more, now and then, for ever.
pub async fn forget_periodically(db: PgPool) {
    loop {
        if let Err(problem) = forget_old(&db).await {
            problem.log();
        }
        tokio::time::sleep(FORGET_INTERVAL).await;
    }
}

/// Forgets answers of more than a day ago; they need not stay longer (IETF draft
/// httpapi-idempotency-key-header §2.3).
pub async fn forget_old(db: &PgPool) -> Result<()> {
    loop {
        let forgotten = sqlx::query(
            "delete from idempotency_key where (caller, key) in (
                 select caller, key from idempotency_key where created_at < now() - interval '1 day'
                 order by created_at limit $1 for update skip locked)",
        )
        .bind(FORGET_BATCH)
        .execute(db)
        .await?;
        if forgotten.rows_affected() < FORGET_BATCH.unsigned_abs() {
            return Ok(());
        }
    }
}

fn fingerprint(operation: &str, request: &impl Serialize) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(operation);
    hash.update([0]);
    hash.update(serde_json::to_vec(request).expect("a request body is plain data"));
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_be_bare_or_quoted() {
        assert_eq!(
            IdempotencyKey::parse("\"a-1\"").unwrap(),
            IdempotencyKey::parse("a-1").unwrap()
        );
        for bad in ["", "\"\"", "ü", &"x".repeat(256)] {
            assert!(IdempotencyKey::parse(bad).is_err(), "{bad}");
        }
    }
}
