//! What describes categories: positions, values, files.

use serde_json::{Value, json};

use crate::{
    media_file::{PNG, upload_to},
    pim::{Pim, messages},
};

#[tokio::test]
async fn positions_are_told() {
    let pim = Pim::stocked().await;
    pim.patch("categories/kitchen", json!({"position": 3})).await.assert_status(204);
    let list = pim.get("categories?with_position=true").await.assert_status(200).json();
    assert_eq!(list["_embedded"]["items"][0]["position"], 3);
    assert_eq!(pim.get("categories/kitchen?with_position=true").await.json()["position"], 3);
}

#[tokio::test]
async fn values_are_written_as_an_array_and_read_by_their_place() {
    let pim = Pim::stocked().await;
    let text = json!({"attribute_code": "descr|1", "channel": "ecommerce", "locale": "en_US", "data": "For cooks"});
    pim.patch("categories/kitchen", json!({"values": [text]})).await.assert_status(204);
    let title =
        json!({"attribute_code": "title|2", "channel": null, "locale": null, "data": "Kitchen"});
    pim.patch("categories/kitchen", json!({"values": [title]})).await.assert_status(204);
    let kitchen = pim.get("categories/kitchen").await.json();
    let expected = json!({
        "descr|1|ecommerce|en_US": {"data": "For cooks", "type": "textarea", "channel": "ecommerce",
                                    "locale": "en_US", "attribute_code": "descr|1"},
        "title|2": {"data": "Kitchen", "type": "textarea", "channel": null, "locale": null,
                    "attribute_code": "title|2"},
    });
    assert_eq!(kitchen["values"], expected);
    let same = pim.patch("categories/kitchen", kitchen).await.assert_status(204);
    assert_eq!(same.header("vitrine-changed"), "false", "what was read can be written back");
    let gone = json!({"attribute_code": "title|2", "channel": null, "locale": null, "data": null});
    pim.patch("categories/kitchen", json!({"values": [gone]})).await.assert_status(204);
    let kitchen = pim.get("categories/kitchen").await.json();
    assert_eq!(kitchen["values"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn wrong_values_are_refused() {
    let pim = Pim::stocked().await;
    let refuse = async |value: Value| {
        let body = json!({"values": [value]});
        messages(&pim.patch("categories/kitchen", body).await.assert_status(422).json())
    };
    assert_eq!(
        refuse(json!({"attribute_code": "a", "locale": "xx_XX", "channel": "x", "data": 1})).await,
        [
            "The locale \"xx_XX\" does not exist.",
            "The channel \"x\" does not exist.",
            "The a value should be a text or the code of a file.",
        ]
    );
    assert_eq!(
        refuse(json!({"data": "x"})).await,
        [
            "Property \"values\" expects an array of objects as data, with \"attribute_code\", \"channel\", \"locale\" and \"data\". Check the expected format on the API documentation."
        ]
    );
    assert_eq!(refuse(json!({"attribute_code": "a", "data": "x".repeat(65_536)})).await.len(), 1);
}

#[tokio::test]
async fn a_picture_is_uploaded_named_and_downloaded() {
    let pim = Pim::stocked().await;
    let answer = upload_to(&pim, "category-media-files", "pic.png", PNG, ("ignored", "")).await;
    let answer = answer.assert_status(201);
    let location = answer.header("location").strip_prefix("https://pim.example").unwrap();
    let bytes = pim.client.get(location).await.assert_status(200);
    assert_eq!((bytes.body.as_slice(), bytes.header("content-type")), (PNG, "image/png"));
    let code = location
        .strip_prefix("/api/rest/v1/category-media-files/")
        .and_then(|path| path.strip_suffix("/download"))
        .unwrap();
    let picture =
        json!({"attribute_code": "picture", "channel": null, "locale": null, "data": code});
    pim.patch("categories/kitchen", json!({"values": [picture]})).await.assert_status(204);
    let value = pim.get("categories/kitchen").await.json()["values"]["picture"].clone();
    assert_eq!(value["type"], "image");
    assert_eq!(
        value["data"],
        json!({"file_path": code, "original_filename": "pic.png", "mime_type": "image/png",
               "size": PNG.len(), "extension": "png"})
    );
    pim.get("category-media-files/x/download").await.assert_status(404);
}

#[tokio::test]
async fn what_was_read_of_a_category_can_be_written_back() {
    let pim = Pim::stocked().await;
    let category = pim.get("categories/kitchen").await.json();
    assert_eq!(category["channel_requirements"], json!([]));
    let answer = pim.patch("categories/kitchen", category).await.assert_status(204);
    assert_eq!(answer.header("vitrine-changed"), "false");
    let given = json!({"channel_requirements": [{"channel": "ecommerce"}]});
    pim.patch("categories/kitchen", given).await.assert_status(422);
}
