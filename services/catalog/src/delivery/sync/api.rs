use axum::{extract::State, response::Response};
use bytes::Bytes;
use http::HeaderMap;
use problem::{Kind, Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Cursor, PageQuery, Query};

use crate::{
    App,
    delivery::{
        document::{
            pages::render,
            store::{self, Stored},
        },
        product::{api::ProductPage, fields::Fields},
        reply::{Answer, Standing},
        view::{View, ViewQuery},
    },
};

/// How far a copy is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Progress {
    /// Everything up to here is in the copy.
    position: i64,
    /// Where the catalog stood when the copy began: what was gone by then is not in it.
    begun_at: i64,
}

/// What a copy is made of.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SyncQuery {
    /// Members of the pages to answer, separated by commas, beside the id; all if absent. A copy keeps to
    /// the same ones.
    #[param(example = "sku,name,price,image")]
    fields: Option<String>,
}

/// What changed since a cursor.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "written from ready bytes; this is its documentation")]
pub(crate) struct SyncPage {
    /// Pages to put into the copy, replacing what it has under their id.
    upserts: Vec<ProductPage>,
    /// Ids of pages to delete from the copy.
    deletes: Vec<Uuid>,
    /// Give it as `cursor` next time; always there.
    next_cursor: String,
    /// Whether there is more right now.
    has_more: bool,
}

/// Keep a local copy
///
/// The first call, without cursor, begins with everything; go on with `next_cursor` until `has_more` is
/// false, and later from the same cursor to get only what changed. A page may come more than once; the
/// last state of it always comes. Cursors belong to channel and locale. One that was not followed for 30
/// days may be refused with 410: the copy has missed that pages are gone, and begins anew.
#[utoipa::path(
    get,
    path = "/v1/sync",
    operation_id = "sync_products",
    tag = "catalog",
    params(ViewQuery, PageQuery, SyncQuery),
    responses(
        (status = 200, description = "What changed", body = SyncPage,
         headers(("etag" = String), ("cache-control" = String), ("vitrine-catalog-position" = i64))),
        (status = 304, description = "The client has this answer"),
        (status = 410, description = "The cursor is too old: begin anew", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn sync_products(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<ViewQuery>,
    Query(page): Query<PageQuery>,
    Query(SyncQuery { fields }): Query<SyncQuery>,
) -> Result<Response> {
    let view = app.delivery.view(&query, &headers)?;
    let fields = fields.as_deref().map(Fields::parse).transpose()?;
    let limit = page.limit()?;
    let head = store::head(&app.db).await?;
    let begin = page.after::<Progress>()?.unwrap_or(Progress { position: 0, begun_at: head });
    let rows = store::changed_in_view(
        &app.db,
        &view.channel,
        &view.locale.code,
        begin.position,
        begin.begun_at,
        limit,
    )
    .await?;
    // Only now: what was cleared away before these rows were read is noted.
    if begin.position.max(begin.begun_at) < store::purged_position(&app.db).await? {
        let detail = "the cursor was not followed for too long: begin without one";
        return Err(Problem::new(Kind::Gone, "cursor_expired", detail));
    }
    let has_more = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let last = rows.last().map_or(begin.position, |row| row.position);
    // Who has everything is level with the catalog, however long ago its own view changed.
    let position = if has_more { last } else { last.max(head) };
    let next = Cursor::encode(&Progress { position, ..begin });
    let body = body(rows, &view, fields.as_ref(), &next, has_more)?;
    let standing = Standing { position, age_seconds: 0 }; // read just now
    app.delivery.respond(&Answer::json(body), &view, standing, &headers).await
}

fn body(
    rows: Vec<Stored>,
    view: &View,
    fields: Option<&Fields>,
    next: &Cursor,
    has_more: bool,
) -> Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Rest<'a> {
        deletes: Vec<Uuid>,
        next_cursor: &'a Cursor,
        has_more: bool,
    }
    let (there, gone): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.card.is_some());
    let upsert = |row| {
        let whole = render(row, view)?.body;
        fields.map_or(Ok(whole.clone()), |fields| fields.pick(&whole))
    };
    let upserts: Result<Vec<Bytes>> = there.into_iter().map(upsert).collect();
    let deletes = gone.into_iter().map(|row| row.root_id).collect();
    let rest = Rest { deletes, next_cursor: next, has_more };
    let rest = serde_json::to_vec(&rest).map_err(Problem::internal)?;
    let mut body = Vec::from(b"{\"upserts\":[");
    body.extend_from_slice(&upserts?.join(&b','));
    body.extend_from_slice(b"],");
    body.extend_from_slice(&rest[1..]);
    Ok(body)
}
