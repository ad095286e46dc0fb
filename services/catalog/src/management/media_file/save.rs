//! An uploaded file becomes the value of a product or model, in one transaction with its own record.

use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use web::IfMatch;

use super::{
    receive::{Incoming, Owner, Upload},
    store,
};
use crate::{
    App,
    management::{
        associations::Naming,
        error::{Refusal, Result},
        product, product_model,
    },
};

/// Keeps the file and sets the value; answers the file's code.
pub(super) async fn save(app: &App, upload: Upload) -> Result<String> {
    let incoming = upload.incoming.ok_or_else(|| missing("file"))?;
    let result = match &upload.owner {
        Some(owner) => save_with(app, &incoming, owner).await,
        None => Err(missing("product\" or \"product_model")),
    };
    if result.is_err() {
        incoming.discard().await;
    }
    result.map(|()| incoming.file.code)
}

/// Keeps a file that is the value of nothing yet; answers its code.
pub(super) async fn save_alone(app: &App, upload: Upload) -> Result<String> {
    let incoming = upload.incoming.ok_or_else(|| missing("file"))?;
    let result = keep(app, &incoming).await;
    if result.is_err() {
        incoming.discard().await;
    }
    result.map(|()| incoming.file.code)
}

async fn keep(app: &App, incoming: &Incoming) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    store::insert(&mut transaction, &incoming.file, &incoming.sha256).await?;
    incoming.keep().await?;
    transaction.commit().await?;
    Ok(())
}

async fn save_with(app: &App, incoming: &Incoming, owner: &Owner) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    store::insert(&mut transaction, &incoming.file, &incoming.sha256).await?;
    match owner {
        Owner::Product(owner) => {
            set_on_product(&mut transaction, owner, &incoming.file.code).await?
        }
        Owner::Model(owner) => set_on_model(&mut transaction, owner, &incoming.file.code).await?,
    }
    incoming.keep().await?;
    transaction.commit().await?;
    Ok(())
}

async fn set_on_product(
    connection: &mut PgConnection,
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
    product::save_all(connection, naming, &[line])
        .await?
        .into_iter()
        .try_for_each(|saved| saved.map(drop))
}

async fn set_on_model(
    connection: &mut PgConnection,
    owner: &Map<String, Value>,
    code: &str,
) -> Result<()> {
    let key = text(owner, "code").ok_or_else(|| missing("code"))?;
    if !product_model::exists(connection, key).await? {
        return Err(Refusal::unprocessable(format!("Product model \"{key}\" does not exist.")));
    }
    let body = body_of(owner, code)?;
    let line = product_model::Line { code: key.to_owned(), body, if_match: IfMatch::default() };
    product_model::save_all(connection, &[line])
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
