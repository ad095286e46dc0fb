use axum::extract::State;
use chrono::Utc;
use http::StatusCode;
use problem::{Kind, Problem, ProblemBody, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Json;

use super::{api::Staff, bootstrap::create_administrator, store};
use crate::{
    account::Email,
    app::App,
    client_address::ClientAddress,
    openapi::{BadInput, Throttled},
    password::Password,
    secret,
    throttle::attempt::Attempt,
};

/// Longest secret that is looked at, in bytes.
const MAX_SECRET: usize = 256;

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setup {
    /// From the log of the last start, or as configured.
    #[schema(max_length = 256)]
    setup_secret: String,
    email: Email,
    password: Password,
}

/// Create the first administrator
///
/// As long as an installation has no staff: with the secret that `auth` prints when it starts, or that
/// of `VITRINE_SETUP_SECRET`. It works once; a restart before that prints another secret, and the
/// earlier one is of no use.
#[utoipa::path(
    post,
    path = "/v1/setup",
    tag = "staff",
    request_body = Setup,
    responses(
        (status = 201, description = "The first administrator", body = Staff),
        (status = 401, description = "`invalid_setup_secret`", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "`already_set_up`: there is staff; `email_taken`",
            body = ProblemBody, content_type = "application/problem+json"),
        BadInput,
        Throttled
    ),
    security(())
)]
pub(crate) async fn set_up(
    State(app): State<App>,
    address: ClientAddress,
    Json(setup): Json<Setup>,
) -> Result<(StatusCode, Json<Staff>)> {
    let attempt = Attempt::new(&app.vault, "setup", address, false);
    attempt.count(&app.db, Utc::now()).await?;
    check(store::find_setup_secret(&app.db).await?, &setup.setup_secret)?;
    attempt.forgive(&app.db).await?;
    setup.password.check_new("/password", setup.email.as_str())?;
    let hash = app.hasher.hash(setup.password).await?;
    let mut transaction = app.db.begin().await?;
    store::lock_all(&mut *transaction).await?;
    // Another request may have been faster.
    check(store::find_setup_secret(&mut *transaction).await?, &setup.setup_secret)?;
    let staff = create_administrator(&mut transaction, &setup.email, &hash).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(staff.into())))
}

fn check(hash: Option<Vec<u8>>, setup_secret: &str) -> Result<()> {
    let hash = hash.ok_or_else(|| Problem::conflict("already_set_up", "there is staff"))?;
    if setup_secret.len() <= MAX_SECRET && secret::matches(setup_secret, &hash) {
        return Ok(());
    }
    let detail = "this is not the secret of the last start";
    Err(Problem::new(Kind::Unauthenticated, "invalid_setup_secret", detail))
}
