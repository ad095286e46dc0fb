//! A patch of a caller who may only propose becomes part of that caller's draft.

use axum::response::Response;
use serde_json::{Map, Value};
use sqlx::{Connection, PgConnection};
use web::{IfMatch, idempotency::Started};

use super::{
    change::{body_of, is_overridden},
    store,
    target::{Noun, Target},
};
use crate::{
    App,
    management::{
        access::Editor,
        associations::Naming,
        batch::try_again,
        body::Line,
        bulk::{self, Form, Saved, Written, read_key},
        error::Result,
        history::{Change, Writer, compare},
        removal,
        resource::answer_recorded,
    },
};

/// Adds a patch of one thing to the draft.
pub async fn patch(
    app: &App,
    author: &Editor,
    noun: Noun,
    key: &str,
    body: Map<String, Value>,
    if_match: &IfMatch,
) -> Result<Response> {
    try_again(|| async {
        let mut transaction = app.db.begin().await?;
        let record = match author.start(&mut transaction, &body).await? {
            Started::First(record) => record,
            Started::Replay(answer) => return Ok(answer),
        };
        removal::hold_off(&mut transaction).await?;
        let saved = add(&mut transaction, author, noun, key, &body, if_match).await?;
        let path = [noun.path(), key];
        let answer = answer_recorded(app, record, &mut transaction, saved, path).await?;
        transaction.commit().await?;
        Ok(answer)
    })
    .await
}

/// The same for up to a hundred things, each on its own or all together.
pub async fn patch_many(
    app: &App,
    author: &Editor,
    noun: Noun,
    lines: Vec<Line>,
) -> Result<Response> {
    let request = author.digest(&lines);
    let property = noun.key_property();
    let lines: Vec<_> = lines.into_iter().map(|line| read_key(line, property)).collect();
    let mut keys: Vec<&str> = lines.iter().flatten().map(|line| line.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    let written = try_again(|| async {
        let mut transaction = app.db.begin().await?;
        let record = match author.start(&mut transaction, &request).await? {
            Started::First(record) => record,
            Started::Replay(answer) => return Ok(Written::Replay(answer)),
        };
        removal::hold_off(&mut transaction).await?;
        noun.lock_all(&mut transaction, &keys).await?;
        let mut added = Vec::new();
        for line in lines.iter().flatten() {
            added.push(add_line(&mut transaction, author, noun, line).await?);
        }
        Ok(Written::New(transaction, record, added))
    })
    .await?;
    let names: Vec<Option<String>> =
        lines.iter().map(|line| line.as_ref().ok().map(|line| line.key.clone())).collect();
    let read = lines.into_iter().map(|line| line.map(drop)).collect();
    let describe =
        |line: usize, result: &_| bulk::describe(property, names[line].as_deref(), result);
    bulk::answer(written, read, author.is_atomic, Form::Lines, describe).await
}

/// A line on its own: what is wrong with it is its answer, what is ours to mend ends them all.
async fn add_line(
    connection: &mut PgConnection,
    author: &Editor,
    noun: Noun,
    line: &bulk::Keyed,
) -> Result<Result<Saved>> {
    let mut attempt = connection.begin().await?;
    let any = IfMatch::default();
    match add(&mut attempt, author, noun, &line.key, &line.object, &any).await {
        Ok(saved) => {
            attempt.commit().await?;
            Ok(Ok(saved))
        }
        Err(refusal) if refusal.is_ours() => Err(refusal),
        Err(refusal) => {
            attempt.rollback().await?;
            Ok(Err(refusal))
        }
    }
}

/// Tries the draft with the patch, and keeps what it changes. A proposal that is changed is a draft again.
async fn add(
    connection: &mut PgConnection,
    author: &Editor,
    noun: Noun,
    key: &str,
    body: &Map<String, Value>,
    if_match: &IfMatch,
) -> Result<Saved> {
    let target = noun.lock(connection, key).await?;
    if_match.check(target.version)?;
    let before = store::lock_own(connection, &target, &author.author.subject).await?;
    let known = before.map(|proposal| proposal.changes.0).unwrap_or_default();
    let kept: Vec<Change> =
        known.iter().filter(|change| !is_overridden(change, body)).cloned().collect();
    let mut attempt = connection.begin().await?;
    apply(&mut attempt, &author.writer(), &target, &kept).await?;
    let naming =
        if noun == Noun::Product(Naming::Uuid) { Naming::Uuid } else { Naming::Identifier };
    target.save(&mut attempt, &author.writer(), naming, body.clone()).await?;
    let after = target.read_state(&mut attempt).await?;
    attempt.rollback().await?;
    let changes = compare(&target.state, &after);
    if changes == known {
        return Ok(Saved::Unchanged);
    }
    store::keep(connection, &target, &author.author, &changes).await?;
    Ok(Saved::Changed)
}

/// Makes these changes, as every write is made.
pub(super) async fn apply(
    connection: &mut PgConnection,
    writer: &Writer,
    target: &Target,
    changes: &[Change],
) -> Result<Saved> {
    if changes.is_empty() {
        return Ok(Saved::Unchanged);
    }
    let body = body_of(changes, &target.state);
    target.save(connection, writer, Naming::Uuid, body).await
}
