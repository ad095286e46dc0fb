use std::collections::HashMap;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use problem::{Problem, ProblemBody, Result};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Path, Query};

use crate::{
    App,
    delivery::{
        Delivery,
        document::CategoryRef,
        reply::Answer,
        search::category_counts,
        structure::Structure,
        view::{View, ViewQuery},
    },
};

/// Levels of a tree that are answered.
const MAX_DEPTH: usize = 20;

/// The category tree of a channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryTree {
    /// Categories below the root of the channel's tree, in their order.
    items: Vec<CategoryNode>,
}

/// A category with what lies below it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryNode {
    /// Its code.
    #[schema(example = "mugs")]
    code: String,
    /// Its label in the locale.
    #[schema(example = "Mugs")]
    label: String,
    /// Published product pages in it or below.
    #[schema(example = 42)]
    product_count: u64,
    /// What lies below it, in its order.
    #[schema(no_recursion)]
    children: Vec<CategoryNode>,
}

/// A category with the way to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryPage {
    /// The category and what lies below it.
    #[serde(flatten)]
    node: CategoryNode,
    /// From below the root of the tree to the category: breadcrumbs.
    path: Vec<CategoryRef>,
}

/// Makes nodes of the tree of a view.
struct Tree<'a> {
    structure: &'a Structure,
    view: &'a View,
    counts: HashMap<String, u64>,
}

impl Tree<'_> {
    fn label(&self, code: &str) -> String {
        self.structure.categories.label(code, &self.view.locale)
    }

    fn node(&self, code: &str, depth: usize) -> CategoryNode {
        CategoryNode {
            code: code.to_owned(),
            label: self.label(code),
            product_count: self.counts.get(code).copied().unwrap_or(0),
            children: self.children(code, depth + 1),
        }
    }

    fn children(&self, code: &str, depth: usize) -> Vec<CategoryNode> {
        let category = self.structure.categories.find(code).filter(|_| depth < MAX_DEPTH);
        let children = category.map(|category| category.children.as_slice()).unwrap_or_default();
        children.iter().map(|child| self.node(child, depth)).collect()
    }
}

fn root_of<'a>(structure: &'a Structure, view: &View) -> &'a str {
    structure.channels.get(&view.channel).map(|channel| channel.tree.as_str()).unwrap_or_default()
}

async fn counts(delivery: &Delivery, view: &View) -> Result<HashMap<String, u64>> {
    let index = delivery.index(view)?;
    let work = move || category_counts(&index);
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)?
}

/// Read the category tree
///
/// The tree of the channel, with labels in the locale and the number of published pages.
#[utoipa::path(
    get,
    path = "/v1/categories",
    operation_id = "list_categories",
    tag = "catalog",
    params(ViewQuery),
    responses(
        (status = 200, description = "The tree", body = CategoryTree,
         headers(("etag" = String), ("cache-control" = String), ("vitrine-catalog-position" = i64))),
        (status = 304, description = "The client has this answer"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The index is not ready", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn list_categories(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<ViewQuery>,
) -> Result<Response> {
    let view = app.delivery.view(&query, &headers)?;
    let make = async {
        let structure = app.delivery.structure();
        let counts = counts(&app.delivery, &view).await?;
        let tree = Tree { structure: &structure, view: &view, counts };
        let answer = CategoryTree { items: tree.children(root_of(&structure, &view), 0) };
        Ok(Answer::json(serde_json::to_vec(&answer).map_err(Problem::internal)?))
    };
    app.delivery.answer(("category_tree", ""), &view, &headers, make).await
}

/// Read a category
///
/// With its breadcrumbs and what lies below it.
#[utoipa::path(
    get,
    path = "/v1/categories/{code}",
    operation_id = "get_category",
    tag = "catalog",
    params(("code" = String, Path, description = "Code of a category", example = "mugs"), ViewQuery),
    responses(
        (status = 200, description = "The category", body = CategoryPage,
         headers(("etag" = String), ("cache-control" = String), ("vitrine-catalog-position" = i64))),
        (status = 304, description = "The client has this answer"),
        (status = 404, description = "No such category in the channel", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The index is not ready", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn get_category(
    State(app): State<App>,
    headers: HeaderMap,
    Path(code): Path<String>,
    Query(query): Query<ViewQuery>,
) -> Result<Response> {
    let view = app.delivery.view(&query, &headers)?;
    let make = async {
        let structure = app.delivery.structure();
        let missing = || Problem::not_found("category");
        structure.categories.find(&code).ok_or_else(missing)?;
        let path =
            structure.categories.path_in(root_of(&structure, &view), &code).ok_or_else(missing)?;
        let counts = counts(&app.delivery, &view).await?;
        let tree = Tree { structure: &structure, view: &view, counts };
        let step = |code: &&str| CategoryRef { code: (*code).to_owned(), label: tree.label(code) };
        let path = path[1..].iter().map(step).collect();
        let answer = CategoryPage { node: tree.node(&code, 0), path };
        Ok(Answer::json(serde_json::to_vec(&answer).map_err(Problem::internal)?))
    };
    app.delivery.answer(("category", &code), &view, &headers, make).await
}
