//! What authors do with their drafts.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use sqlx::PgConnection;
use web::{etag, idempotency::Started};

use super::{
    PATH, Proposal, Status,
    draft::apply,
    store,
    target::{Noun, Target},
    tell_status,
};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        error::{Refusal, Result},
        links::Links,
    },
};

/// The thing as it would be with the caller's draft. Nothing of it is kept.
pub(super) async fn get_draft(
    app: &App,
    (reader, author): (&Reader, &Editor),
    (resource, key): (&str, &str),
    parameters: &[(String, String)],
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let (target, draft) = find_own(&mut transaction, author, resource, key).await?;
    let draft = draft.ok_or_else(|| no_draft(&target))?;
    apply(&mut transaction, &author.writer(), &target, &draft.changes).await?;
    let mut bodies = [target.read(app, &mut transaction, parameters).await?];
    let (noun, ids) = (target.noun, [target.id]);
    tell_status(&mut transaction, &reader.0, noun, &ids, &mut bodies).await?;
    transaction.rollback().await?;
    let [body] = bodies;
    let mut response = web::Json(body).into_response();
    response.headers_mut().insert(header::ETAG, etag(target.version));
    Ok(response)
}

/// Forgets the caller's draft, also one that waits for approval.
pub(super) async fn delete_draft(
    app: &App,
    author: &Editor,
    resource: &str,
    key: &str,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match author.start(&mut transaction, &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let (target, draft) = find_own(&mut transaction, author, resource, key).await?;
    store::delete(&mut transaction, draft.ok_or_else(|| no_draft(&target))?.id).await?;
    let answer = record.finish_empty(&mut transaction, StatusCode::NO_CONTENT, None).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Sends the caller's draft for approval.
pub(super) async fn propose(
    app: &App,
    author: &Editor,
    resource: &str,
    key: &str,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match author.start(&mut transaction, &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let (_, draft) = find_own(&mut transaction, author, resource, key).await?;
    let draft = draft.ok_or_else(|| {
        Refusal::unprocessable("You should create a draft before submitting it for approval.")
    })?;
    if draft.status == Status::Proposed {
        return Err(Refusal::unprocessable("Your draft has already been submitted for approval."));
    }
    store::set_status(&mut transaction, draft.id, Status::Proposed).await?;
    let location = Links::new(&app.config.public_url)?.of([PATH, &draft.id.to_string()]);
    let answer =
        record.finish_empty(&mut transaction, StatusCode::CREATED, Some(location.as_str())).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Takes the caller's proposal back; it stays as a draft.
pub(super) async fn withdraw(
    app: &App,
    author: &Editor,
    resource: &str,
    key: &str,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match author.start(&mut transaction, &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let (target, draft) = find_own(&mut transaction, author, resource, key).await?;
    let draft = draft.filter(|draft| draft.status == Status::Proposed).ok_or_else(|| {
        Refusal::not_found(format!("There is no proposal of yours for \"{}\".", target.key))
    })?;
    store::set_status(&mut transaction, draft.id, Status::Draft).await?;
    let answer = record.finish_empty(&mut transaction, StatusCode::NO_CONTENT, None).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// The thing and the caller's draft of it, both locked.
async fn find_own(
    connection: &mut PgConnection,
    author: &Editor,
    resource: &str,
    key: &str,
) -> Result<(Target, Option<Proposal>)> {
    let target = Noun::of_path(resource)?.lock(connection, key).await?;
    let draft = store::lock_own(connection, &target, &author.author.subject).await?;
    Ok((target, draft))
}

fn no_draft(target: &Target) -> Refusal {
    Refusal::not_found(format!("There is no draft of yours for \"{}\".", target.key))
}
