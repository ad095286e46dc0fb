//! An uploaded file becomes the value of a product or model, in one transaction with its own record.

use axum::{extract::Request, response::Response};
use http::StatusCode;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use web::{IfMatch, idempotency::Started};

use super::{
    receive::{Incoming, Owner, Upload, receive},
    store,
};
use crate::{
    App,
    management::{
        access::Editor,
        associations::Naming,
        error::{Refusal, Result},
        history::Writer,
        links::Links,
        product, product_model,
    },
};

/// Keeps the file and sets the value; 201 with the file's address.
pub(super) async fn save(app: &App, editor: &Editor, upload: Upload) -> Result<Response> {
    let incoming = upload.incoming.ok_or_else(|| missing("file"))?;
    let result = match &upload.owner {
        Some(owner) => save_with(app, editor, &incoming, owner).await,
        None => Err(missing("product\" or \"product_model")),
    };
    if result.is_err() {
        incoming.discard().await;
    }
    result
}

/// Receives and keeps a file that is the value of nothing yet; 201 with the address that `locate` makes
/// of its code.
pub async fn save_alone(
    app: &App,
    editor: &Editor,
    request: Request,
    locate: impl Fn(&str) -> String,
) -> Result<Response> {
    let incoming = receive(app, request).await?.incoming.ok_or_else(|| missing("file"))?;
    let result = keep(app, editor, &incoming, &locate(&incoming.file.code)).await;
    if result.is_err() {
        incoming.discard().await;
    }
    result
}

async fn keep(app: &App, editor: &Editor, incoming: &Incoming, location: &str) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let same = json!({"sha256": incoming.sha256, "name": incoming.file.original_filename});
    let record = match editor.start(&mut transaction, &same).await? {
        Started::First(record) => record,
        Started::Replay(answer) => {
            incoming.discard().await;
            return Ok(answer);
        }
    };
    store::lock(&mut transaction, &incoming.file.code).await?;
    store::insert(&mut transaction, incoming).await?;
    let answer = record.finish_empty(&mut transaction, StatusCode::CREATED, Some(location)).await?;
    incoming.keep().await?;
    transaction.commit().await?;
    Ok(answer)
}

async fn save_with(
    app: &App,
    editor: &Editor,
    incoming: &Incoming,
    owner: &Owner,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &identify(incoming, owner)).await? {
        Started::First(record) => record,
        Started::Replay(answer) => {
            incoming.discard().await;
            return Ok(answer);
        }
    };
    store::lock(&mut transaction, &incoming.file.code).await?;
    let writer = &editor.writer();
    store::insert(&mut transaction, incoming).await?;
    match owner {
        Owner::Product(owner) => {
            set_on_product(&mut transaction, writer, owner, &incoming.file.code).await?
        }
        Owner::Model(owner) => {
            set_on_model(&mut transaction, writer, owner, &incoming.file.code).await?
        }
    }
    let path = ["media-files"].into_iter().chain(incoming.file.code.split('/'));
    let location = Links::new(&app.config.public_url)?.of(path);
    let answer =
        record.finish_empty(&mut transaction, StatusCode::CREATED, Some(location.as_str())).await?;
    incoming.keep().await?;
    transaction.commit().await?;
    Ok(answer)
}

/// What makes two uploads the same.
fn identify(incoming: &Incoming, owner: &Owner) -> Value {
    let (kind, owner) = match owner {
        Owner::Product(owner) => ("product", owner),
        Owner::Model(owner) => ("product_model", owner),
    };
    json!({"sha256": incoming.sha256, "name": incoming.file.original_filename, kind: owner})
}

async fn set_on_product(
    connection: &mut PgConnection,
    writer: &Writer,
    owner: &Map<String, Value>,
    code: &str,
) -> Result<()> {
    let (naming, key) = match (text(owner, "uuid"), text(owner, "identifier")) {
        (Some(uuid), _) => (Naming::Uuid, uuid),
        (None, Some(identifier)) => (Naming::Identifier, identifier),
        (None, None) => return Err(missing("identifier")),
    };
    if !product::exists(connection, naming, key).await? {
        return Err(Refusal::unprocessable(format!("Product \"{key}\" does not exist.")));
    }
    let body = body_of(owner, code)?;
    let line = product::Line { key: key.to_owned(), body, if_match: IfMatch::default() };
    product::save_all(connection, writer, naming, &[line])
        .await?
        .into_iter()
        .try_for_each(|saved| saved.map(drop))
}

async fn set_on_model(
    connection: &mut PgConnection,
    writer: &Writer,
    owner: &Map<String, Value>,
    code: &str,
) -> Result<()> {
    let key = text(owner, "code").ok_or_else(|| missing("code"))?;
    if !product_model::exists(connection, key).await? {
        return Err(Refusal::unprocessable(format!("Product model \"{key}\" does not exist.")));
    }
    let body = body_of(owner, code)?;
    let line = product_model::Line { code: key.to_owned(), body, if_match: IfMatch::default() };
    product_model::save_all(connection, writer, Naming::Identifier, &[line])
        .await?
        .into_iter()
        .try_for_each(|saved| saved.map(drop))
}

fn body_of(owner: &Map<String, Value>, code: &str) -> Result<Map<String, Value>> {
    let attribute = text(owner, "attribute").ok_or_else(|| missing("attribute"))?;
    let place = |name: &str| owner.get(name).cloned().unwrap_or_default();
    let entry = json!({"locale": place("locale"), "scope": place("scope"), "data": code});
    Ok(Map::from_iter([("values".to_owned(), json!({attribute: [entry]}))]))
}

fn text<'a>(owner: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    owner.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn missing(name: &str) -> Refusal {
    Refusal::unprocessable(format!("Property \"{name}\" is required."))
}
