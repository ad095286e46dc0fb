//! The history of products.

use std::borrow::Cow;

use axum::response::Response;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;
use web::{IfMatch, idempotency::Started};

use super::{
    Product,
    act::{missing, path_of},
    save::{Line, save_all},
    store,
};
use crate::{
    App,
    management::{
        access::Editor,
        associations::{self, Naming},
        bulk::Saved,
        error::Result,
        history::{self, Action, Entry, Request, State, Thing, Writer, compare},
        removal,
        resource::answer_recorded,
    },
};

/// The kind of products in history entries.
pub const KIND: &str = "product";

/// Answers a request about the history of a product. A deleted one is found by the sku that it had.
pub async fn serve_history(
    app: &App,
    naming: Naming,
    key: &str,
    request: Request<'_>,
) -> Result<Response> {
    let mut connection = app.db.acquire().await?;
    let id = find_id(&mut connection, naming, key).await?.ok_or_else(|| missing(key))?;
    let code = id.to_string();
    let thing = Thing { kind: KIND, owner: "", code: &code, path: vec![path_of(naming), key] };
    let answer = match request {
        Request::List(parameters) => {
            let present = store::find_with_parent(&mut connection, id).await?;
            let present = present.as_ref().map(|found| state_of(Some(found)));
            history::list(app, &mut connection, &thing, present, parameters).await?
        }
        Request::Version(version) => {
            let present = store::find_with_parent(&mut connection, id).await?;
            let present = state_of(present.as_ref());
            Some(history::represent_version(&mut connection, &thing, present, version).await?)
        }
        Request::Restore { version, editor, if_match } => {
            drop(connection);
            Some(restore(app, editor, &thing, id, version, if_match).await?)
        }
    };
    answer.ok_or_else(|| missing(key))
}

/// Id, version and state of a product, locked until the transaction ends.
pub async fn lock_present(
    connection: &mut PgConnection,
    naming: Naming,
    key: &str,
) -> Result<Option<(Uuid, i64, State<'static>)>> {
    let locked = store::find_for_update(connection, naming, &[key]).await?;
    let Some(id) = locked.into_values().next().map(|product| product.id) else { return Ok(None) };
    let present = store::find_with_parent(connection, id).await?;
    Ok(present.as_ref().map(|found| (id, found.0.version, state_of(Some(found)).into_owned())))
}

/// Locks those of the products that are there until the transaction ends.
pub async fn lock_all(connection: &mut PgConnection, naming: Naming, keys: &[&str]) -> Result<()> {
    store::find_for_update(connection, naming, keys).await.map(drop)
}

async fn find_id(connection: &mut PgConnection, naming: Naming, key: &str) -> Result<Option<Uuid>> {
    if naming == Naming::Uuid {
        return Ok(Uuid::parse_str(key).ok());
    }
    if let Some(id) = store::find_ids(connection, &[key.to_owned()]).await?.remove(key) {
        return Ok(Some(id));
    }
    let deleted = history::find_deleted_product(connection, key).await?;
    Ok(deleted.and_then(|id| Uuid::parse_str(&id).ok()))
}

async fn restore(
    app: &App,
    editor: &Editor,
    thing: &Thing<'_>,
    id: Uuid,
    version: i64,
    if_match: IfMatch,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &Value::Null).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    removal::hold_off(&mut transaction).await?;
    store::lock(&mut transaction, id).await?;
    let present = store::find_with_parent(&mut transaction, id).await?;
    let present = state_of(present.as_ref());
    let state = history::find_state(&mut transaction, thing, present.clone(), version).await?;
    let line = Line { key: id.to_string(), body: body_of(&state, &present), if_match };
    let writer = Writer { restored_version: Some(version), ..editor.writer() };
    let saved = save_all(&mut transaction, &writer, Naming::Uuid, &[line]).await?;
    let saved = saved.into_iter().next().transpose()?.unwrap_or(Saved::Unchanged);
    let path = thing.path.iter().copied();
    let answer = answer_recorded(app, record, &mut transaction, saved, path).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// The body that leads from one state to the other; products are named by their ids.
pub fn body_of(state: &State<'_>, present: &State<'_>) -> Map<String, Value> {
    let mut body = state.body_from(present);
    let associations = |state: &State<'_>| associations::read(state.properties.get("associations"));
    body.remove("associations");
    body.extend(associations(state).body_from(&associations(present)));
    body
}

fn state_of(product: Option<&(Product, Option<String>)>) -> State<'_> {
    product.map(|(product, parent)| product.state(parent.as_deref())).unwrap_or_default()
}

impl Product {
    /// What is told when the product is deleted.
    pub(super) fn tell_deletion(&self, parent: Option<&str>) -> Entry {
        Entry {
            kind: KIND,
            owner: String::new(),
            code: self.id.to_string(),
            identifier: self.identifier.clone(),
            version: self.version + 1,
            action: Action::Deleted,
            changes: compare(&self.state(parent), &State::default()),
        }
    }

    /// What is told of the product; `parent` is the code of its parent.
    pub(super) fn state(&self, parent: Option<&str>) -> State<'_> {
        let categories = Some(&self.categories.0).filter(|codes| !codes.is_empty());
        let groups = Some(&self.groups.0).filter(|codes| !codes.is_empty());
        let properties = Map::from_iter([
            ("identifier".to_owned(), json!(self.identifier)),
            ("enabled".to_owned(), json!(self.enabled)),
            ("family".to_owned(), json!(self.family)),
            ("parent".to_owned(), json!(parent)),
            ("categories".to_owned(), json!(categories)),
            ("groups".to_owned(), json!(groups)),
            ("associations".to_owned(), self.associations.tell()),
        ]);
        State::new(properties, Cow::Borrowed(&self.values))
    }
}
