//! Product models: read, create, change and delete.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;
use web::{IfMatch, etag, idempotency::Started};

use super::{
    read::represent_all,
    save::{Line, save_all},
    store,
};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        associations::{self, End, Naming},
        batch::try_again,
        body::Line as BodyLine,
        bulk::{self, Form, Saved, Written, read_key},
        error::{Refusal, Result},
        filter::{Filter, Order, Target},
        hal::{Item, PageRequest},
        history,
        links::Links,
        projection,
        proposal::{Noun, tell_status},
        reading::Reading,
        report::Report,
        resource::{answer_recorded, still_needed},
        search::read_search,
    },
};

/// The list's path segment.
pub(super) const PATH: &str = "product-models";

/// One page of models.
pub(super) async fn list(
    app: &App,
    reader: &Reader,
    parameters: &[(String, String)],
) -> Result<Response> {
    let page = PageRequest::read_large(parameters)?;
    let conditions = read_search(
        page.parameter("search"),
        page.parameter("search_locale"),
        page.parameter("search_scope"),
    )?;
    let mut connection = app.db.acquire().await?;
    let reading = Reading::load(&mut connection, parameters).await?;
    let filter = Filter::read(&mut connection, Target::Model, &conditions, &reading).await?;
    let order =
        Order::read(&mut connection, Target::Model, &page, |name| page.parameter(name)).await?;
    let (models, values): (Vec<_>, Vec<_>) =
        store::find_page(&mut connection, &filter, &order, &page).await?.into_iter().unzip();
    let count = match page.with_count {
        true => Some(store::count(&mut connection, &filter).await?),
        false => None,
    };
    let links = Links::new(&app.config.public_url)?;
    let codes: Vec<String> = models.iter().map(|model| model.code.clone()).collect();
    let ids: Vec<Uuid> = models.iter().map(|model| model.id).collect();
    let mut bodies = represent_all(&mut connection, models, &reading, &links).await?;
    tell_status(&mut connection, &reader.0, Noun::Model, &ids, &mut bodies).await?;
    let items = codes.into_iter().zip(values).zip(bodies).map(|((code, value), body)| Item {
        link: links.of([PATH, &code]),
        key: order.cursor(code, value),
        body,
    });
    Ok(page.answer(&links.of([PATH]), items.collect(), count))
}

/// One model, with its version in the ETag.
pub(super) async fn get(
    app: &App,
    reader: &Reader,
    code: &str,
    parameters: &[(String, String)],
) -> Result<Response> {
    let mut connection = app.db.acquire().await?;
    let reading = Reading::load(&mut connection, parameters).await?;
    let model = store::find_full(&mut connection, code).await?.ok_or_else(|| missing(code))?;
    let (id, version) = (model.id, model.version);
    let links = Links::new(&app.config.public_url)?;
    let mut bodies = represent_all(&mut connection, vec![model], &reading, &links).await?;
    tell_status(&mut connection, &reader.0, Noun::Model, &[id], &mut bodies).await?;
    let body: Map<String, Value> = bodies.into_iter().next().unwrap_or_default();
    let mut response = web::Json(body).into_response();
    response.headers_mut().insert(header::ETAG, etag(version));
    Ok(response)
}

/// The body of a model, also of one that the transaction has not written for good; none if it is not
/// there.
pub async fn read(
    app: &App,
    connection: &mut PgConnection,
    code: &str,
    parameters: &[(String, String)],
) -> Result<Option<Map<String, Value>>> {
    let reading = Reading::load(connection, parameters).await?;
    let model = store::find_full(connection, code).await?;
    let links = Links::new(&app.config.public_url)?;
    let models = model.into_iter().collect();
    let bodies = represent_all(connection, models, &reading, &links).await?;
    Ok(bodies.into_iter().next())
}

/// A new model.
pub(super) async fn create(
    app: &App,
    editor: &Editor,
    body: Map<String, Value>,
) -> Result<Response> {
    let mut report = Report::default();
    let code = match body.get("code") {
        Some(Value::String(code)) if !code.is_empty() => code.clone(),
        _ => {
            report.rule("code", "This value should not be blank.");
            return Err(report.into());
        }
    };
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &body).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    if store::find_full(&mut transaction, &code).await?.is_some() {
        report.rule("code", "The same code is already set on another product model.");
        return Err(report.into());
    }
    let line = Line { code: code.clone(), body, if_match: IfMatch::default() };
    let written = save_all(&mut transaction, &editor.writer(), Naming::Identifier, &[line]).await?;
    let saved = written.into_iter().next().transpose()?.unwrap_or(Saved::Created);
    let answer = answer_recorded(app, record, &mut transaction, saved, [PATH, &code]).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Changes a model, or makes it.
pub(super) async fn update(
    app: &App,
    editor: &Editor,
    code: &str,
    body: Map<String, Value>,
    if_match: IfMatch,
) -> Result<Response> {
    if let Some(Value::String(given)) = body.get("code")
        && given != code
    {
        return Err(Refusal::unprocessable(format!(
            "The code \"{given}\" provided in the request body must match the code \"{code}\" provided in the url."
        )));
    }
    let request = editor.digest(&body);
    let line = Line { code: code.to_owned(), body, if_match };
    let written = save(app, editor, &request, &[line]).await?;
    bulk::answer_one(app, written, [PATH, code]).await
}

/// Changes or makes up to a hundred models, each on its own or all together.
pub(super) async fn update_many(
    app: &App,
    editor: &Editor,
    body: Vec<BodyLine>,
) -> Result<Response> {
    let request = editor.digest(&body);
    let (mut keys, mut results) = (Vec::new(), Vec::new());
    let mut lines = Vec::with_capacity(body.len());
    for line in body {
        match read_key(line, "code") {
            Ok(keyed) => {
                keys.push(Some(keyed.key.clone()));
                let if_match = IfMatch::default();
                lines.push(Line { code: keyed.key, body: keyed.object, if_match });
                results.push(Ok(()));
            }
            Err(refusal) => {
                keys.push(None);
                results.push(Err(refusal));
            }
        }
    }
    let written = save(app, editor, &request, &lines).await?;
    let describe = |line: usize, result: &_| bulk::describe("code", keys[line].as_deref(), result);
    bulk::answer(written, results, editor.is_atomic, Form::Lines, describe).await
}

/// Writes the lines; another try if somebody else's writes were in the way.
async fn save(app: &App, editor: &Editor, request: &[u8], lines: &[Line]) -> Result<Written> {
    try_again(|| async {
        let mut transaction = app.db.begin().await?;
        let record = match editor.start(&mut transaction, &request).await? {
            Started::First(record) => record,
            Started::Replay(answer) => return Ok(Written::Replay(answer)),
        };
        let writer = editor.writer();
        let saved = save_all(&mut transaction, &writer, Naming::Identifier, lines).await?;
        Ok(Written::New(transaction, record, saved))
    })
    .await
}

/// Removes a model that has no variants any more, also from the associations of others.
pub(super) async fn delete(
    app: &App,
    editor: &Editor,
    code: &str,
    if_match: &IfMatch,
) -> Result<Response> {
    try_again(|| try_delete(app, editor, code, if_match)).await
}

async fn try_delete(
    app: &App,
    editor: &Editor,
    code: &str,
    if_match: &IfMatch,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    store::find_for_update(&mut transaction, &[code]).await?;
    let found = store::find_with_parent(&mut transaction, code).await?;
    let (model, parent) = found.ok_or_else(|| missing(code))?;
    if_match.check(model.version)?;
    let children = store::find_children(&mut transaction, model.id).await?;
    if !children.is_empty() {
        let users: Vec<String> =
            children.into_iter().map(|(noun, name)| format!("{noun} \"{name}\"")).collect();
        return Err(still_needed("Product model", code, &users));
    }
    if let Some(root) = store::delete(&mut transaction, model.id).await? {
        projection::enqueue(&mut transaction, &[root]).await?;
    }
    let mut entries = vec![model.tell_deletion(parent.as_deref())];
    entries.extend(associations::forget(&mut transaction, &End::Model(code.to_owned())).await?);
    history::record(&mut transaction, &editor.writer(), &entries).await?;
    let answer = record.finish_empty(&mut transaction, StatusCode::NO_CONTENT, None).await?;
    transaction.commit().await?;
    Ok(answer)
}

pub(super) fn missing(code: &str) -> Refusal {
    Refusal::not_found(format!("Product model \"{code}\" does not exist."))
}
