use std::{collections::HashSet, sync::Arc};

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use bytes::Bytes;
use http::HeaderMap;
use problem::{Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use types::Sku;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Path, Query};

use super::{
    fields::Fields,
    query::{ListParameters, ListQuery, Wanted},
};
use crate::{
    App,
    delivery::{
        Delivery,
        document::{
            Card, Detail,
            pages::{Page, spliced},
            store::slug_owner,
        },
        reply::{Answer, moved},
        search::{
            Found, Parameters, Request, Search,
            facet::Facet,
            highlight::{Highlighter, Highlights},
        },
        view::{View, ViewQuery},
    },
};

/// A page of products.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "written from ready bytes; this is its documentation")]
pub(crate) struct ProductList {
    /// Cards, or what `fields` asks for.
    items: Vec<ListItem>,
    /// In the order asked for; what no result has is left out.
    facets: Vec<Facet>,
    /// Number of all results.
    total: u64,
    /// Give it as `cursor` to get the next page; null on the last.
    next_cursor: Option<String>,
    /// How the text was understood.
    query: QueryNote,
}

/// A page in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListItem {
    #[serde(flatten)]
    card: Card,
    /// What was searched for, marked in the texts of the page; only with `highlight=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    highlights: Option<Highlights>,
}

/// How a text was understood.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryNote {
    /// What was searched for instead, where words were mistyped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "bluetooth headphones")]
    corrected: Option<String>,
    /// Where the shop sends who asks for this: a path of the shop, or an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/sale")]
    redirect: Option<String>,
}

/// A product page: card and detail in one object.
// Written from ready bytes; this is its documentation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProductPage {
    #[serde(flatten)]
    card: Card,
    #[serde(flatten)]
    detail: Detail,
}

/// List, search and filter products
///
/// Full text with spelling correction, part numbers and EANs, filters, facets and order in one call.
/// The counts of a facet leave its own filter aside. With `ids` or `skus`: these pages, in this order.
#[utoipa::path(
    get,
    path = "/v1/products",
    operation_id = "list_products",
    tag = "catalog",
    params(ViewQuery, ListParameters, web::PageQuery),
    responses(
        (status = 200, description = "A page of products", body = ProductList,
         headers(("etag" = String), ("cache-control" = String), ("vitrine-catalog-position" = i64))),
        (status = 304, description = "The client has this answer"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The index is not ready", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn list_products(
    State(app): State<App>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let delivery = &app.delivery;
    let query = ListQuery::read(pairs)?;
    let view = delivery.view(&query.view, &headers)?;
    let question = query.question.clone();
    let make = Box::pin(list(delivery, &view, query));
    delivery.answer(("list", &question), &view, &headers, make).await
}

async fn list(delivery: &Delivery, view: &View, query: ListQuery) -> Result<Answer> {
    let found = match query.wanted {
        Wanted::Search(parameters) => search(delivery, view, parameters).await?,
        Wanted::Ids(ids) => listed(ids),
        Wanted::Skus(skus) => listed(find_by_skus(delivery, view, &skus)?),
    };
    let items = if query.has_highlights && !found.stems.is_empty() {
        highlighted(delivery, view, &found, query.fields.unwrap_or_else(Fields::card)).await?
    } else {
        items(delivery, view, &found.ids, query.fields.as_ref()).await?
    };
    Ok(Answer::json(body(&items, found)?))
}

/// Searches on a thread that may block.
async fn search(delivery: &Delivery, view: &View, parameters: Parameters) -> Result<Found> {
    let structure = delivery.structure();
    let index = delivery.index(view)?;
    let request = Request::check(&structure, view, parameters)?;
    let work = move || Search::new(&structure, &index, &request)?.run();
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)?
}

fn listed(ids: Vec<Uuid>) -> Found {
    let total = u64::try_from(ids.len()).unwrap_or_default();
    Found {
        ids,
        total,
        facets: Vec::new(),
        next_cursor: None,
        corrected: None,
        redirect: None,
        stems: HashSet::new(),
    }
}

fn find_by_skus(delivery: &Delivery, view: &View, skus: &[Sku]) -> Result<Vec<Uuid>> {
    let index = delivery.index(view)?;
    let found: tantivy::Result<Vec<Option<Uuid>>> =
        skus.iter().map(|sku| index.find_by_sku(sku.as_str())).collect();
    Ok(found.map_err(Problem::internal)?.into_iter().flatten().collect())
}

async fn items(
    delivery: &Delivery,
    view: &View,
    ids: &[Uuid],
    fields: Option<&Fields>,
) -> Result<Vec<Bytes>> {
    let Some(fields) = fields else { return delivery.pages().cards(view, ids).await };
    let whole: Vec<Bytes> = if fields.is_card_enough() {
        delivery.pages().cards(view, ids).await?
    } else {
        let pages = delivery.pages().find_all(view, ids).await?;
        pages.into_iter().map(|(_, page)| page.body.clone()).collect()
    };
    whole.iter().map(|document| fields.pick(document)).collect()
}

/// Items with what was looked for marked in the texts of their pages.
async fn highlighted(
    delivery: &Delivery,
    view: &View,
    found: &Found,
    fields: Fields,
) -> Result<Vec<Bytes>> {
    #[derive(Deserialize)]
    struct Texts {
        name: String,
        description: Option<String>,
    }
    #[derive(Serialize)]
    struct Addition {
        highlights: Highlights,
    }
    let mut highlighter = Highlighter::new(&*delivery.index(view)?, found.stems.clone());
    let pages = delivery.pages().find_all(view, &found.ids).await?;
    let item = |(_, page): (Uuid, Arc<Page>)| {
        let texts: Texts = serde_json::from_slice(&page.body).map_err(Problem::internal)?;
        let highlights = highlighter.highlights(&texts.name, texts.description.as_deref());
        let addition = serde_json::to_vec(&Addition { highlights }).map_err(Problem::internal)?;
        Ok(spliced(fields.pick(&page.body)?.into(), &addition))
    };
    pages.into_iter().map(item).collect()
}

/// Puts ready items together.
fn body(items: &[Bytes], found: Found) -> Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Rest {
        facets: Vec<Facet>,
        total: u64,
        next_cursor: Option<web::Cursor>,
        query: QueryNote,
    }
    let rest = Rest {
        facets: found.facets,
        total: found.total,
        next_cursor: found.next_cursor,
        query: QueryNote { corrected: found.corrected, redirect: found.redirect },
    };
    let rest = serde_json::to_vec(&rest).map_err(Problem::internal)?;
    let length: usize = items.iter().map(|item| item.len() + 1).sum();
    let mut body = Vec::with_capacity(length + rest.len() + 16);
    body.extend_from_slice(b"{\"items\":[");
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        body.extend_from_slice(item);
    }
    body.extend_from_slice(b"],");
    body.extend_from_slice(&rest[1..]);
    Ok(body)
}

/// Read a product page
///
/// By the id of the simple product or root product model, or by the slug of the view. A slug that the
/// page had before leads on to the one it has now.
#[utoipa::path(
    get,
    path = "/v1/products/{product}",
    operation_id = "get_product",
    tag = "catalog",
    params(("product" = String, Path, description = "Id or slug", example = "blue-mug"), ViewQuery),
    responses(
        (status = 200, description = "The page", body = ProductPage,
         headers(("etag" = String), ("cache-control" = String), ("vitrine-catalog-position" = i64))),
        (status = 301, description = "The page has another slug now; `Location` is relative to the address asked for",
         headers(("location" = String))),
        (status = 304, description = "The client has this page"),
        (status = 404, description = "No such page in this view", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The index is not ready", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn get_product(
    State(app): State<App>,
    headers: HeaderMap,
    Path(product): Path<String>,
    Query(query): Query<ViewQuery>,
    RawQuery(raw_query): RawQuery,
) -> Result<Response> {
    let delivery = &app.delivery;
    let view = delivery.view(&query, &headers)?;
    let known = match Uuid::parse_str(&product) {
        Ok(id) => Some(id),
        Err(_) => delivery.index(&view)?.find_by_slug(&product).map_err(Problem::internal)?,
    };
    if known.is_some() {
        return page(delivery, &view, known, &headers).await;
    }
    // A slug of before, or one that the index does not know yet.
    let owner = slug_owner(delivery.db(), &view.channel, &view.locale.code, &product).await?;
    let found = find_page(delivery, &view, owner).await?;
    if found.slug == product {
        page(delivery, &view, owner, &headers).await
    } else {
        Ok(moved(&found.slug, raw_query.as_deref()))
    }
}

/// Read the product page of an sku
///
/// For a variant this is the page of its root product model.
#[utoipa::path(
    get,
    path = "/v1/products/by-sku/{sku}",
    operation_id = "get_product_by_sku",
    tag = "catalog",
    params(("sku" = String, Path, description = "Sku of a simple product or variant", example = "MUG-BLUE-S"), ViewQuery),
    responses(
        (status = 200, description = "The page", body = ProductPage,
         headers(("etag" = String), ("cache-control" = String), ("vitrine-catalog-position" = i64))),
        (status = 304, description = "The client has this page"),
        (status = 404, description = "No such sku in this view", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The index is not ready", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn get_product_by_sku(
    State(app): State<App>,
    headers: HeaderMap,
    Path(sku): Path<String>,
    Query(query): Query<ViewQuery>,
) -> Result<Response> {
    let view = app.delivery.view(&query, &headers)?;
    let id = app.delivery.index(&view)?.find_by_sku(&sku).map_err(Problem::internal)?;
    page(&app.delivery, &view, id, &headers).await
}

async fn page(
    delivery: &Delivery,
    view: &View,
    id: Option<Uuid>,
    headers: &HeaderMap,
) -> Result<Response> {
    let question = id.map(|id| id.to_string()).unwrap_or_default();
    let make = async {
        let page = find_page(delivery, view, id).await?;
        Ok(Answer::document(page.body.clone(), page.position, &view.currency))
    };
    delivery.answer(("product", &question), view, headers, make).await
}

async fn find_page(delivery: &Delivery, view: &View, id: Option<Uuid>) -> Result<Arc<Page>> {
    let missing = || Problem::not_found("product");
    delivery.pages().find(view, id.ok_or_else(missing)?).await?.ok_or_else(missing)
}
