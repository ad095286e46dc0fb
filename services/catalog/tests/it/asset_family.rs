//! Asset families: assets with files, naming conventions, and products that show them.

use std::io::Cursor;

use serde_json::{Value, json};

use crate::pim::{Pim, encode, messages, value};

fn entry(data: impl Into<Value>) -> Value {
    json!([{"locale": null, "channel": null, "data": data.into()}])
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::new(200, 100).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn upload(pim: &Pim, name: &str, file: &[u8]) -> String {
    let answer = pim.upload("asset-media-files", name, file).await.assert_status(201);
    answer.header("asset-media-file-code").to_owned()
}

/// A family of photos with a view and a mood.
async fn photos() -> Pim {
    let pim = Pim::stocked().await;
    pim.patch("asset-families/photos", json!({"labels": {"en_US": "Photos"}}))
        .await
        .assert_status(201);
    let path = "asset-families/photos/attributes";
    for (code, body) in [
        ("view", json!({"type": "single_option"})),
        ("sku", json!({"type": "text"})),
        ("film", json!({"type": "media_link", "media_type": "youtube"})),
    ] {
        pim.patch(&format!("{path}/{code}"), body).await.assert_status(201);
    }
    for code in ["front", "back"] {
        pim.patch(&format!("{path}/view/options/{code}"), json!({})).await.assert_status(201);
    }
    pim
}

#[tokio::test]
async fn an_asset_family_reads_as_it_was_written() {
    let pim = photos().await;
    let expected = json!({
        "code": "photos", "labels": {"en_US": "Photos"}, "attribute_as_main_media": "media",
        "naming_convention": {}, "product_link_rules": [], "transformations": [],
    });
    let family = pim.get("asset-families/photos").await.assert_status(200).json();
    assert_eq!(family, expected);
    let answer = pim.patch("asset-families/photos", family).await.assert_status(204);
    assert_eq!(answer.header("vitrine-changed"), "false");
    let list = pim.get("asset-families").await.assert_status(200).json();
    assert_eq!(list["_embedded"]["items"][0]["code"], "photos");
    let media = pim.get("asset-families/photos/attributes/media").await.assert_status(200).json();
    assert_eq!(
        media,
        json!({"code": "media", "labels": {}, "type": "media_file", "value_per_locale": false,
               "value_per_channel": false, "is_required_for_completeness": false,
               "media_type": "image", "allowed_extensions": [], "max_file_size": null})
    );
    pim.patch("asset-families/photos", json!({"attribute_as_main_media": "film"}))
        .await
        .assert_status(204);
    pim.delete("asset-families/photos/attributes/media").await.assert_status(204);
    let answer = pim.delete("asset-families/photos/attributes/film").await.assert_status(422);
    assert_eq!(
        messages(&answer.json()),
        ["Attribute \"film\" is still needed by family \"photos\"."]
    );
    let missing = pim.get("asset-families/x").await.assert_status(404).json();
    assert_eq!(missing["message"], "Asset family \"x\" does not exist.");
    let entity = pim.get("reference-entities/photos").await;
    entity.assert_status(404);
}

#[tokio::test]
async fn an_asset_family_keeps_its_rules() {
    let pim = photos().await;
    let refused = async |body: Value| {
        messages(&pim.patch("asset-families/photos", body).await.assert_status(422).json())
    };
    assert_eq!(
        refused(json!({"attribute_as_main_media": "view"})).await,
        ["The attribute \"view\" is no media file or media link of the family."]
    );
    let convention = |source: &str, pattern: &str| json!({"naming_convention": {"source": {"property": source, "channel": null, "locale": null}, "pattern": pattern, "abort_asset_creation_on_error": true}});
    assert_eq!(
        refused(convention("view", "/^x$/")).await,
        [
            "The source \"view\" is neither the code nor a media file attribute.",
            "The pattern should have at least one named group.",
        ]
    );
    assert_eq!(refused(convention("code", "/[/")).await, ["This regular expression is not valid."]);
    assert!(
        refused(json!({"naming_convention": {"pattern": "x"}})).await[0]
            .starts_with("Property \"naming_convention\" expects an array with the keys")
    );
    let found = refused(json!({"transformations": [{}], "product_link_rules": [{}]})).await;
    assert!(found[0].starts_with("Product link rules are not supported"));
    assert!(found[1].starts_with("Transformations are not supported"));
    let kind = json!({"type": "media_file", "media_type": "youtube"});
    let answer = pim.patch("asset-families/photos/attributes/x", kind).await;
    assert_eq!(
        messages(&answer.assert_status(422).json()),
        ["The value you selected is not a valid choice."]
    );
}

#[tokio::test]
async fn the_file_of_an_asset_is_downloaded_and_shared_in_any_size() {
    let pim = photos().await;
    let code = upload(&pim, "mug.png", &picture()).await;
    let values = json!({"values": {"media": entry(code.as_str()), "view": entry("front")}});
    pim.patch("asset-families/photos/assets/mug", values).await.assert_status(201);
    let asset = pim.get("asset-families/photos/assets/mug").await.assert_status(200).json();
    let links = &asset["values"]["media"][0]["_links"];
    let url = format!("https://pim.example/api/rest/v1/asset-media-files/{code}");
    assert_eq!(links["download"]["href"], url);
    pim.get(&format!("asset-media-files/{code}")).await.assert_status(200);
    let shared = links["share_link"]["href"].as_str().unwrap();
    assert_eq!(shared, format!("https://pim.example/media/{code}"));
    let shared = shared.strip_prefix("https://pim.example").unwrap();
    let thumbnail = pim.stranger().get(&format!("{shared}?w=80&format=webp")).await;
    let thumbnail = thumbnail.assert_status(200);
    assert_eq!(thumbnail.header("content-type"), "image/webp");
    assert_eq!(image::load_from_memory(&thumbnail.body).unwrap().width(), 80);
    let text = upload(&pim, "a.txt", b"text").await;
    let values = json!({"values": {"media": entry(text)}});
    let answer = pim.patch("asset-families/photos/assets/mug", values).await.assert_status(422);
    assert!(messages(&answer.json())[0].starts_with("The txt file extension is not allowed"));
    let film = json!({"values": {"film": entry("dQw4w9WgXcQ")}});
    pim.patch("asset-families/photos/assets/mug", film).await.assert_status(204);
}

#[tokio::test]
async fn assets_are_written_in_bulk_found_and_deleted() {
    let pim = photos().await;
    let assets = json!([
        {"code": "a", "values": {"view": entry("front")}},
        {"code": "b", "values": {"view": entry("x")}},
        {"code": "c"},
    ]);
    let answers = pim.patch("asset-families/photos/assets", assets).await.assert_status(200).json();
    let statuses: Vec<_> =
        answers.as_array().unwrap().iter().map(|answer| &answer["status_code"]).collect();
    assert_eq!(statuses, [201, 422, 201]);
    let search = json!({"view": [{"operator": "IN", "value": ["front"]}]}).to_string();
    let path = format!("asset-families/photos/assets?search={}", encode(&search));
    let list = pim.get(&path).await.assert_status(200).json();
    let items = list["_embedded"]["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(
        items[0]["_links"]["self"]["href"],
        "https://pim.example/api/rest/v1/asset-families/photos/assets/a"
    );
    let answer = pim.delete("asset-families/photos").await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        ["Asset family \"photos\" is still needed by asset \"a\", asset \"c\"."]
    );
    pim.delete("asset-families/photos/assets/a").await.assert_status(204);
    let missing = pim.delete("asset-families/photos/assets/a").await.assert_status(404).json();
    assert_eq!(missing["message"], "Asset \"a\" does not exist for the asset family \"photos\".");
    pim.delete("asset-families/photos/assets/c").await.assert_status(204);
    pim.delete("asset-families/photos").await.assert_status(204);
}

#[tokio::test]
async fn products_show_assets_that_exist_in_the_order_given() {
    let pim = photos().await;
    pim.patch("asset-families/photos/assets", json!([{"code": "a"}, {"code": "b"}]))
        .await
        .assert_status(200);
    let attribute = json!({"code": "gallery", "type": "pim_catalog_asset_collection", "group": "other", "reference_data_name": "photos"});
    pim.patch_all("attributes", &[attribute]).await;
    let product = json!({"identifier": "A", "values": {"gallery": value(json!(["b", "a"]))}});
    pim.patch_all("products", &[product, json!({"identifier": "B"})]).await;
    let product = pim.get("products/A").await.assert_status(200).json();
    assert_eq!(product["values"]["gallery"], value(json!(["b", "a"])));
    let body = json!({"values": {"gallery": value(json!(["a", "ghost"]))}});
    let answer = pim.patch("products/A", body).await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        ["The ghost value of the gallery attribute does not exist in the asset family \"photos\"."]
    );
    for (operator, value, expected) in
        [("IN", json!(["a"]), "A"), ("EMPTY", Value::Null, "B"), ("NOT EMPTY", Value::Null, "A")]
    {
        let search = json!({"gallery": [{"operator": operator, "value": value}]}).to_string();
        let list = pim.get(&format!("products?search={}", encode(&search))).await.json();
        let items = list["_embedded"]["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["identifier"]), (1, &json!(expected)), "{operator}");
    }
    let code = upload(&pim, "a.png", &picture()).await;
    let media = json!({"code": "a", "values": {"media": entry(code.as_str())}});
    pim.patch("asset-families/photos/assets", json!([media])).await.assert_status(200);
    let shared = pim.get("products/A?with_asset_share_links=true").await.json();
    let link = json!({"attribute": "media", "scope": null, "locale": null,
                      "_links": {"self": {"href": format!("https://pim.example/media/{code}")}}});
    assert_eq!(
        shared["values"]["gallery"][0]["linked_data"],
        json!({"a": {"share_links": [link]}, "b": {"share_links": []}})
    );
    pim.client.get(&format!("/media/{code}")).await.assert_status(200);
    let answer = pim.delete("asset-families/photos/assets/a").await.assert_status(422).json();
    assert_eq!(messages(&answer), ["Asset \"a\" is still needed by product \"A\"."]);
    pim.patch("families/mugs", json!({"attributes": ["sku", "name", "gallery"], "attribute_as_image": "gallery", "attribute_requirements": {"ecommerce": ["sku"]}}))
        .await
        .assert_status(204);
}

#[tokio::test]
async fn a_new_asset_fills_attributes_by_the_naming_convention() {
    let pim = photos().await;
    let convention = |source: &str, pattern: &str, is_strict: bool| json!({"naming_convention": {"source": {"property": source, "channel": null, "locale": null}, "pattern": pattern, "abort_asset_creation_on_error": is_strict}});
    let by_code = convention("code", "/^(?P<sku>[a-z]+)_(?P<view>[a-z]+)$/", true);
    pim.patch("asset-families/photos", by_code.clone()).await.assert_status(204);
    assert_eq!(
        pim.get("asset-families/photos").await.json()["naming_convention"],
        by_code["naming_convention"]
    );
    let path = |code: &str| format!("asset-families/photos/assets/{code}");
    pim.patch(&path("mug_front"), json!({})).await.assert_status(201);
    let values = pim.get(&path("mug_front")).await.json()["values"].clone();
    assert_eq!(values, json!({"sku": entry("mug"), "view": entry("front")}));
    let given = json!({"values": {"view": entry("back")}});
    pim.patch(&path("cup_front"), given).await.assert_status(201);
    let values = pim.get(&path("cup_front")).await.json()["values"].clone();
    assert_eq!(values["view"], entry("back"), "what is given is kept");
    let refused = async |code: &str| {
        messages(&pim.patch(&path(code), json!({})).await.assert_status(422).json())
    };
    assert_eq!(
        refused("mug").await,
        ["The asset \"mug\" does not follow the naming convention of its family."]
    );
    assert_eq!(
        refused("mug_side").await,
        ["The side value is not in the view attribute option list."]
    );
    let by_file = convention("media", "/^(?P<sku>[a-z]+)_(?P<view>[a-z]+)\\./", false);
    pim.patch("asset-families/photos", by_file).await.assert_status(204);
    let file = upload(&pim, "bowl_back.png", &picture()).await;
    let given = json!({"values": {"media": entry(file)}});
    pim.patch(&path("x1"), given).await.assert_status(201);
    let values = pim.get(&path("x1")).await.json()["values"].clone();
    assert_eq!((&values["sku"], &values["view"]), (&entry("bowl"), &entry("back")));
    pim.patch(&path("x2"), json!({})).await.assert_status(201);
    let file = upload(&pim, "bowl_side.png", &picture()).await;
    let given = json!({"values": {"media": entry(file)}});
    pim.patch(&path("x3"), given).await.assert_status(201);
    let values = pim.get(&path("x3")).await.json()["values"].clone();
    assert!(values.get("sku").is_none(), "a convention that cannot be followed is left aside");
}
