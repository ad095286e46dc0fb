//! Pages, whole and with parts missing.

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::house::{Answer, Gateway, serve, silent, start};

const LAMP: &str = "0197b1f2-0000-7000-8000-000000000001";

fn answer(body: &Value) -> Response {
    ([("content-type", "application/json")], body.to_string()).into_response()
}

fn problem(status: StatusCode, code: &str) -> Response {
    let head = [("content-type", "application/problem+json")];
    (status, head, json!({ "code": code }).to_string()).into_response()
}

/// A catalog with one lamp and any number of cards.
async fn catalog_answer(uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    let category =
        json!([{ "code": "light", "label": "Light" }, { "code": "lamps", "label": "Lamps" }]);
    match uri.path() {
        "/v1/products/lamp" => answer(&json!({
            "id": LAMP, "sku": "L-1", "slug": "lamp", "name": "Lamp",
            "locale_seen": query, "category_path": category,
            "variants": [{ "id": "v", "sku": "L-1-red" }, { "id": "w", "sku": "L-1" }],
        })),
        "/v1/products/old-lamp" => {
            let location = format!("lamp?{query}");
            (StatusCode::MOVED_PERMANENTLY, [("location", location)]).into_response()
        }
        "/v1/products" => match query.split('&').find_map(|pair| pair.strip_prefix("ids=")) {
            // Product c is not for sale.
            Some(ids) => {
                let known = ids.split(',').filter(|id| *id != "c");
                let cards: Vec<Value> = known.map(|id| json!({ "id": id, "name": "x" })).collect();
                answer(&json!({ "items": cards }))
            }
            None => answer(&json!({ "items": [], "query_seen": query })),
        },
        "/v1/categories" => answer(&json!({ "items": [{ "code": "light" }] })),
        "/v1/categories/lamps" => answer(&json!({ "code": "lamps", "label": "Lamps" })),
        _ => problem(StatusCode::NOT_FOUND, "not_found"),
    }
}

fn catalog() -> Router {
    Router::new().fallback(catalog_answer)
}

/// The same, as long as the switch says so.
fn catalog_with_switch(up: watch::Receiver<bool>) -> Router {
    let handler = |State(up): State<watch::Receiver<bool>>, request: Request| async move {
        if *up.borrow() {
            catalog_answer(request.uri().clone()).await
        } else {
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
    };
    Router::new().fallback(handler).with_state(up)
}

fn order() -> Router {
    Router::new().fallback(|request: Request| async move {
        let signed_in = request.headers().contains_key("authorization");
        match request.uri().path() {
            "/v1/stock" => answer(&json!({ "items": [], "query_seen": request.uri().query() })),
            _ if !signed_in => problem(StatusCode::UNAUTHORIZED, "unauthenticated"),
            "/v1/me/cart" => answer(
                &json!({ "id": "c1", "lines": [{ "product_id": "a" }, { "product_id": "b" }] }),
            ),
            "/v1/carts/c1/shipping-methods" => {
                answer(&json!({ "items": [{ "code": "standard" }] }))
            }
            "/v1/orders" => answer(&json!({ "items": [] })),
            _ => problem(StatusCode::NOT_FOUND, "not_found"),
        }
    })
}

fn recommendation() -> Router {
    Router::new().fallback(|uri: Uri| async move {
        let item = |id: &str| json!({ "product_id": id, "score": 0.5, "reason": { "code": "x" } });
        answer(&json!({
            "items": [item("a"), item("c"), item("b")], "model": uri.path(), "surface": "s",
        }))
    })
}

fn auth() -> Router {
    Router::new().fallback(|uri: Uri| async move { answer(&json!({ "path": uri.path() })) })
}

async fn house(catalog: Router, order: Router, recommendation: Router) -> Gateway {
    let urls = [
        ("VITRINE_AUTH_URL", serve(auth()).await),
        ("VITRINE_CATALOG_URL", serve(catalog).await),
        ("VITRINE_ORDER_URL", serve(order).await),
        ("VITRINE_RECOMMENDATION_URL", serve(recommendation).await),
    ];
    let urls: Vec<(&str, &str)> = urls.iter().map(|(name, url)| (*name, url.as_str())).collect();
    start(&urls).await
}

fn statuses(page: &Value) -> Vec<(String, String)> {
    let parts = page["parts"].as_object().unwrap();
    let status = |part: &Value| part["status"].as_str().unwrap().to_owned();
    parts.iter().map(|(name, part)| (name.clone(), status(part))).collect()
}

#[tokio::test]
async fn a_product_page_joins_the_services() {
    let gateway = house(catalog(), order(), recommendation()).await;
    let answer = gateway.get("/v1/pages/product/lamp?locale=de_DE&x=1").await.assert_status(200);
    assert!(answer.headers.contains_key("x-request-id"));
    let page = answer.json();
    assert_eq!(page["product"]["locale_seen"], "locale=de_DE");
    assert_eq!(page["availability"]["query_seen"], "skus=L-1,L-1-red");
    assert_eq!(page["breadcrumbs"][1]["code"], "lamps");
    let similar = &page["recommendations"]["similar"];
    assert_eq!(similar["model"], "/v1/recommendations/similar");
    let names: Vec<&str> = similar["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["product"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(similar["items"][0]["reason"]["code"], "x");
    assert_eq!(page["recommendations"]["bought_together"]["items"].as_array().unwrap().len(), 2);
    assert!(statuses(&page).iter().all(|(_, status)| status == "ok"), "{page}");
    assert_eq!(statuses(&page).len(), 5);
}

#[tokio::test]
async fn a_product_page_survives_every_other_service_being_down_or_slow() {
    let failing = || Router::new().fallback(|| async { StatusCode::INTERNAL_SERVER_ERROR });
    for (order, recommendation) in [(failing(), failing()), (silent(), silent())] {
        let gateway = house(catalog(), order, recommendation).await;
        for _ in 0..7 {
            let page = gateway.get("/v1/pages/product/lamp").await.assert_status(200).json();
            assert_eq!(page["product"]["id"], LAMP);
            assert!(page["availability"].is_null() && page["recommendations"]["similar"].is_null());
            let expected = [
                ("availability", "missing"),
                ("breadcrumbs", "ok"),
                ("product", "ok"),
                ("recommendations.bought_together", "missing"),
                ("recommendations.similar", "missing"),
            ];
            let expected = expected.map(|(name, status)| (name.to_owned(), status.to_owned()));
            assert_eq!(statuses(&page), expected);
        }
    }
}

#[tokio::test]
async fn a_product_that_does_not_exist_is_the_catalogs_own_404() {
    let gateway = house(catalog(), order(), recommendation()).await;
    gateway.get("/v1/pages/product/nothing").await.assert_problem(404, "not_found");
    gateway.get("/v1/pages/nothing").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_former_slug_leads_to_the_page_of_now() {
    let gateway = house(catalog(), order(), recommendation()).await;
    // The client follows, and the address holds for both paths.
    let page = gateway.get("/v1/pages/product/old-lamp?locale=de_DE").await.assert_status(200);
    assert_eq!(page.json()["product"]["locale_seen"], "locale=de_DE");
    let product = gateway.get("/v1/products/old-lamp?locale=de_DE").await.assert_status(200);
    assert_eq!(product.json()["locale_seen"], "locale=de_DE");
}

#[tokio::test]
async fn without_the_catalog_a_product_seen_before_is_shown_from_memory() {
    let (switch, up) = watch::channel(true);
    let gateway = house(catalog_with_switch(up), order(), recommendation()).await;
    gateway.get("/v1/pages/product/lamp").await.assert_status(200);
    switch.send(false).unwrap();
    let page = gateway.get("/v1/pages/product/lamp").await.assert_status(200).json();
    assert_eq!(page["product"]["id"], LAMP);
    assert_eq!(page["parts"]["product"]["status"], "stale");
    assert_eq!(page["parts"]["availability"]["status"], "ok");
    assert_eq!(page["parts"]["recommendations.similar"]["status"], "stale");
    gateway.get("/v1/pages/product/other").await.assert_problem(500, "internal");
}

#[tokio::test]
async fn without_the_catalog_and_without_memory_the_page_says_what_is_missing() {
    let gateway = start(&[]).await;
    let answer = gateway.get("/v1/pages/product/lamp").await.assert_problem(503, "unavailable");
    assert_eq!(answer.json()["service"], "catalog");
}

#[tokio::test]
async fn a_home_page_is_personal_only_with_a_token() {
    let gateway = house(catalog(), order(), recommendation()).await;
    let answer = gateway.get("/v1/pages/home").await.assert_status(200);
    assert_eq!(answer.headers["cache-control"], "no-cache");
    let page = answer.json();
    assert_eq!(page["newest"]["query_seen"], "sort=newest&limit=12");
    assert!(page["recommendations"]["for_you"].is_null());
    assert!(page["parts"].get("recommendations.for_you").is_none());
    let request = gateway.request("GET", "/v1/pages/home").bearer_auth("t");
    let answer = Answer::of(request).await.assert_status(200);
    assert_eq!(answer.headers["cache-control"], "private, no-store");
    assert_eq!(answer.json()["recommendations"]["for_you"]["items"][0]["product"]["id"], "a");
}

#[tokio::test]
async fn a_category_page_passes_filters_on() {
    let gateway = house(catalog(), order(), recommendation()).await;
    let path = "/v1/pages/category/lamps?filter%5Bcolor%5D=red&sort=price&category=other";
    let page = gateway.get(path).await.assert_status(200).json();
    assert_eq!(page["category"]["code"], "lamps");
    let expected = "category=lamps&filter%5Bcolor%5D=red&sort=price";
    assert_eq!(page["products"]["query_seen"], expected);
    assert_eq!(page["recommendations"]["trending"]["items"].as_array().unwrap().len(), 2);
    gateway.get("/v1/pages/category/none").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_cart_page_needs_a_token_and_shows_what_goes_with_the_cart() {
    let gateway = house(catalog(), order(), recommendation()).await;
    gateway.get("/v1/pages/cart").await.assert_problem(401, "unauthenticated");
    let request = gateway.request("GET", "/v1/pages/cart").bearer_auth("t");
    let page = Answer::of(request).await.assert_status(200).json();
    assert_eq!(page["cart"]["id"], "c1");
    assert_eq!(page["shipping_methods"]["items"][0]["code"], "standard");
    assert_eq!(page["recommendations"]["cart"]["model"], "/v1/recommendations/cart");
}

#[tokio::test]
async fn an_account_page_joins_profile_addresses_and_orders() {
    let gateway = house(catalog(), order(), recommendation()).await;
    let request = gateway.request("GET", "/v1/pages/account").bearer_auth("t");
    let page = Answer::of(request).await.assert_status(200).json();
    assert_eq!(page["profile"]["path"], "/v1/me");
    assert_eq!(page["addresses"]["path"], "/v1/me/addresses");
    assert_eq!(page["orders"], json!({ "items": [] }));
    assert_eq!(page["parts"]["recently_viewed"]["status"], "ok");
}
