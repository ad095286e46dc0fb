use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use problem::{Kind, Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use web::{Cursor, Json, PageQuery, Path, Query};

use super::{
    finding::{Finding, Severity},
    format::Format,
    item::Item,
    make::Maker,
    report::{Counts, findings},
    settings::Settings,
    source::Source,
    store, stream,
};
use crate::{
    App,
    delivery::{
        Delivery,
        pack::Coding,
        reply::{Standing, describe},
        view::{View, ViewQuery},
    },
};

/// Changes with what is made of a document.
const FORM: u32 = 1;
/// How long a feed counts as fresh.
const MAX_AGE_SECONDS: u32 = 30;

/// What a feed is made for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedQuery {
    /// Locale of the channel; if absent, the installation's default where the channel has it, else its first.
    #[param(example = "en_US")]
    locale: Option<String>,
    /// Currency of the channel; if absent, likewise.
    #[param(example = "EUR")]
    currency: Option<String>,
}

/// Which findings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// Only findings of this severity.
    severity: Option<Severity>,
}

/// What was left out of a feed, and what else marketplaces may complain about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedReport {
    /// The whole feed in numbers.
    counts: Counts,
    /// Findings in the order of the feed. There may be fewer than asked for, or none, though there are more.
    items: Vec<Finding>,
    /// Give it as `cursor` to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

/// Read a marketplace feed
///
/// Everything that can be bought in a channel, an item for each simple product and each variant, as Google
/// (`google.xml`, `google.tsv`), Meta (`meta.csv`) or search engines (`schema-org.jsonl`) read it, or with
/// Google's fields as JSON (`jsonl`). What a marketplace would refuse is left out; the report tells why.
/// `PATCH /api/rest/v1/feeds/{channel}` says how it is made.
///
/// The feed is streamed, in an order of its own. Each product is there once, as it is when the stream gets
/// to it; what is published meanwhile may be missing. The `ETag` is that of the moment it began, so that
/// the next request finds whatever changed since. A stream that ends before its end is broken off: read it
/// anew.
///
/// `availability` is what the catalog knows: `in_stock` for everything that is published, unless an attribute
/// says otherwise. It knows no quantities; those are in `GET /v1/stock`.
#[utoipa::path(
    get,
    path = "/feeds/{channel}/{format}",
    operation_id = "get_marketplace_feed",
    tag = "catalog",
    params(
        ("channel" = String, Path, description = "Code of the channel", example = "ecommerce"),
        ("format" = inline(Format), Path, description = "The format", example = "google.xml"),
        FeedQuery
    ),
    responses(
        (status = 200, description = "The feed",
         content(
            (String = "application/xml"),
            (String = "text/tab-separated-values"),
            (String = "text/csv"),
            (Item = "application/x-ndjson")
         ),
         headers(("etag" = String), ("cache-control" = String), ("vitrine-catalog-position" = i64))),
        (status = 304, description = "The client has this feed"),
        (status = 404, description = "No such channel or format", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer, or too many feeds are read at the same time", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn get_marketplace_feed(
    State(app): State<App>,
    headers: HeaderMap,
    Path((channel, format)): Path<(String, String)>,
    Query(query): Query<FeedQuery>,
) -> Result<Response> {
    let feed = Feed::open(&app.delivery, &channel, &format, query).await?;
    if web::if_none_match(&headers, &feed.tag) {
        return Ok(feed.answer(StatusCode::NOT_MODIFIED, Body::empty(), None));
    }
    let permit = app.delivery.0.feeds.permit()?;
    let coding = Coding::liked(&headers);
    let body = stream::feed(feed.source.clone(), feed.format, coding, permit)?;
    Ok(feed.answer(StatusCode::OK, Body::from_stream(body), coding))
}

/// Read the report of a marketplace feed
///
/// Which items a feed leaves out and why (`error`), and what is in it and yet not as marketplaces like it
/// (`warning`). The rules are those of Google's product data specification for all formats.
#[utoipa::path(
    get,
    path = "/feeds/{channel}/{format}/report",
    operation_id = "get_marketplace_feed_report",
    tag = "catalog",
    params(
        ("channel" = String, Path, description = "Code of the channel", example = "ecommerce"),
        ("format" = inline(Format), Path, description = "The format", example = "google.xml"),
        FeedQuery, ReportQuery, PageQuery
    ),
    responses(
        (status = 200, description = "The report", body = FeedReport),
        (status = 404, description = "No such channel or format", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn get_marketplace_feed_report(
    State(app): State<App>,
    Path((channel, format)): Path<(String, String)>,
    Query(query): Query<FeedQuery>,
    Query(ReportQuery { severity }): Query<ReportQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Response> {
    let limit = usize::try_from(page.limit()?).map_err(Problem::internal)?;
    let begin = page.after()?;
    let Feed { source, position, .. } = Feed::open(&app.delivery, &channel, &format, query).await?;
    let counts = app.delivery.0.feeds.counting.counts(&source, position).await?;
    let (items, next_cursor) = findings(&source, severity, begin, limit).await?;
    let report = FeedReport { counts, items, next_cursor };
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(report)).into_response())
}

/// A feed that is asked for.
struct Feed {
    format: Format,
    source: Source,
    /// The state of the catalog and of what is said of the feed.
    tag: String,
    position: i64,
}

impl Feed {
    /// 404 names the channel or format that there is not.
    async fn open(
        delivery: &Delivery,
        channel: &str,
        format: &str,
        query: FeedQuery,
    ) -> Result<Self> {
        let format = Format::parse(format).ok_or_else(|| {
            let known = Format::ALL.map(Format::as_str).join(", ");
            let detail = format!("there is no format {format}; there are {known}");
            Problem::new(Kind::NotFound, "unknown_format", detail)
        })?;
        let structure = delivery.structure();
        if !structure.channels.contains_key(channel) {
            let detail = format!("there is no channel {channel}");
            return Err(Problem::new(Kind::NotFound, "unknown_channel", detail));
        }
        let FeedQuery { locale, currency } = query;
        let query = ViewQuery { channel: Some(channel.to_owned()), locale, currency };
        // A marketplace is sent the same whatever languages its robot likes.
        let view = delivery.view(&query, &HeaderMap::new())?;
        // First of all: what changes from here on makes another tag.
        let position = store::last_position(delivery.db(), channel, &view.locale.code).await?;
        let public_url = delivery.0.public_url.clone();
        let said = store::find_feed(delivery.db(), channel).await?;
        let settings = Settings::new(said, &public_url)?;
        let tag = tag(format, &view, position, &settings, &public_url);
        let maker = Arc::new(Maker { settings, view, structure, public_url });
        Ok(Self { format, source: Source { db: delivery.db().clone(), maker }, tag, position })
    }

    fn answer(&self, status: StatusCode, body: Body, coding: Option<Coding>) -> Response {
        let mut response = (status, body).into_response();
        let standing = Standing { position: self.position, age_seconds: 0 }; // read just now
        let headers = response.headers_mut();
        let tag = format!("W/{}", self.tag);
        describe(headers, &tag, MAX_AGE_SECONDS, &self.source.maker.view, standing);
        let texts = [
            (header::CONTENT_TYPE, Some(self.format.content_type())),
            (header::VARY, Some("accept-encoding")),
            (header::CONTENT_ENCODING, coding.map(Coding::name)),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                headers.insert(name, HeaderValue::from_static(text));
            }
        }
        response
    }
}

/// Names what a feed is made of. The bytes may differ, as products change while it is read. That a product
/// got another family and is left out shows when something else changes too: documents do not tell it.
fn tag(
    format: Format,
    view: &View,
    position: i64,
    settings: &Settings,
    public_url: &str,
) -> String {
    let (format, name, version) = (format.as_str(), &view.name, settings.version);
    let state = format!("{FORM}|{format}|{name}|{position}|{version}|{public_url}");
    let hash = Sha256::digest(state);
    let hash: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}
