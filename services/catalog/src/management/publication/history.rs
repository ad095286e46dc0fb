//! The history of publications: also of pages that are gone.

use std::collections::BTreeSet;

use axum::response::Response;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use web::{IfMatch, idempotency::Started};

use super::{
    Page, act,
    key::{Key, PageKind},
    save::{KIND, Line, save_all},
    store,
};
use crate::{
    App,
    management::{
        access::Editor,
        bulk::Saved,
        error::Result,
        history::{self, Request, State, Thing, Writer},
        removal,
        resource::answer_recorded,
    },
};

/// Answers a request about the history of a publication.
pub(super) async fn serve(
    app: &App,
    resource: &str,
    code: &str,
    request: Request<'_>,
) -> Result<Response> {
    let key = Key::of_path(resource, code)?;
    let mut connection = app.db.acquire().await?;
    let found = act::find(&mut connection, &key, false).await?.map(|(page, _)| page);
    let present = found.as_ref().map(Page::state);
    let page = match found {
        Some(page) => page,
        None => gone(&mut connection, &key).await?.ok_or_else(|| key.missing())?,
    };
    let path = vec![resource, code, "publication"];
    let thing = Thing { kind: KIND, owner: page.kind.as_str(), code: &page.code, path };
    let answer = match request {
        Request::List(parameters) => {
            history::list(app, &mut connection, &thing, present, parameters).await?
        }
        Request::Version(version) => {
            let state = page.state();
            Some(history::represent_version(&mut connection, &thing, state, version).await?)
        }
        Request::Restore { version, editor, if_match } => {
            drop(connection);
            Some(restore(app, editor, &thing, key.clone(), version, if_match).await?)
        }
    };
    answer.ok_or_else(|| key.missing())
}

/// The publication that a deleted page has left.
async fn gone(connection: &mut PgConnection, key: &Key) -> Result<Option<Page>> {
    let (kind, code) = match key {
        Key::Id(id) => (PageKind::Product, Some(id.to_string())),
        Key::Identifier(identifier) => {
            (PageKind::Product, history::find_deleted_product(connection, identifier).await?)
        }
        Key::Model(code) => (PageKind::Model, Some(code.clone())),
    };
    let Some(code) = code else { return Ok(None) };
    let mut page = Page { id: None, kind, code, version: 0, channels: [].into() };
    store::fill(connection, std::slice::from_mut(&mut page), false).await?;
    Ok(Some(page))
}

async fn restore(
    app: &App,
    editor: &Editor,
    thing: &Thing<'_>,
    key: Key,
    version: i64,
    if_match: IfMatch,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &Value::Null).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    removal::hold_off(&mut transaction).await?;
    let found = act::find(&mut transaction, &key, true).await?;
    let present = found.map(|(page, _)| page.state()).ok_or_else(|| key.missing())?;
    let known = store::find_channels(&mut transaction).await?;
    let state = history::find_state(&mut transaction, thing, present, version).await?;
    let line = Line { key, body: body_of(&state, known), if_match };
    let writer = Writer { restored_version: Some(version), ..editor.writer() };
    let saved = save_all(&mut transaction, &writer, &[line]).await?;
    let saved = saved.into_iter().next().transpose()?.unwrap_or(Saved::Unchanged);
    let path = thing.path.iter().copied();
    let answer = answer_recorded(app, record, &mut transaction, saved, path).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// The body that leads to the state in all channels of today; null where nothing was said.
fn body_of(state: &State<'_>, known: BTreeSet<String>) -> Map<String, Value> {
    let channels = state.properties.get("channels");
    let placement = |channel: &String| channels.and_then(|channels| channels.get(channel)).cloned();
    let body: Map<String, Value> = known
        .into_iter()
        .map(|channel| {
            let placement = placement(&channel).unwrap_or_default();
            (channel, placement)
        })
        .collect();
    Map::from_iter([("channels".to_owned(), json!(body))])
}
