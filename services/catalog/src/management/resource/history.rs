//! The history of things that are kept by a code.

use std::borrow::Cow;

use axum::response::Response;
use serde_json::{Map, Value};
use sqlx::PgConnection;
use web::{IfMatch, idempotency::Started};

use super::{Resource, act, store};
use crate::{
    App,
    management::{
        access::Editor,
        error::Result,
        history::{self, Request, State, Thing, Writer},
        removal,
    },
};

/// Answers a request about the history of a thing.
pub async fn serve_history<R: Resource>(
    app: &App,
    owner: &str,
    code: &str,
    request: Request<'_>,
) -> Result<Response> {
    let path = R::list_path(owner).into_iter().chain([code]).collect();
    let thing = Thing { kind: R::TABLE, owner, code, path };
    let mut connection = app.db.acquire().await?;
    let answer = match request {
        Request::List(parameters) => {
            let present: Option<R> = store::find(&mut connection, owner, code).await?;
            let present = present.as_ref().map(|present| state_of(Some(present)));
            history::list(app, &mut connection, &thing, present, parameters).await?
        }
        Request::Version(version) => {
            let present: Option<R> = store::find(&mut connection, owner, code).await?;
            let present = state_of(present.as_ref());
            Some(history::represent_version(&mut connection, &thing, present, version).await?)
        }
        Request::Restore { version, editor, if_match } => {
            drop(connection);
            Some(restore::<R>(app, editor, &thing, version, &if_match).await?)
        }
    };
    answer.ok_or_else(|| R::missing(owner, code))
}

/// What is told of a thing; nothing if it is not there.
pub(super) fn state_of<R: Resource>(thing: Option<&R>) -> State<'static> {
    let properties = thing.map(R::represent).unwrap_or_default();
    State::new(properties, Cow::default())
}

async fn restore<R: Resource>(
    app: &App,
    editor: &Editor,
    thing: &Thing<'_>,
    version: i64,
    if_match: &IfMatch,
) -> Result<Response> {
    let (owner, code) = (thing.owner, thing.code);
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &Value::Null).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    removal::hold_off(&mut transaction).await?;
    // What the version holds is not known before the thing is locked: it may lead to another parent.
    if R::PARENT.is_some() {
        act::lock_moves::<R>(&mut transaction).await?;
    }
    R::check_owner(owner, &mut transaction).await?;
    let body = body_of_version::<R>(&mut transaction, thing, version).await?;
    let mut entries = Vec::new();
    let saved =
        act::save::<R>(&mut transaction, owner, code, &body, if_match, &mut entries).await?;
    let writer = Writer { restored_version: Some(version), ..editor.writer() };
    history::record(&mut transaction, &writer, &entries).await?;
    let answer =
        act::answer_recorded(app, record, &mut transaction, saved, thing.path.iter().copied())
            .await?;
    transaction.commit().await?;
    Ok(answer)
}

/// The body that leads from the present to the version.
async fn body_of_version<R: Resource>(
    connection: &mut PgConnection,
    thing: &Thing<'_>,
    version: i64,
) -> Result<Map<String, Value>> {
    let present: Option<R> = store::find_for_update(connection, thing.owner, thing.code).await?;
    let present = state_of(present.as_ref());
    let state = history::find_state(connection, thing, present.clone(), version).await?;
    let mut body = state.body_from(&present);
    R::clear_later_values(&mut body, &present.properties);
    body.retain(|name, _| !R::NOT_RESTORED.contains(&name.as_str()));
    Ok(body)
}
