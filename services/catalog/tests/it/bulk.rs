//! Bodies with one thing per line: for each rule a test.

use serde_json::{Value, json};

use crate::pim::Pim;

async fn answers(pim: &Pim, path: &str, body: &str) -> Vec<Value> {
    let answer = pim.patch_text(path, body).await.assert_status(200);
    assert_eq!(answer.header("content-type"), "application/vnd.akeneo.collection+json");
    assert!(!answer.text().ends_with('\n'));
    answer.text().split('\n').map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn each_line_is_answered_by_its_number_and_key() {
    let pim = Pim::open().await;
    let found = answers(&pim, "categories", "{\"code\":\"a\"}\n{\"code\":\"b\"}").await;
    assert_eq!(
        found,
        [
            json!({"line": 1, "code": "a", "status_code": 201}),
            json!({"line": 2, "code": "b", "status_code": 201}),
        ]
    );
}

#[tokio::test]
async fn the_same_key_twice_is_written_in_order() {
    let pim = Pim::open().await;
    let body = "{\"code\":\"a\"}\n{\"code\":\"a\",\"labels\":{\"en_US\":\"A\"}}";
    let statuses: Vec<_> = answers(&pim, "categories", body)
        .await
        .iter()
        .map(|line| line["status_code"].clone())
        .collect();
    assert_eq!(statuses, [201, 204]);
    assert_eq!(pim.get("categories/a").await.json()["labels"], json!({"en_US": "A"}));
}

#[tokio::test]
async fn a_line_that_is_refused_tells_why_and_stops_no_other() {
    let pim = Pim::open().await;
    let found = answers(&pim, "categories", "{\"code\":\"a b\"}\n{\"code\":\"b\"}").await;
    assert_eq!(
        found[0],
        json!({"line": 1, "code": "a b", "status_code": 422, "message": "Validation failed.",
               "errors": [{"property": "code", "message": "Category code may contain only letters, numbers and underscores."}]})
    );
    assert_eq!(found[1]["status_code"], 201);
}

#[tokio::test]
async fn a_line_that_is_not_json() {
    let pim = Pim::open().await;
    assert_eq!(
        answers(&pim, "categories", "{").await,
        [json!({"line": 1, "status_code": 400, "message": "Invalid json message received"})]
    );
}

#[tokio::test]
async fn a_line_without_key() {
    let pim = Pim::open().await;
    for (path, message) in [
        ("categories", "Code is missing."),
        ("products", "Identifier is missing."),
        ("products-uuid", "Uuid is missing."),
        ("product-models", "Code is missing."),
    ] {
        for key in ["", "\"code\":null", "\"code\":\"\"", "\"code\":\" \""] {
            let key = key.replace("code", path_key(path));
            let found = answers(&pim, path, &format!("{{{key}}}")).await;
            assert_eq!(
                found,
                [json!({"line": 1, "status_code": 422, "message": message})],
                "{path}"
            );
        }
    }
}

fn path_key(path: &str) -> &'static str {
    match path {
        "products" => "identifier",
        "products-uuid" => "uuid",
        _ => "code",
    }
}

#[tokio::test]
async fn a_key_that_is_no_text() {
    let pim = Pim::open().await;
    let found = answers(&pim, "products-uuid", "{\"uuid\":1}").await;
    assert_eq!(found[0]["message"], "uuid must be of type string.");
}

#[tokio::test]
async fn a_line_that_is_too_long() {
    let pim = Pim::open().await;
    let body = format!("{{\"code\":\"{}\"}}\n{{\"code\":\"b\"}}", "x".repeat(1_000_000));
    let found = answers(&pim, "categories", &body).await;
    assert_eq!(found[0], json!({"line": 1, "status_code": 413, "message": "Line is too long."}));
    assert_eq!(found[1]["status_code"], 201);
}

#[tokio::test]
async fn too_many_lines_are_refused_before_any_is_written() {
    let pim = Pim::open().await;
    for path in ["categories", "attributes", "families", "products", "product-models"] {
        let body = "{\"code\":\"a\"}\n".repeat(101);
        let refused = pim.patch_text(path, &body).await.assert_status(413).json();
        assert_eq!(
            refused["message"],
            "Too many resources to process, 100 is the maximum allowed."
        );
    }
    pim.get("categories/a").await.assert_status(404);
}

#[tokio::test]
async fn lines_need_their_content_type() {
    let pim = Pim::open().await;
    let refused = pim.patch("categories", json!({})).await.assert_status(415).json();
    assert_eq!(
        refused["message"],
        "\"application/json\" in \"Content-Type\" header is not valid. Only \"application/vnd.akeneo.collection+json\" is allowed."
    );
}

#[tokio::test]
async fn measurement_families_are_one_array_on_one_line() {
    let pim = Pim::open().await;
    let body = json!([{"code": "Coins", "standard_unit_code": "CENT", "units": {"CENT": {"code": "CENT",
        "convert_from_standard": [{"operator": "mul", "value": "1"}]}}}, {"code": "Bad"}]);
    let answer = pim.patch_text("measurement-families", &body.to_string()).await.assert_status(200);
    assert!(!answer.text().contains('\n'));
    let answer = answer.json();
    assert_eq!(answer[0], json!({"code": "Coins", "status_code": 201}));
    assert_eq!((&answer[1]["code"], &answer[1]["status_code"]), (&json!("Bad"), &json!(422)));
    pim.patch("measurement-families", body).await.assert_status(200);
}
