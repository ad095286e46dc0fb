//! What clients do with publications.

use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use web::{IfMatch, etag, idempotency::Started};

use super::{
    Page,
    key::{Key, PageKind},
    save::{Line, save_all},
    store,
};
use crate::{
    App,
    management::{
        access::Editor,
        batch::try_again,
        body::Line as BodyLine,
        bulk::{self, Form, Written},
        error::{Refusal, Result},
    },
};

/// The publication of a page, or of the page that a variant belongs to; its version in the ETag.
pub(super) async fn get(app: &App, resource: &str, code: &str) -> Result<Response> {
    let key = Key::of_path(resource, code)?;
    let mut connection = app.db.acquire().await?;
    let (page, follows) = find(&mut connection, &key, false).await?.ok_or_else(|| key.missing())?;
    let known = store::find_channels(&mut connection).await?;
    let body = json!({"channels": page.represent(&known), "follows": follows});
    let mut response = web::Json(body).into_response();
    response.headers_mut().insert(header::ETAG, etag(page.version));
    Ok(response)
}

/// The page that the key leads to, and the model whose page it is if the key names a variant. `lock`:
/// nobody else says anything of it until the transaction ends.
pub(super) async fn find(
    connection: &mut PgConnection,
    key: &Key,
    lock: bool,
) -> Result<Option<(Page, Option<String>)>> {
    let found = store::find_named(connection, &[key], lock).await?;
    let Some(found) = found.get(key) else { return Ok(None) };
    let mut page = Page::named(key, found);
    if let Some(model) = &found.follows {
        (page.kind, page.code) = (PageKind::Model, model.clone());
    }
    store::fill(connection, std::slice::from_mut(&mut page), lock).await?;
    Ok(Some((page, found.follows.clone())))
}

/// Says something of one page.
pub(super) async fn update(
    app: &App,
    editor: &Editor,
    (resource, code): (&str, &str),
    body: Map<String, Value>,
    if_match: IfMatch,
) -> Result<Response> {
    let request = editor.digest(&body);
    let line = Line { key: Key::of_path(resource, code)?, body, if_match };
    let written = save(app, editor, &request, &[line]).await?;
    bulk::answer_one(app, written, [resource, code, "publication"]).await
}

/// Says something of up to a hundred pages, of each on its own or of all together.
pub(super) async fn update_many(
    app: &App,
    editor: &Editor,
    body: Vec<BodyLine>,
) -> Result<Response> {
    let request = editor.digest(&body);
    let (mut names, mut results, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for line in body {
        let read = read_line(line);
        names.push(read.as_ref().ok().map(|line| name_of(&line.body)));
        results.push(read.map(|line| lines.push(line)));
    }
    let written = save(app, editor, &request, &lines).await?;
    let describe = |line: usize, result: &_| match &names[line] {
        Some((property, key)) => bulk::describe(property, Some(key), result),
        None => bulk::describe("code", None, result),
    };
    bulk::answer(written, results, editor.is_atomic, Form::Lines, describe).await
}

fn read_line(line: BodyLine) -> Result<Line> {
    let body = match line {
        BodyLine::Object(object) => object,
        BodyLine::NotJson => return Err(Refusal::not_json()),
        BodyLine::TooLong => return Err(Refusal::too_large("Line is too long.")),
    };
    Ok(Line { key: Key::of_line(&body)?, body, if_match: IfMatch::default() })
}

/// Property and key by which the client names a page.
fn name_of(body: &Map<String, Value>) -> (&'static str, String) {
    let names = ["uuid", "identifier", "code"];
    let given = names.into_iter().find_map(|name| Some((name, body.get(name)?.as_str()?)));
    given.map(|(name, key)| (name, key.to_owned())).unwrap_or_default()
}

/// Writes the lines; another try if somebody else's writes were in the way.
async fn save(app: &App, editor: &Editor, request: &[u8], lines: &[Line]) -> Result<Written> {
    try_again(|| async {
        let mut transaction = app.db.begin().await?;
        let record = match editor.start(&mut transaction, &request).await? {
            Started::First(record) => record,
            Started::Replay(answer) => return Ok(Written::Replay(answer)),
        };
        let saved = save_all(&mut transaction, &editor.writer(), lines).await?;
        Ok(Written::New(transaction, record, saved))
    })
    .await
}
