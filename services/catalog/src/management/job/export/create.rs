use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;
use web::idempotency::Started;

use super::{Export, source::Source};
use crate::{
    App,
    management::{
        access::Editor,
        error::{Refusal, Result},
        job::{EXPORT, Request, act, store as jobs},
    },
};

/// Queues an export that can be understood; 202.
pub(in super::super) async fn create(
    app: &App,
    reader: &Editor,
    body: &Map<String, Value>,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match reader.start(&mut transaction, body).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let request: Export = serde_json::from_value(Value::Object(body.clone())).map_err(|error| {
        Refusal::documented(format!("The request is not as documented: {error}."))
    })?;
    check(&request)?;
    Source::open(app, &mut transaction, &request, chrono::Utc::now()).await?;
    let (id, format) = (Uuid::now_v7(), request.format);
    let request = Request::Export(request);
    jobs::insert(&mut transaction, id, EXPORT, "queued", &request, &reader.author).await?;
    jobs::set_format(&mut transaction, id, format).await?;
    let location = act::location(app, id)?;
    let answer = record
        .finish_empty(&mut transaction, StatusCode::ACCEPTED, Some(location.as_str()))
        .await?;
    transaction.commit().await?;
    Ok(answer)
}

fn check(request: &Export) -> Result<()> {
    let is_about_values =
        request.scope.is_some() || request.locales.is_some() || request.attributes.is_some();
    if is_about_values && !request.resource.has_values() {
        return Err(Refusal::unprocessable(
            "\"scope\", \"locales\" and \"attributes\" are for products and product models only.",
        ));
    }
    Ok(())
}
