//! The documents.

use serde_json::Value;
use testing::assert_generated;

use crate::house::start;

#[test]
fn openapi_documents_are_up_to_date() {
    assert_generated("openapi/gateway.json", &web::openapi::to_text(&gateway::app::openapi()));
    let public = gateway::public_document(gateway::DEFAULT_PUBLIC_URL);
    assert_generated("openapi/vitrine.json", &public);
}

#[tokio::test]
async fn the_public_document_names_the_public_address() {
    let gateway = start(&[("VITRINE_PUBLIC_URL", "https://shop.example")]).await;
    let answer = gateway.get("/openapi.json").await.assert_status(200);
    assert_eq!(answer.headers["content-type"], "application/json");
    let document: Value = answer.json();
    assert_eq!(document["servers"][0]["url"], "https://shop.example");
    assert!(document["paths"]["/v1/pages/product/{key}"]["get"].is_object());
}

#[tokio::test]
async fn the_documentation_needs_nothing_from_elsewhere() {
    let gateway = start(&[]).await;
    let page = gateway.get("/docs").await.assert_status(200);
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(!page.text.contains("https://"), "{}", page.text);
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"] {
        gateway.get(&format!("/docs/{file}")).await.assert_status(200);
    }
    let start = gateway.get("/docs/swagger-initializer.js").await.assert_status(200);
    assert!(start.text.contains("/openapi.json"));
    gateway.get("/docs/nothing.js").await.assert_problem(404, "not_found");
    crate::house::Answer::of(gateway.request("POST", "/openapi.json"))
        .await
        .assert_problem(405, "method_not_allowed");
}
