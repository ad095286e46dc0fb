use std::collections::HashMap;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use problem::{Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::Query;

use crate::{
    App,
    delivery::{
        document::{Card, CategoryRef},
        index::ViewIndex,
        reply::Answer,
        search::{
            category_counts, checked_text,
            suggest::{Completion, completions, pages},
        },
        structure::{Structure, Wording},
        view::{View, ViewQuery},
    },
};

const DEFAULT_LIMIT: usize = 5;
const MAX_LIMIT: usize = 20;

/// Query parameters of suggestions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestQuery {
    /// What is typed so far.
    #[param(max_length = 200, example = "blu")]
    q: Option<String>,
    /// Entries of each sort, 1 to 20; 5 if absent.
    #[param(minimum = 1, maximum = 20, default = 5)]
    limit: Option<usize>,
    /// Sales channel; the installation's default if absent.
    channel: Option<String>,
    /// Locale of the channel; if absent, what `Accept-Language` prefers, else the default.
    locale: Option<String>,
    /// Currency of the channel; the installation's default if absent.
    currency: Option<String>,
}

/// Suggestions for what is typed so far.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestions {
    /// Texts that find something.
    completions: Vec<SuggestedText>,
    /// Products that match.
    #[schema(value_type = Vec<Card>)]
    products: Vec<Box<RawValue>>,
    /// Categories whose label has a word that begins like this.
    categories: Vec<SuggestedCategory>,
}

/// A text that finds something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestedText {
    /// The text.
    #[schema(example = "blue mug")]
    text: String,
    /// How much it finds.
    #[schema(example = 7)]
    count: u64,
}

/// A category that matches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestedCategory {
    /// Its code.
    #[schema(example = "mugs")]
    code: String,
    /// Its label.
    #[schema(example = "Mugs")]
    label: String,
    /// From below the root of the tree to the category.
    path: Vec<CategoryRef>,
    /// Published product pages in it or below.
    #[schema(example = 42)]
    product_count: u64,
}

/// What the blocking part finds.
struct Found {
    completions: Vec<Completion>,
    pages: Vec<Uuid>,
    counts: HashMap<String, u64>,
}

/// Suggest while typing
///
/// Completions, products and categories for the beginning of a text. Without a text there are none.
#[utoipa::path(
    get,
    path = "/v1/suggest",
    operation_id = "suggest",
    tag = "catalog",
    params(SuggestQuery),
    responses(
        (status = 200, description = "Suggestions", body = Suggestions,
         headers(("etag" = String), ("cache-control" = String), ("vitrine-catalog-position" = i64))),
        (status = 304, description = "The client has this answer"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The index is not ready", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn suggest(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<SuggestQuery>,
) -> Result<Response> {
    let limit = limit(query.limit)?;
    let q = checked_text(query.q)?.unwrap_or_default();
    let parameters =
        ViewQuery { channel: query.channel, locale: query.locale, currency: query.currency };
    let view = app.delivery.view(&parameters, &headers)?;
    let question = format!("{limit}|{q}");
    let make = Box::pin(suggestions(&app, &view, q, limit));
    app.delivery.answer(("suggest", &question), &view, &headers, make).await
}

async fn suggestions(app: &App, view: &View, q: String, limit: usize) -> Result<Answer> {
    let index = app.delivery.index(view)?;
    let (text, wording) = (q.clone(), view.locale.wording.clone());
    let work = tokio::task::spawn_blocking(move || find(&index, &wording, &text, limit));
    let found = work.await.map_err(Problem::internal)??;
    let answer = Suggestions {
        completions: found
            .completions
            .into_iter()
            .map(|Completion { text, count }| SuggestedText { text, count })
            .collect(),
        products: products(app, view, &found.pages).await?,
        categories: categories(&app.delivery.structure(), view, &q, &found.counts, limit),
    };
    Ok(Answer::json(serde_json::to_vec(&answer).map_err(Problem::internal)?))
}

fn limit(wanted: Option<usize>) -> Result<usize> {
    match wanted.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => {
            let detail = format!("must be within 1 and {MAX_LIMIT}");
            Err(Problem::invalid_parameter("limit", "out_of_range", detail))
        }
    }
}

fn find(index: &ViewIndex, wording: &Wording, q: &str, limit: usize) -> Result<Found> {
    Ok(Found {
        completions: completions(index, wording, q, limit)?,
        pages: pages(index, wording, q, limit)?,
        counts: category_counts(index)?,
    })
}

async fn products(app: &App, view: &View, ids: &[Uuid]) -> Result<Vec<Box<RawValue>>> {
    let cards = app.delivery.pages().cards(view, ids).await?;
    cards.iter().map(|card| serde_json::from_slice(card).map_err(Problem::internal)).collect()
}

/// Categories with products, those with most first.
fn categories(
    structure: &Structure,
    view: &View,
    q: &str,
    counts: &HashMap<String, u64>,
    limit: usize,
) -> Vec<SuggestedCategory> {
    let typed = q.to_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
    let root = structure.channels.get(&view.channel).map(|channel| channel.tree.as_str());
    let label = |code: &str| structure.categories.label(code, &view.locale);
    let mut matches: Vec<SuggestedCategory> = counts
        .iter()
        .map(|(code, count)| (code, label(code), *count))
        .filter(|(_, label, _)| has_word_like(&label.to_lowercase(), &typed))
        .filter_map(|(code, label, product_count)| {
            let path = structure.categories.path_in(root?, code)?;
            let path = path[1..].iter().map(|step| CategoryRef {
                code: (*step).to_owned(),
                label: structure.categories.label(step, &view.locale),
            });
            Some(SuggestedCategory {
                path: path.collect(),
                code: code.clone(),
                label,
                product_count,
            })
        })
        .collect();
    matches.sort_by(|one, other| {
        (other.product_count, &one.code).cmp(&(one.product_count, &other.code))
    });
    matches.truncate(limit);
    matches
}

/// Whether the text goes on like this from its beginning or from one of its words.
fn has_word_like(label: &str, typed: &str) -> bool {
    label.starts_with(typed)
        || label
            .match_indices(|character: char| !character.is_alphanumeric())
            .any(|(at, sign)| label[at + sign.len()..].starts_with(typed))
}
