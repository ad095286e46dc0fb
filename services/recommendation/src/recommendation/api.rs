use access::{Caller, scope};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use problem::{Problem, ProblemBody, Result};
use serde::Deserialize;
use sqlx::PgPool;
use web::{Json, Query, openapi::Failures};

use super::{
    Recommendation, Recommendations, Surface, TakenPart, for_you::for_you as rank_for_you,
    person::Person, surfaces,
};
use crate::{
    experiment::{Assigned, Exposures},
    interaction::{MAX_KEY_LENGTH, store},
    learning::Item,
    recommender::{Recommender, Serving, View},
};

const DEFAULT_LIMIT: usize = 10;
const MAX_LIMIT: usize = 200;
const MAX_PRODUCTS: usize = 500;

/// Lists that are the same for everybody.
const SHARED: &str = "public, max-age=30";
/// Lists that are one person's.
const PERSONAL: &str = "private, no-store";

/// About one product.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneProduct {
    /// Its id or one of its skus.
    #[param(example = "MUG-BLUE-S")]
    product: String,
    /// The visit: whom experiments tell visitors without token by.
    #[param(max_length = 128)]
    session: Option<String>,
    /// How many, 1 to 200; 10 if absent.
    #[param(minimum = 1, maximum = 200, default = 10)]
    limit: Option<usize>,
}

/// About several products.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ManyProducts {
    /// Up to 500 ids or skus, separated by commas; unknown ones are ignored.
    #[param(example = "MUG-BLUE-S,TEAPOT")]
    products: String,
    /// The visit: whom experiments tell visitors without token by.
    #[param(max_length = 128)]
    session: Option<String>,
    /// How many, 1 to 200; 10 if absent.
    #[param(minimum = 1, maximum = 200, default = 10)]
    limit: Option<usize>,
}

/// About a cart.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneCart {
    /// Up to 500 ids or skus, separated by commas; unknown ones are ignored.
    #[param(example = "MUG-BLUE-S,TEAPOT")]
    products: String,
    /// Only products that nobody bought yet.
    #[param(default = false)]
    newcomers: Option<bool>,
    /// The visit: whom experiments tell visitors without token by.
    #[param(max_length = 128)]
    session: Option<String>,
    /// How many, 1 to 200; 10 if absent.
    #[param(minimum = 1, maximum = 200, default = 10)]
    limit: Option<usize>,
}

/// About a person: the token's, if no other is named.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OnePerson {
    /// A customer, for callers with the scope `recommendations:read`.
    #[param(max_length = 128)]
    customer: Option<String>,
    /// A visit, where nothing is known of the person.
    #[param(max_length = 128)]
    session: Option<String>,
    /// Only products that the person has not bought yet.
    new: Option<bool>,
    /// How many, 1 to 200; 10 if absent.
    #[param(minimum = 1, maximum = 200, default = 10)]
    limit: Option<usize>,
}

/// About a person's visits: the token's, if no other is named.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneVisitor {
    /// A customer, for callers with the scope `recommendations:read`.
    #[param(max_length = 128)]
    customer: Option<String>,
    /// A visit, where nothing is known of the person.
    #[param(max_length = 128)]
    session: Option<String>,
    /// Whether to fill the list up with what comes next, and for strangers with what is popular.
    #[param(default = false)]
    fill: Option<bool>,
    /// How many, 1 to 200; 10 if absent.
    #[param(minimum = 1, maximum = 200, default = 10)]
    limit: Option<usize>,
}

/// In one category or everywhere.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneCategory {
    /// Code of a category; its subtree counts.
    category: Option<String>,
    /// The visit: whom experiments tell visitors without token by.
    #[param(max_length = 128)]
    session: Option<String>,
    /// How many, 1 to 200; 10 if absent.
    #[param(minimum = 1, maximum = 200, default = 10)]
    limit: Option<usize>,
}

/// Products like this one.
///
/// By what people view in the same visits and by name, features, categories, brand and price: works
/// for a product that nobody has seen yet. Filled up with what is popular.
#[utoipa::path(
    get, path = "/v1/recommendations/similar", operation_id = "recommend_similar",
    tag = "Recommendations", params(OneProduct),
    responses(
        (status = 200, body = Recommendations),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "There is no such product."),
        Failures
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn recommend_similar(
    caller: Option<Caller>,
    State(recommender): State<Recommender>,
    State(exposures): State<Exposures>,
    Query(query): Query<OneProduct>,
) -> Result<Response> {
    let limit = check_limit(query.limit)?;
    check_key("session", query.session.as_deref())?;
    let visitor = visitor(caller.as_ref(), query.session.as_deref());
    let serving = recommender.current();
    let item = find(&serving, &query.product)?;
    let audience = Audience::of(&serving, &exposures, Surface::Similar, visitor);
    let view = serving.view_as(audience.arm.as_ref());
    Ok(answer(&view, &audience, SHARED, surfaces::similar(&view, item, limit)))
}

/// What is bought with this product.
///
/// From baskets, with the number of baskets as evidence; for products that nobody bought yet, what is
/// bought with similar ones. Filled up with what is popular.
#[utoipa::path(
    get, path = "/v1/recommendations/bought-together", operation_id = "recommend_bought_together",
    tag = "Recommendations", params(OneProduct),
    responses(
        (status = 200, body = Recommendations),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "There is no such product."),
        Failures
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn recommend_bought_together(
    caller: Option<Caller>,
    State(recommender): State<Recommender>,
    State(exposures): State<Exposures>,
    Query(query): Query<OneProduct>,
) -> Result<Response> {
    let limit = check_limit(query.limit)?;
    check_key("session", query.session.as_deref())?;
    let visitor = visitor(caller.as_ref(), query.session.as_deref());
    let serving = recommender.current();
    let item = find(&serving, &query.product)?;
    let audience = Audience::of(&serving, &exposures, Surface::BoughtTogether, visitor);
    let view = serving.view_as(audience.arm.as_ref());
    let items = surfaces::bought_together(&view, item, limit);
    Ok(answer(&view, &audience, SHARED, items))
}

/// What completes a cart.
///
/// Nothing that is in the cart; filled up with what is popular. With `newcomers`, instead, which of the
/// products that nobody bought yet go with it, by what they are like; filled up with the newest of them.
#[utoipa::path(
    get, path = "/v1/recommendations/cart", operation_id = "recommend_for_cart",
    tag = "Recommendations", params(OneCart),
    responses((status = 200, body = Recommendations), Failures),
    security((), ("bearer" = []))
)]
pub(crate) async fn recommend_for_cart(
    caller: Option<Caller>,
    State(recommender): State<Recommender>,
    State(exposures): State<Exposures>,
    Query(query): Query<OneCart>,
) -> Result<Response> {
    let limit = check_limit(query.limit)?;
    check_key("session", query.session.as_deref())?;
    let visitor = visitor(caller.as_ref(), query.session.as_deref());
    let serving = recommender.current();
    let cart = find_all(&serving, &query.products)?;
    let audience = Audience::of(&serving, &exposures, Surface::Cart, visitor);
    let view = serving.view_as(audience.arm.as_ref());
    let items = match query.newcomers {
        Some(true) => surfaces::newcomers(&view, &cart, limit),
        _ => surfaces::cart(&view, &cart, limit),
    };
    Ok(answer(&view, &audience, SHARED, items))
}

/// What comes next in a visit.
///
/// `products` are those that were viewed, the last one first; that one is not recommended.
#[utoipa::path(
    get, path = "/v1/recommendations/session", operation_id = "recommend_for_session",
    tag = "Recommendations", params(ManyProducts),
    responses((status = 200, body = Recommendations), Failures),
    security((), ("bearer" = []))
)]
pub(crate) async fn recommend_for_session(
    caller: Option<Caller>,
    State(recommender): State<Recommender>,
    State(exposures): State<Exposures>,
    Query(query): Query<ManyProducts>,
) -> Result<Response> {
    let limit = check_limit(query.limit)?;
    check_key("session", query.session.as_deref())?;
    let visitor = visitor(caller.as_ref(), query.session.as_deref());
    let serving = recommender.current();
    let viewed = find_all(&serving, &query.products)?;
    let audience = Audience::of(&serving, &exposures, Surface::Session, visitor);
    let view = serving.view_as(audience.arm.as_ref());
    Ok(answer(&view, &audience, SHARED, surfaces::session(&view, Surface::Session, &viewed, limit)))
}

/// What is much asked for.
///
/// Interest counts half after two weeks, and up to double where it rose in the last days. Filled up with
/// new products. A category that has nothing to show is answered with the whole shop.
#[utoipa::path(
    get, path = "/v1/recommendations/trending", operation_id = "recommend_trending",
    tag = "Recommendations", params(OneCategory),
    responses((status = 200, body = Recommendations), Failures),
    security((), ("bearer" = []))
)]
pub(crate) async fn recommend_trending(
    caller: Option<Caller>,
    State(recommender): State<Recommender>,
    State(exposures): State<Exposures>,
    Query(query): Query<OneCategory>,
) -> Result<Response> {
    let limit = check_limit(query.limit)?;
    check_key("session", query.session.as_deref())?;
    let visitor = visitor(caller.as_ref(), query.session.as_deref());
    let serving = recommender.current();
    let audience = Audience::of(&serving, &exposures, Surface::Trending, visitor);
    let view = serving.view_as(audience.arm.as_ref());
    let items = surfaces::trending(&view, query.category.as_deref(), limit);
    Ok(answer(&view, &audience, SHARED, items))
}

/// Products for a person.
///
/// The token's customer or anonymous shopper; another one only with the scope `recommendations:read`.
/// What they buy regularly, what goes with it, what they may look at next; for strangers what is
/// popular.
#[utoipa::path(
    get, path = "/v1/recommendations/for-you", operation_id = "recommend_for_you",
    tag = "Recommendations", params(OnePerson),
    responses((status = 200, body = Recommendations), Failures),
    security((), ("bearer" = []), ("bearer" = ["recommendations:read"]))
)]
pub(crate) async fn recommend_for_you(
    caller: Option<Caller>,
    State(recommender): State<Recommender>,
    State(db): State<PgPool>,
    State(exposures): State<Exposures>,
    Query(query): Query<OnePerson>,
) -> Result<Response> {
    let limit = check_limit(query.limit)?;
    let visitor = visitor(caller.as_ref(), query.session.as_deref());
    let serving = recommender.current();
    let person = find_person(&db, &serving, caller.as_ref(), query.customer, query.session).await?;
    let only_new = query.new.unwrap_or(false);
    let audience = Audience::of(&serving, &exposures, Surface::ForYou, visitor);
    let view = serving.view_as(audience.arm.as_ref());
    Ok(answer(&view, &audience, PERSONAL, rank_for_you(&view, &person, only_new, limit)))
}

/// What a person looked at last.
///
/// Of the token's customer or anonymous shopper, or of a session; of another customer only with the
/// scope `recommendations:read`. Who viewed nothing is shown what they bought. It is the one list that is
/// empty for a stranger, unless it is filled up: it is about the past.
#[utoipa::path(
    get, path = "/v1/recommendations/recently-viewed", operation_id = "recommend_recently_viewed",
    tag = "Recommendations", params(OneVisitor),
    responses((status = 200, body = Recommendations), Failures),
    security((), ("bearer" = []), ("bearer" = ["recommendations:read"]))
)]
pub(crate) async fn recommend_recently_viewed(
    caller: Option<Caller>,
    State(recommender): State<Recommender>,
    State(db): State<PgPool>,
    Query(query): Query<OneVisitor>,
) -> Result<Response> {
    let limit = check_limit(query.limit)?;
    let serving = recommender.current();
    let person = find_person(&db, &serving, caller.as_ref(), query.customer, query.session).await?;
    let audience = Audience { surface: Surface::RecentlyViewed, arm: None };
    let view = serving.view();
    let items = surfaces::recently_viewed(&view, &person, query.fill.unwrap_or(false), limit);
    Ok(answer(&view, &audience, PERSONAL, items))
}

/// Whom a list is for, as far as that decides how it is made.
struct Audience {
    surface: Surface,
    /// The arm of the experiment that runs on the surface, for a visitor who is known.
    arm: Option<Assigned>,
}

impl Audience {
    /// Notes that the visitor takes part.
    fn of(
        serving: &Serving,
        exposures: &Exposures,
        surface: Surface,
        visitor: Option<String>,
    ) -> Self {
        let arm = serving.assign(surface, visitor.as_deref());
        if let (Some(arm), Some(visitor)) = (&arm, &visitor) {
            exposures.note(arm, visitor);
        }
        Self { surface, arm }
    }
}

/// By whom experiments tell visitors: the customer or anonymous shopper of the token, or the session.
fn visitor(caller: Option<&Caller>, session: Option<&str>) -> Option<String> {
    let shopper = caller.filter(|caller| caller.is_shopper());
    shopper.map(|caller| caller.subject.to_string()).or_else(|| session.map(str::to_owned))
}

fn answer(
    view: &View<'_>,
    audience: &Audience,
    cache: &'static str,
    items: Vec<Recommendation>,
) -> Response {
    let Audience { surface, arm } = audience;
    // Others may be in another arm.
    let cache = if arm.is_some() { PERSONAL } else { cache };
    let experiment = arm.as_ref().map(|arm| TakenPart {
        code: arm.experiment.code.to_string(),
        arm: arm.arm().code.to_string(),
    });
    let body = Recommendations { items, model: view.model.id, experiment, surface: *surface };
    ([(header::CACHE_CONTROL, cache)], Json(body)).into_response()
}

fn check_limit(limit: Option<usize>) -> Result<usize> {
    match limit.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => {
            let rule = format!("must be within 1 and {MAX_LIMIT}");
            Err(Problem::invalid_parameter("limit", "out_of_range", rule))
        }
    }
}

fn find(serving: &Serving, name: &str) -> Result<Item> {
    serving.assortment.find(name).ok_or_else(|| Problem::not_found("product"))
}

fn find_all(serving: &Serving, names: &str) -> Result<Vec<Item>> {
    let names: Vec<&str> =
        names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.len() > MAX_PRODUCTS {
        let rule = format!("must name at most {MAX_PRODUCTS} products");
        return Err(Problem::invalid_parameter("products", "too_many", rule));
    }
    Ok(names.into_iter().filter_map(|name| serving.assortment.find(name)).collect())
}

/// Whom the list is for, and what is known of them.
async fn find_person(
    db: &PgPool,
    serving: &Serving,
    caller: Option<&Caller>,
    customer: Option<String>,
    session: Option<String>,
) -> Result<Person> {
    check_key("customer", customer.as_deref())?;
    check_key("session", session.as_deref())?;
    let own = caller.filter(|caller| caller.is_shopper()).map(|caller| caller.subject.to_string());
    if customer.is_some() && customer != own {
        let scope = <scope::RecommendationsRead as scope::Scope>::NAME;
        let caller =
            caller.ok_or_else(|| Problem::unauthenticated("this needs an access token"))?;
        if !caller.may(scope) {
            return Err(Problem::forbidden(scope));
        }
    }
    let assortment = &serving.assortment;
    if let Some(customer) = customer.or(own) {
        let deeds = store::list_customer_deeds(db, &customer).await?;
        let person = Person::from_deeds(deeds, assortment);
        if !person.is_unknown() {
            return Ok(person);
        }
    }
    match session {
        Some(session) => {
            let deeds = store::list_session_deeds(db, &session).await?;
            Ok(Person::from_deeds(deeds, assortment))
        }
        None => Ok(Person::default()),
    }
}

fn check_key(name: &str, key: Option<&str>) -> Result<()> {
    let is_fine = key.is_none_or(|key| {
        (1..=MAX_KEY_LENGTH).contains(&key.chars().count()) && !key.chars().any(char::is_control)
    });
    if is_fine {
        return Ok(());
    }
    let rule = format!("must be 1 to {MAX_KEY_LENGTH} characters, none of them control");
    Err(Problem::invalid_parameter(name, "invalid_value", rule))
}
