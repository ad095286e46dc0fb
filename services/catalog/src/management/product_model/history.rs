//! The history of product models.

use std::borrow::Cow;

use axum::response::Response;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;
use web::{IfMatch, idempotency::Started};

use super::{
    ProductModel,
    act::{PATH, missing},
    save::{Line, save_all},
    store,
};
use crate::{
    App,
    management::{
        access::Editor,
        associations::Naming,
        bulk::Saved,
        error::Result,
        history::{self, Action, Entry, Request, State, Thing, Writer, compare},
        product, removal,
        resource::answer_recorded,
    },
};

/// The kind of models in history entries.
pub const KIND: &str = "product_model";

/// Answers a request about the history of a model.
pub async fn serve_history(app: &App, code: &str, request: Request<'_>) -> Result<Response> {
    let thing = Thing { kind: KIND, owner: "", code, path: vec![PATH, code] };
    let mut connection = app.db.acquire().await?;
    let answer = match request {
        Request::List(parameters) => {
            let present = store::find_with_parent(&mut connection, code).await?;
            let present = present.as_ref().map(|found| state_of(Some(found)));
            history::list(app, &mut connection, &thing, present, parameters).await?
        }
        Request::Version(version) => {
            let present = store::find_with_parent(&mut connection, code).await?;
            let present = state_of(present.as_ref());
            Some(history::represent_version(&mut connection, &thing, present, version).await?)
        }
        Request::Restore { version, editor, if_match } => {
            drop(connection);
            Some(restore(app, editor, &thing, version, if_match).await?)
        }
    };
    answer.ok_or_else(|| missing(code))
}

/// Id, version and state of a model, locked until the transaction ends.
pub async fn lock_present(
    connection: &mut PgConnection,
    code: &str,
) -> Result<Option<(Uuid, i64, State<'static>)>> {
    lock_all(connection, &[code]).await?;
    let present = store::find_with_parent(connection, code).await?;
    let tell = |found: &(ProductModel, _)| {
        (found.0.id, found.0.version, state_of(Some(found)).into_owned())
    };
    Ok(present.as_ref().map(tell))
}

/// Locks those of the models that are there until the transaction ends.
pub async fn lock_all(connection: &mut PgConnection, codes: &[&str]) -> Result<()> {
    store::find_for_update(connection, codes).await.map(drop)
}

async fn restore(
    app: &App,
    editor: &Editor,
    thing: &Thing<'_>,
    version: i64,
    if_match: IfMatch,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &Value::Null).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    removal::hold_off(&mut transaction).await?;
    store::find_for_update(&mut transaction, &[thing.code]).await?;
    let present = store::find_with_parent(&mut transaction, thing.code).await?;
    let present = state_of(present.as_ref());
    let state = history::find_state(&mut transaction, thing, present.clone(), version).await?;
    let body = product::body_of(&state, &present);
    let line = Line { code: thing.code.to_owned(), body, if_match };
    let writer = Writer { restored_version: Some(version), ..editor.writer() };
    let saved = save_all(&mut transaction, &writer, Naming::Uuid, &[line]).await?;
    let saved = saved.into_iter().next().transpose()?.unwrap_or(Saved::Unchanged);
    let path = thing.path.iter().copied();
    let answer = answer_recorded(app, record, &mut transaction, saved, path).await?;
    transaction.commit().await?;
    Ok(answer)
}

fn state_of(model: Option<&(ProductModel, Option<String>)>) -> State<'_> {
    model.map(|(model, parent)| model.state(parent.as_deref())).unwrap_or_default()
}

impl ProductModel {
    /// What is told when the model is deleted.
    pub(super) fn tell_deletion(&self, parent: Option<&str>) -> Entry {
        Entry {
            kind: KIND,
            owner: String::new(),
            code: self.code.clone(),
            identifier: None,
            version: self.version + 1,
            action: Action::Deleted,
            changes: compare(&self.state(parent), &State::default()),
        }
    }

    /// What is told of the model; `parent` is the code of the model above.
    pub(super) fn state(&self, parent: Option<&str>) -> State<'_> {
        let categories = Some(&self.categories.0).filter(|codes| !codes.is_empty());
        let properties = Map::from_iter([
            ("family_variant".to_owned(), json!(self.family_variant)),
            ("parent".to_owned(), json!(parent)),
            ("categories".to_owned(), json!(categories)),
            ("associations".to_owned(), self.associations.tell()),
        ]);
        State::new(properties, Cow::Borrowed(&self.values))
    }
}
