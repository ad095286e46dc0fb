//! Single products: read, create, change and delete, whatever they are named by.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;
use web::{IfMatch, etag, idempotency::Started};

use super::{
    read::{FullProduct, represent_all},
    save::{Line, not_a_uuid, save_all},
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
        resource::answer_recorded,
        search::read_search,
    },
};

/// The list's path segment.
pub(super) fn path_of(naming: Naming) -> &'static str {
    if naming == Naming::Uuid { "products-uuid" } else { "products" }
}

/// One page of products.
pub(super) async fn list(
    app: &App,
    reader: &Reader,
    naming: Naming,
    parameters: &[(String, String)],
) -> Result<Response> {
    let page = PageRequest::read_large(parameters)?;
    list_page(app, reader, naming, &[path_of(naming)], &page, parameters).await
}

/// The same, with filters and wishes in a body: what would be parameters are its members.
pub(super) async fn search(
    app: &App,
    reader: &Reader,
    naming: Naming,
    parameters: &[(String, String)],
    body: &Map<String, Value>,
) -> Result<Response> {
    let page = PageRequest::read_large(parameters)?;
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(codes) => codes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    let given = body.iter().filter(|(_, value)| !value.is_null());
    let members: Vec<_> = given.map(|(name, value)| (name.clone(), text(value))).collect();
    list_page(app, reader, naming, &[path_of(naming), "search"], &page, &members).await
}

async fn list_page(
    app: &App,
    reader: &Reader,
    naming: Naming,
    path: &[&str],
    page: &PageRequest,
    parameters: &[(String, String)],
) -> Result<Response> {
    let find = |name: &str| {
        parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    };
    let conditions = read_search(find("search"), find("search_locale"), find("search_scope"))?;
    let mut connection = app.db.acquire().await?;
    let reading = Reading::load(&mut connection, parameters).await?;
    let filter = Filter::read(&mut connection, Target::Product, &conditions, &reading).await?;
    let order = Order::read(&mut connection, Target::Product, page, find).await?;
    let (products, values): (Vec<_>, Vec<_>) =
        store::find_page(&mut connection, &filter, &order, page).await?.into_iter().unzip();
    let count = match page.with_count {
        true => Some(store::count(&mut connection, &filter).await?),
        false => None,
    };
    let links = Links::new(&app.config.public_url)?;
    let names: Vec<(Uuid, String)> =
        products.iter().map(|product| (product.id, name_of(product, naming))).collect();
    let ids: Vec<Uuid> = products.iter().map(|product| product.id).collect();
    let mut bodies = represent_all(&mut connection, products, naming, &reading, &links).await?;
    let noun = Noun::Product(naming);
    tell_status(&mut connection, &reader.0, noun, &ids, &mut bodies).await?;
    let items = names.into_iter().zip(values).zip(bodies).map(|(((id, name), value), body)| Item {
        key: order.cursor(id.to_string(), value),
        link: links.of([path_of(naming), &name]),
        body,
    });
    Ok(page.answer(&links.of(path.iter().copied()), items.collect(), count))
}

fn name_of(product: &FullProduct, naming: Naming) -> String {
    match (naming, &product.identifier) {
        (Naming::Identifier, Some(identifier)) => identifier.clone(),
        _ => product.id.to_string(),
    }
}

/// One product, with its version in the ETag.
pub(super) async fn get(
    app: &App,
    reader: &Reader,
    naming: Naming,
    key: &str,
    parameters: &[(String, String)],
) -> Result<Response> {
    let mut connection = app.db.acquire().await?;
    let reading = Reading::load(&mut connection, parameters).await?;
    let product =
        store::find_full(&mut connection, naming, key).await?.ok_or_else(|| missing(key))?;
    let (id, version) = (product.id, product.version);
    let links = Links::new(&app.config.public_url)?;
    let mut bodies =
        represent_all(&mut connection, vec![product], naming, &reading, &links).await?;
    let noun = Noun::Product(naming);
    tell_status(&mut connection, &reader.0, noun, &[id], &mut bodies).await?;
    let body: Map<String, Value> = bodies.into_iter().next().unwrap_or_default();
    let mut response = web::Json(body).into_response();
    response.headers_mut().insert(header::ETAG, etag(version));
    Ok(response)
}

/// The body of a product, also of one that the transaction has not written for good; none if it is not
/// there.
pub async fn read(
    app: &App,
    connection: &mut PgConnection,
    naming: Naming,
    id: Uuid,
    parameters: &[(String, String)],
) -> Result<Option<Map<String, Value>>> {
    let reading = Reading::load(connection, parameters).await?;
    let product = store::find_full(connection, Naming::Uuid, &id.to_string()).await?;
    let links = Links::new(&app.config.public_url)?;
    let products = product.into_iter().collect();
    let bodies = represent_all(connection, products, naming, &reading, &links).await?;
    Ok(bodies.into_iter().next())
}

/// A new product.
pub(super) async fn create(
    app: &App,
    editor: &Editor,
    naming: Naming,
    body: Map<String, Value>,
) -> Result<Response> {
    let key = new_key(naming, &body)?;
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &body).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    if store::find_full(&mut transaction, naming, &key).await?.is_some() {
        let mut report = Report::default();
        match naming {
            Naming::Uuid => {
                report.rule("uuid", format!("The {key} uuid is already used for another product."))
            }
            Naming::Identifier => report.rule(
                "identifier",
                format!("The {key} identifier is already used for another product."),
            ),
        }
        return Err(report.into());
    }
    let line = Line { key: key.clone(), body, if_match: IfMatch::default() };
    let written = save_all(&mut transaction, &editor.writer(), naming, &[line]).await?;
    let saved = written.into_iter().next().transpose()?.unwrap_or(Saved::Created);
    let path = [path_of(naming), &key];
    let answer = answer_recorded(app, record, &mut transaction, saved, path).await?;
    transaction.commit().await?;
    Ok(answer)
}

fn new_key(naming: Naming, body: &Map<String, Value>) -> Result<String> {
    let given = |name: &str| body.get(name).filter(|value| !value.is_null());
    match (naming, given(if naming == Naming::Uuid { "uuid" } else { "identifier" })) {
        (Naming::Uuid, None) => Ok(Uuid::now_v7().to_string()),
        (Naming::Uuid, Some(Value::String(text))) => normalise(naming, text),
        (Naming::Identifier, Some(Value::String(text))) if !text.is_empty() => Ok(text.clone()),
        (Naming::Identifier, _) => {
            let mut report = Report::default();
            report.rule("identifier", "This value should not be blank.");
            Err(report.into())
        }
        (Naming::Uuid, Some(_)) => Err(not_a_uuid()),
    }
}

/// An id in its usual form.
fn normalise(naming: Naming, key: &str) -> Result<String> {
    match naming {
        Naming::Uuid => Uuid::parse_str(key).map(|id| id.to_string()).map_err(|_| not_a_uuid()),
        Naming::Identifier => Ok(key.to_owned()),
    }
}

/// Changes a product, or makes it.
pub(super) async fn update(
    app: &App,
    editor: &Editor,
    naming: Naming,
    key: &str,
    body: Map<String, Value>,
    if_match: IfMatch,
) -> Result<Response> {
    let key = normalise(naming, key)?;
    if let (Naming::Uuid, Some(Value::String(given))) = (naming, body.get("uuid"))
        && !given.eq_ignore_ascii_case(&key)
    {
        return Err(Refusal::unprocessable(format!(
            "The uuid \"{given}\" provided in the request body must match the uuid \"{key}\" provided in the url."
        )));
    }
    let request = editor.digest(&body);
    let line = Line { key: key.clone(), body, if_match };
    let written = save(app, editor, &request, naming, &[line]).await?;
    bulk::answer_one(app, written, [path_of(naming), &key]).await
}

/// Changes or makes up to a hundred products, each on its own or all together.
pub(super) async fn update_many(
    app: &App,
    editor: &Editor,
    naming: Naming,
    body: Vec<BodyLine>,
) -> Result<Response> {
    let request = editor.digest(&body);
    let property = if naming == Naming::Uuid { "uuid" } else { "identifier" };
    let (mut keys, mut results) = (Vec::new(), Vec::new());
    let mut lines = Vec::with_capacity(body.len());
    for line in body {
        match read_line(line, property, naming) {
            Ok((key, line)) => {
                lines.push(line);
                keys.push(Some(key));
                results.push(Ok(()));
            }
            Err((key, refusal)) => {
                keys.push(key);
                results.push(Err(refusal));
            }
        }
    }
    let written = save(app, editor, &request, naming, &lines).await?;
    let describe =
        |line: usize, result: &_| bulk::describe(property, keys[line].as_deref(), result);
    bulk::answer(written, results, editor.is_atomic, Form::Lines, describe).await
}

/// The line with its key as the client wrote it.
fn read_line(
    line: BodyLine,
    property: &str,
    naming: Naming,
) -> std::result::Result<(String, Line), (Option<String>, Refusal)> {
    let keyed = read_key(line, property).map_err(|refusal| (None, refusal))?;
    match normalise(naming, &keyed.key) {
        Ok(key) => Ok((keyed.key, Line { key, body: keyed.object, if_match: IfMatch::default() })),
        Err(refusal) => Err((Some(keyed.key), refusal)),
    }
}

/// Writes the lines; another try if somebody else's writes were in the way.
async fn save(
    app: &App,
    editor: &Editor,
    request: &[u8],
    naming: Naming,
    lines: &[Line],
) -> Result<Written> {
    try_again(|| async {
        let mut transaction = app.db.begin().await?;
        let record = match editor.start(&mut transaction, &request).await? {
            Started::First(record) => record,
            Started::Replay(answer) => return Ok(Written::Replay(answer)),
        };
        let saved = save_all(&mut transaction, &editor.writer(), naming, lines).await?;
        Ok(Written::New(transaction, record, saved))
    })
    .await
}

/// Removes a product, also from the associations of others.
pub(super) async fn delete(
    app: &App,
    editor: &Editor,
    naming: Naming,
    key: &str,
    if_match: &IfMatch,
) -> Result<Response> {
    try_again(|| try_delete(app, editor, naming, key, if_match)).await
}

async fn try_delete(
    app: &App,
    editor: &Editor,
    naming: Naming,
    key: &str,
    if_match: &IfMatch,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let id = store::find_full(&mut transaction, naming, key).await?.map(|product| product.id);
    let id = id.ok_or_else(|| missing(key))?;
    store::lock(&mut transaction, id).await?;
    let found = store::find_with_parent(&mut transaction, id).await?;
    let (product, parent) = found.ok_or_else(|| missing(key))?;
    if_match.check(product.version)?;
    if let Some(root) = store::delete(&mut transaction, product.id).await? {
        projection::enqueue(&mut transaction, &[root]).await?;
    }
    let mut entries = vec![product.tell_deletion(parent.as_deref())];
    entries.extend(associations::forget(&mut transaction, &End::Product(product.id)).await?);
    history::record(&mut transaction, &editor.writer(), &entries).await?;
    let answer = record.finish_empty(&mut transaction, StatusCode::NO_CONTENT, None).await?;
    transaction.commit().await?;
    Ok(answer)
}

pub(super) fn missing(key: &str) -> Refusal {
    Refusal::not_found(format!("Product \"{key}\" does not exist."))
}
