use access::Subject;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

use super::{
    Author, State, Thing, compare,
    store::{self, Filter, Row},
};
use crate::{
    App,
    management::{
        error::{Refusal, Result},
        hal::{Item, PageRequest},
        links::Links,
        time,
    },
};

/// One page of a thing's history, newest first; none if there is neither a thing, whose present state this
/// is, nor a history.
pub async fn list(
    app: &App,
    connection: &mut PgConnection,
    thing: &Thing<'_>,
    present: Option<State<'_>>,
    parameters: &[(String, String)],
) -> Result<Option<Response>> {
    let page = PageRequest::read_cursors_only(parameters)?;
    let filter = Filter {
        author: page.parameter("author").map(str::to_owned),
        since: read_time(&page, "since")?,
        until: read_time(&page, "until")?,
        before_version: page.after().map(read_cursor).transpose()?,
    };
    let mut rows = store::find_page(connection, thing, &filter, page.limit).await?;
    if rows.is_empty()
        && present.is_none()
        && store::find_page(connection, thing, &Filter::default(), 1).await?.is_empty()
    {
        return Ok(None);
    }
    let present = present.unwrap_or_default();
    for row in rows.iter_mut().filter(|row| row.is_told_by_state()) {
        let mut state = present.clone();
        store::undo_after(connection, thing, row.version, &mut state).await?;
        row.changes.0 = compare(&State::default(), &state);
    }
    let links = Links::new(&app.config.public_url)?;
    let path = || thing.path.iter().copied().chain(["versions"]);
    let item = |row: Row| {
        let version = row.version.to_string();
        Item {
            link: links.of(path().chain([version.as_str()])),
            body: represent(row),
            key: version,
        }
    };
    let items = rows.into_iter().map(item).collect();
    Ok(Some(page.answer(&links.of(path()), items, None)))
}

fn read_cursor(text: &str) -> Result<i64> {
    text.parse().map_err(|_| {
        Refusal::unprocessable("The \"search_after\" parameter is not a cursor of this list.")
    })
}

fn read_time(page: &PageRequest, name: &str) -> Result<Option<DateTime<Utc>>> {
    let Some(text) = page.parameter(name) else { return Ok(None) };
    time::parse(text).map(Some).ok_or_else(|| {
        Refusal::unprocessable(format!(
            "Parameter \"{name}\" expects a moment as in 2024-05-01T08:00:00Z, \"{text}\" given."
        ))
    })
}

/// The state of a version: 404 if no history of it is kept, 422 if it is a deletion.
pub async fn find_state<'a>(
    connection: &mut PgConnection,
    thing: &Thing<'_>,
    present: State<'a>,
    version: i64,
) -> Result<State<'a>> {
    let entry = store::find(connection, thing, version).await?;
    let entry = entry.ok_or_else(|| missing(thing, version))?;
    if entry.is_deletion() {
        return Err(Refusal::unprocessable(format!(
            "Version {version} of \"{}\" is its deletion; restore a version before it.",
            thing.code
        )));
    }
    let mut state = present;
    store::undo_after(connection, thing, version, &mut state).await?;
    Ok(state)
}

fn missing(thing: &Thing<'_>, version: i64) -> Refusal {
    Refusal::not_found(format!("There is no version {version} of \"{}\".", thing.code))
}

/// The entry of a version with the thing's state then.
pub async fn represent_version(
    connection: &mut PgConnection,
    thing: &Thing<'_>,
    present: State<'_>,
    version: i64,
) -> Result<Response> {
    let entry = store::find(connection, thing, version).await?;
    let mut entry = entry.ok_or_else(|| missing(thing, version))?;
    let mut state = Some(present).filter(|_| !entry.is_deletion());
    if let Some(state) = &mut state {
        store::undo_after(connection, thing, version, state).await?;
        if entry.is_told_by_state() {
            entry.changes.0 = compare(&State::default(), state);
        }
    }
    let mut body = represent(entry);
    body.insert("state".into(), json!(state.map(|state| state.represent())));
    Ok(web::Json(body).into_response())
}

fn represent(row: Row) -> Map<String, Value> {
    let is_client = matches!(Subject::parse(&row.subject), Subject::Client(_));
    let author = Author {
        name: row.author,
        subject: row.subject,
        client_id: row.client_id,
        kind: if is_client { "api" } else { "ui" }.to_owned(),
    };
    Map::from_iter([
        ("version".to_owned(), json!(row.version)),
        ("action".to_owned(), json!(row.action)),
        ("date".to_owned(), json!(time::format(&row.created_at))),
        ("author".to_owned(), json!(author)),
        ("reviewer".to_owned(), json!(row.reviewer)),
        ("restored_version".to_owned(), json!(row.restored_version)),
        ("changes".to_owned(), json!(row.changes.0)),
    ])
}
