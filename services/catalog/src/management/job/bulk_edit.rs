//! A patch for every product, or product model, that a search finds, in order of ids.

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{IfMatch, idempotency::Started};

use super::{
    BULK_EDIT, Counts, Job, MODEL_BULK_EDIT, Request, act, describe,
    store::{self, EditError},
};
use crate::{
    App,
    management::{
        access::Editor,
        associations::Naming,
        error::{Refusal, Result},
        filter::{Filter, Target},
        history::Writer,
        product, product_model,
        reading::Reading,
        report::Report,
        search::read_search,
    },
};

/// Things of one transaction.
const CHUNK: i64 = 100;

/// What a bulk edit is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Edited {
    /// Products, which are patched as by `PATCH /products-uuid/{uuid}`.
    #[default]
    Products,
    /// Product models, which are patched as by `PATCH /product-models/{code}`.
    ProductModels,
}

impl Edited {
    fn is_products(&self) -> bool {
        *self == Self::Products
    }

    fn target(self) -> Target {
        match self {
            Self::Products => Target::Product,
            Self::ProductModels => Target::Model,
        }
    }
}

/// A patch for every product, or product model, that a search finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "search": {"family": [{"operator": "IN", "value": ["mugs"]}]},
    "patch": {"enabled": false}
}))]
pub struct BulkEdit {
    /// What is searched and patched.
    #[serde(default, skip_serializing_if = "Edited::is_products")]
    #[schema(inline)]
    pub resource: Edited,
    /// The filter of its lists; `{}` finds everything.
    #[schema(value_type = Object)]
    pub search: Map<String, Value>,
    /// Locale of conditions that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_locale: Option<String>,
    /// Channel of conditions that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_scope: Option<String>,
    /// What each is patched with.
    #[schema(value_type = Object)]
    pub patch: Map<String, Value>,
}

/// Queues a bulk edit that can be understood; 202.
pub(super) async fn create(
    app: &App,
    editor: &Editor,
    body: &Map<String, Value>,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, body).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let request = read_request(body)?;
    read_filter(&mut transaction, &request).await?;
    let kind = if request.resource.is_products() { BULK_EDIT } else { MODEL_BULK_EDIT };
    let id = Uuid::now_v7();
    store::insert(
        &mut transaction,
        id,
        kind,
        "queued",
        &Request::BulkEdit(request),
        &editor.author,
    )
    .await?;
    let location = act::location(app, id)?;
    let answer = record
        .finish_empty(&mut transaction, StatusCode::ACCEPTED, Some(location.as_str()))
        .await?;
    transaction.commit().await?;
    Ok(answer)
}

fn read_request(body: &Map<String, Value>) -> Result<BulkEdit> {
    let request: BulkEdit =
        serde_json::from_value(Value::Object(body.clone())).map_err(|error| {
            Refusal::documented(format!("The request is not as documented: {error}."))
        })?;
    let mut report = Report::default();
    if request.patch.is_empty() {
        report.rule("patch", "This value should not be blank.");
    }
    let (names, things): (&[&str], _) = match request.resource {
        Edited::Products => (&["uuid", "identifier"], "products"),
        Edited::ProductModels => (&["code"], "product models"),
    };
    for name in names.iter().filter(|name| request.patch.contains_key(**name)) {
        let rule = format!("Property \"{name}\" cannot be the same for all {things}.");
        report.rule("patch", rule);
    }
    report.into_result()?;
    Ok(request)
}

/// The filter of a request, as it is understood now.
async fn read_filter(connection: &mut PgConnection, request: &BulkEdit) -> Result<Filter> {
    let search = Value::Object(request.search.clone()).to_string();
    let (locale, scope) = (request.search_locale.as_deref(), request.search_scope.as_deref());
    let conditions = read_search(Some(&search), locale, scope)?;
    Filter::read(connection, request.resource.target(), &conditions, &Reading::default()).await
}

/// Writes the next chunk, or ends the job when there is nothing left to do.
pub(super) async fn write_next(
    connection: &mut PgConnection,
    job: &Job,
    request: &BulkEdit,
) -> Result<()> {
    let filter = read_filter(connection, request).await?;
    let (until, after) = (job.created, job.position);
    if job.total.is_none() {
        let total = match request.resource {
            Edited::Products => product::count_matching(connection, &filter, until).await?,
            Edited::ProductModels => {
                product_model::count_matching(connection, &filter, until).await?
            }
        };
        store::set_total(connection, job.id, total).await?;
    }
    let things = match request.resource {
        Edited::Products => {
            product::find_matching(connection, &filter, until, after, CHUNK).await?
        }
        Edited::ProductModels => {
            product_model::find_matching(connection, &filter, until, after, CHUNK).await?
        }
    };
    match things.last() {
        Some((last, _)) => {
            store::set_position(connection, job.id, *last).await?;
            edit(connection, job, request, things).await
        }
        None => store::finish(connection, job.id, "completed", None).await,
    }
}

/// Patches things, each named by its id and its sku or code. What was deleted in the meantime is not made
/// anew.
async fn edit(
    connection: &mut PgConnection,
    job: &Job,
    request: &BulkEdit,
    things: Vec<(Uuid, Option<String>)>,
) -> Result<()> {
    let writer = Writer { author: job.author.0.clone(), reviewer: None, restored_version: None };
    let body = || request.patch.clone();
    let written = match request.resource {
        Edited::Products => {
            let line = |(id, _): &(Uuid, _)| product::Line {
                key: id.to_string(),
                body: body(),
                if_match: IfMatch::any(),
            };
            let lines: Vec<product::Line> = things.iter().map(line).collect();
            product::save_all(connection, &writer, Naming::Uuid, &lines).await?
        }
        Edited::ProductModels => {
            let line = |(_, code): &(_, Option<String>)| product_model::Line {
                code: code.clone().unwrap_or_default(),
                body: body(),
                if_match: IfMatch::any(),
            };
            let lines: Vec<product_model::Line> = things.iter().map(line).collect();
            product_model::save_all(connection, &writer, Naming::Identifier, &lines).await?
        }
    };
    let (mut counts, mut errors) = (Counts::default(), Vec::new());
    for ((id, name), saved) in things.into_iter().zip(written) {
        match saved {
            Ok(saved) => counts.add(Some(saved), 1),
            Err(refusal) => {
                counts.add(None, 1);
                errors.push(EditError { id, name, refusal: describe(&refusal) });
            }
        }
    }
    store::advance(connection, job.id, &counts).await?;
    store::insert_errors(connection, job.id, &errors).await
}
