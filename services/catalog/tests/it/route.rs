//! Every path with its verbs: for each noun a test.

use http::Method;
use serde_json::json;

use crate::pim::Pim;

/// All verbs of a path, beside HEAD, exactly.
async fn takes(pim: &Pim, path: &str, verbs: &str) {
    let wrong = if verbs.contains("PUT") { Method::TRACE } else { Method::PUT };
    let url = format!("/api/rest/v1/{path}");
    let answer = pim.client.send(wrong.clone(), &url, None, Vec::new()).await.assert_status(405);
    let allowed = answer.header("allow").split(',').map(str::trim);
    let mut allowed: Vec<&str> = allowed.filter(|verb| *verb != "HEAD").collect();
    allowed.sort_unstable();
    assert_eq!(allowed.join(" "), verbs, "{path}");
    let body = answer.json();
    assert_eq!(body["code"], 405);
    assert_eq!(
        body["message"],
        format!(
            "No route found for \"{wrong} {url}\": Method Not Allowed (Allow: {})",
            verbs.replace(' ', ", ")
        )
    );
}

async fn takes_all(paths: &[(&str, &str)]) {
    let pim = Pim::open().await;
    for (path, verbs) in paths {
        takes(&pim, path, verbs).await;
    }
}

const LIST: &str = "GET PATCH POST";
const ONE: &str = "DELETE GET PATCH";

#[tokio::test]
async fn products_by_uuid() {
    let one = "products-uuid/0192f0c1-7c2e-7000-8000-000000000001";
    takes_all(&[("products-uuid", LIST), (one, ONE), ("products-uuid/search", "POST")]).await;
}

#[tokio::test]
async fn products_by_identifier() {
    takes_all(&[("products", LIST), ("products/x", ONE)]).await;
}

#[tokio::test]
async fn drafts_and_proposals() {
    takes_all(&[
        ("products/x/draft", "DELETE GET"),
        ("product-models/x/proposal", "DELETE POST"),
        ("proposals", "GET"),
        ("proposals/x", "GET"),
        ("proposals/x/approve", "POST"),
        ("proposals/x/reject", "POST"),
    ])
    .await;
}

#[tokio::test]
async fn publications() {
    let page = "products/x/publication";
    takes_all(&[
        (page, "GET PATCH"),
        ("product-models/x/publication", "GET PATCH"),
        ("publications", "PATCH"),
        ("products/x/publication/versions", "GET"),
        ("products/x/publication/versions/1", "GET"),
        ("products/x/publication/versions/1/restore", "POST"),
    ])
    .await;
}

#[tokio::test]
async fn product_models() {
    takes_all(&[("product-models", LIST), ("product-models/x", ONE)]).await;
}

#[tokio::test]
async fn media_files() {
    takes_all(&[
        ("media-files", "GET POST"),
        ("media-files/1/d/7/f/1d7f_x.jpg", "DELETE GET"),
        ("media-files/1/d/7/f/1d7f_x.jpg/download", "DELETE GET"),
        ("category-media-files", "POST"),
        ("category-media-files/1/d/7/f/1d7f_x.jpg/download", "GET"),
    ])
    .await;
}

#[tokio::test]
async fn families_and_variants() {
    takes_all(&[
        ("families", LIST),
        ("families/x", ONE),
        ("families/x/variants", LIST),
        ("families/x/variants/y", ONE),
    ])
    .await;
}

#[tokio::test]
async fn attributes_and_options() {
    takes_all(&[
        ("attributes", LIST),
        ("attributes/x", ONE),
        ("attributes/x/options", LIST),
        ("attributes/x/options/y", ONE),
    ])
    .await;
}

#[tokio::test]
async fn attribute_groups_association_types_channels_categories_and_groups() {
    for noun in ["attribute-groups", "association-types", "channels", "categories", "groups"] {
        takes_all(&[(noun, LIST), (&format!("{noun}/x"), ONE)]).await;
    }
}

#[tokio::test]
async fn locales_and_currencies_are_only_read() {
    takes_all(&[
        ("locales", "GET"),
        ("locales/x", "GET"),
        ("currencies", "GET"),
        ("currencies/x", "GET"),
    ])
    .await;
}

#[tokio::test]
async fn feeds_and_rules_of_searching() {
    for noun in ["feeds", "search-rules", "synonyms", "stop-word-sets"] {
        takes_all(&[(noun, LIST), (&format!("{noun}/x"), ONE)]).await;
    }
}

#[tokio::test]
async fn reference_entities_and_asset_families() {
    for (noun, records, media) in [
        ("reference-entities", "records", "reference-entities-media-files"),
        ("asset-families", "assets", "asset-media-files"),
    ] {
        takes_all(&[
            (noun, "GET"),
            (&format!("{noun}/x"), ONE),
            (&format!("{noun}/x/attributes"), "GET"),
            (&format!("{noun}/x/attributes/y"), ONE),
            (&format!("{noun}/x/attributes/y/options"), "GET"),
            (&format!("{noun}/x/attributes/y/options/z"), ONE),
            (&format!("{noun}/x/{records}"), "GET PATCH"),
            (&format!("{noun}/x/{records}/y"), ONE),
            (media, "POST"),
            (&format!("{media}/1/d/7/f/1d7f_x.jpg"), "GET"),
        ])
        .await;
    }
}

#[tokio::test]
async fn versions_of_things() {
    for thing in ["products-uuid/x", "categories/x", "attributes/x/options/y"] {
        takes_all(&[
            (&format!("{thing}/versions"), "GET"),
            (&format!("{thing}/versions/1"), "GET"),
            (&format!("{thing}/versions/1/restore"), "POST"),
        ])
        .await;
    }
}

#[tokio::test]
async fn jobs() {
    takes_all(&[
        ("jobs", "GET"),
        ("jobs/bulk-edit", "POST"),
        ("jobs/import", "POST"),
        ("jobs/export", "POST"),
        ("jobs/x", "GET"),
        ("jobs/x/file", "GET"),
        ("jobs/x/errors", "GET"),
        ("jobs/x/cancel", "POST"),
    ])
    .await;
}

#[tokio::test]
async fn measure_families_and_measurement_families() {
    takes_all(&[
        ("measure-families", "GET"),
        ("measure-families/x", "GET"),
        ("measurement-families", "GET PATCH"),
        ("measurement-families/x", "DELETE"),
    ])
    .await;
}

#[tokio::test]
async fn the_list_of_routes_names_them() {
    let pim = Pim::open().await;
    let answer = pim.stranger().get("/api/rest/v1").await.assert_status(200).json();
    assert_eq!(
        answer["routes"]["pim_api_measure_family_list"],
        json!({"route": "/api/rest/v1/measure-families", "methods": ["GET"]})
    );
    assert_eq!(answer["routes"]["pim_api_group_list"]["methods"], json!(["GET"]));
    let version = pim.stranger().get("/api/rest/v1/system-information").await.assert_status(200);
    assert_eq!(version.json()["edition"], "CE");
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let pim = Pim::stocked().await;
    for (path, message) in [
        ("categories/x", "Category \"x\" does not exist."),
        ("products/x", "Product \"x\" does not exist."),
        ("product-models/x", "Product model \"x\" does not exist."),
        ("families/x", "Family \"x\" does not exist."),
        ("attributes/x", "Attribute \"x\" does not exist."),
        ("attribute-groups/x", "Attribute group \"x\" does not exist."),
        ("channels/x", "Channel \"x\" does not exist."),
        ("locales/x", "Locale \"x\" does not exist."),
        ("currencies/x", "Currency \"x\" does not exist."),
        ("association-types/x", "Association type \"x\" does not exist."),
        ("media-files/x", "Media file \"x\" does not exist."),
        ("families/x/variants", "Family \"x\" does not exist."),
        ("attributes/x/options", "Attribute \"x\" does not exist."),
    ] {
        let refused = pim.get(path).await.assert_status(404).json();
        assert_eq!((&refused["code"], &refused["message"]), (&json!(404), &json!(message)));
    }
}
