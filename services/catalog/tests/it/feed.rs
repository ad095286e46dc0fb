//! What staff say of feeds.

use serde_json::{Value, json};

use crate::pim::{Pim, messages};

#[tokio::test]
async fn a_feed_names_what_there_is() {
    let pim = Pim::stocked().await;
    let address = "This value should be an http(s) address.";
    for (body, message) in [
        (json!({"link": "https://shop.example/{name}"}), "Braces stand around placeholders"),
        (json!({"link": "https://shop.example/"}), "An address needs {slug}, {sku} or {id}."),
        (json!({"link": "javascript:alert('{slug}')"}), address),
        (json!({"link": "ftp://shop.example/{slug}"}), address),
        (json!({"link": "https://{slug}.example/"}), "The host of an address has no placeholders."),
        (json!({"condition": "broken"}), "This value should be one of new, refurbished, used."),
        (
            json!({"attributes": {"price": "price"}}),
            "\"price\" is not a field that an attribute fills.",
        ),
        (json!({"attributes": {"gtin": "none"}}), "The attribute does not exist, \"none\" given."),
        (
            json!({"attributes": {"shipping_weight": "name"}}),
            "\"shipping_weight\" cannot be filled by attributes of type pim_catalog_text.",
        ),
        (
            json!({"attributes": {"color": "picture"}}),
            "\"color\" cannot be filled by attributes of type pim_catalog_image.",
        ),
        (json!({"attributes": {"gtin": 1}}), "expects an array of strings as data"),
        (json!({"google_product_categories": {"none": "1"}}), "The category does not exist"),
        (json!({"google_product_categories": {"kitchen": "1.5"}}), "\"1.5\" is neither a number"),
        (json!({"excluded_categories": ["none"]}), "The category does not exist"),
        (json!({"excluded_families": ["none"]}), "The family does not exist"),
        (json!({"extra": 1}), "Property \"extra\" does not exist."),
    ] {
        let answer = pim.patch("feeds/ecommerce", body.clone()).await.assert_status(422);
        let found = messages(&answer.json());
        assert!(found.len() == 1 && found[0].contains(message), "{body}: {found:?}");
    }
    let found = messages(&pim.patch("feeds/nowhere", json!({})).await.assert_status(422).json());
    assert!(found[0].contains("The channel does not exist, \"nowhere\" given."), "{found:?}");
    pim.get("feeds/ecommerce").await.assert_status(404);
}

#[tokio::test]
async fn a_feed_is_read_changed_and_brought_back_as_other_things_are() {
    let pim = Pim::stocked().await;
    let body = json!({
        "link": "https://shop.example/{locale}/p/{slug}", "attributes": {"gtin": "ean", "mpn": "name"},
        "google_product_categories": {"kitchen": "638"}, "excluded_families": ["mugs"],
    });
    pim.patch("feeds/ecommerce", body).await.assert_status(201);
    let first = pim.get("feeds/ecommerce").await.assert_status(200);
    assert_eq!(first.version(), "1");
    assert_eq!(
        first.json(),
        json!({
            "code": "ecommerce", "link": "https://shop.example/{locale}/p/{slug}", "condition": "new",
            "attributes": {"gtin": "ean", "mpn": "name"},
            "google_product_categories": {"kitchen": "638"},
            "excluded_categories": [], "excluded_families": ["mugs"],
        })
    );
    let change = json!({"attributes": {"mpn": null, "color": "color"}, "excluded_families": []});
    let stale = pim.client.header("if-match", "\"7\"");
    stale.patch("/api/rest/v1/feeds/ecommerce", change.clone()).await.assert_status(412);
    pim.patch("feeds/ecommerce", change).await.assert_status(204);
    let second = pim.get("feeds/ecommerce").await.json();
    assert_eq!(second["attributes"], json!({"color": "color", "gtin": "ean"}));
    let history = pim.get("feeds/ecommerce/versions").await.assert_status(200).json();
    assert_eq!(history["_embedded"]["items"][0]["version"], 2);
    pim.post("feeds/ecommerce/versions/1/restore", json!({})).await.assert_status(204);
    assert_eq!(pim.get("feeds/ecommerce").await.json(), first.json());
    assert_eq!(pim.find("feeds", json!({})).await, ["ecommerce"]);
    pim.delete("feeds/ecommerce").await.assert_status(204);
    pim.get("feeds/ecommerce").await.assert_status(404);
}

#[tokio::test]
async fn what_a_feed_names_is_not_deleted_and_the_feed_goes_with_its_channel() {
    let pim = Pim::stocked().await;
    pim.patch_all("categories", &[json!({"code": "attic", "parent": "master"})]).await;
    pim.patch_all("families", &[json!({"code": "spares", "attributes": ["sku"]})]).await;
    let channel = json!({"code": "mobile", "category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"]});
    pim.patch_all("channels", &[channel]).await;
    let attribute = json!({"code": "barcode", "type": "pim_catalog_text", "group": "other"});
    pim.patch_all("attributes", &[attribute]).await;
    let feed = json!({"code": "mobile", "attributes": {"gtin": "barcode"}, "excluded_families": ["spares"],
                      "google_product_categories": {"attic": "1"}});
    pim.patch_all("feeds", &[feed]).await;
    for path in ["attributes/barcode", "families/spares", "categories/attic"] {
        let answer = pim.delete(path).await.assert_status(422).json();
        assert!(answer.to_string().contains("feed \\\"mobile\\\""), "{path}: {answer}");
    }
    pim.delete("channels/mobile").await.assert_status(204);
    pim.get("feeds/mobile").await.assert_status(404);
    let history = pim.get("feeds/mobile/versions").await.assert_status(200).json();
    assert_eq!(history["_embedded"]["items"][0]["action"], "deleted");
    pim.delete("attributes/barcode").await.assert_status(204);
}

#[tokio::test]
async fn who_only_reads_the_catalog_changes_no_feed() {
    let pim = Pim::stocked().await;
    let reader = pim.with_scopes(&["catalog:read"]);
    let path = "/api/rest/v1/feeds/ecommerce";
    reader.patch(path, json!({})).await.assert_status(403);
    reader.delete(path).await.assert_status(403);
    pim.stranger().get(path).await.assert_status(401);
    let nothing: Vec<Value> = Vec::new();
    let list = reader.get("/api/rest/v1/feeds").await.assert_status(200).json();
    assert_eq!(list["_embedded"]["items"], json!(nothing));
}
