use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn a_role_is_created_read_changed_and_deleted() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let new = json!({ "code": "care", "label": "Customer care",
        "scopes": ["orders:write", "orders:read", "orders:read"] });
    let answer = admin.post("/v1/roles", new.clone()).await.assert_status(201);
    assert_eq!(answer.header("location"), "/v1/roles/care");
    assert_eq!(answer.json()["scopes"], json!(["orders:read", "orders:write"]));
    admin.post("/v1/roles", new).await.assert_problem(409, "role_exists");
    let read = admin.get("/v1/roles/care").await.assert_status(200);
    let patch = json!({ "scopes": ["orders:read"] });
    let changed =
        admin.header("if-match", read.header("etag")).patch("/v1/roles/care", patch).await;
    assert_eq!(changed.assert_status(200).json()["label"], "Customer care");
    let page = admin.get("/v1/roles").await.assert_status(200).json();
    assert_eq!(page["items"][0]["code"], "administrator");
    assert_eq!(page["items"][1]["code"], "care");
    admin.delete("/v1/roles/care").await.assert_status(204);
    admin.get("/v1/roles/care").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_bad_role_is_refused() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    for (code, label, scopes, pointer) in [
        ("Care!", "Care", json!([]), "/code"),
        ("care", " ", json!([]), "/label"),
        ("care", "Care", json!(["orders:read", "everything"]), "/scopes/1"),
        ("care", "Care", json!(["internal"]), "/scopes/0"),
    ] {
        let new = json!({ "code": code, "label": label, "scopes": scopes });
        let answer = admin.post("/v1/roles", new).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn the_administrators_role_cannot_be_changed() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let path = "/v1/roles/administrator";
    admin.patch(path, json!({ "scopes": [] })).await.assert_problem(409, "builtin_role");
    admin.delete(path).await.assert_problem(409, "builtin_role");
}

#[tokio::test]
async fn a_role_in_use_is_not_deleted() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    crate::staff::hire(&shop, "grace@example.com", &["orders:read"]).await;
    admin.delete("/v1/roles/grace").await.assert_problem(409, "role_in_use");
}
