//! Media files: upload, value, download.

use std::io::Cursor;

use catalog::management::media_file;
use chrono::{TimeDelta, Utc};
use futures::StreamExt;
use http::Method;
use image::{ImageFormat, RgbImage};
use object_store::ObjectStoreExt;
use serde_json::{Value, json};
use testing::Answer;

use crate::pim::{Pim, messages, value};

const BOUNDARY: &str = "XboundaryX";
/// A picture of one pixel.
pub(crate) const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

async fn upload(pim: &Pim, name: &str, file: &[u8], owner: (&str, &str)) -> Answer {
    upload_to(pim, "media-files", name, file, owner).await
}

pub(crate) async fn upload_to(
    pim: &Pim,
    path: &str,
    name: &str,
    file: &[u8],
    owner: (&str, &str),
) -> Answer {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n",
        owner.0, owner.1
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let path = format!("/api/rest/v1/{path}");
    pim.client.send(Method::POST, &path, Some(&content_type), body).await
}

#[tokio::test]
async fn an_uploaded_picture_becomes_a_value_and_can_be_downloaded() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let owner = json!({"identifier": "A", "attribute": "picture", "locale": null, "scope": null})
        .to_string();
    let answer = upload(&pim, "../my pic.PNG", PNG, ("product", &owner)).await.assert_status(201);
    let location = answer
        .header("location")
        .strip_prefix("https://pim.example/api/rest/v1/")
        .unwrap()
        .to_owned();
    let file = pim.get(&location).await.assert_status(200).json();
    assert_eq!(file["mime_type"], "image/png");
    assert_eq!(
        (&file["extension"], &file["original_filename"]),
        (&json!("png"), &json!("my pic.PNG"))
    );
    let code = file["code"].as_str().unwrap();
    assert!(code.ends_with("_my_pic.PNG"), "{code}");
    let product = pim.get("products/A").await.json();
    let value = &product["values"]["picture"][0];
    assert_eq!(value["data"], code);
    let download = value["_links"]["download"]["href"]
        .as_str()
        .unwrap()
        .strip_prefix("https://pim.example")
        .unwrap();
    let bytes = pim.client.get(download).await.assert_status(200);
    assert_eq!((bytes.body.as_slice(), bytes.header("content-type")), (PNG, "image/png"));
    let list = pim.get("media-files?with_count=true").await.assert_status(200).json();
    assert_eq!(list["items_count"], 1);
    upload(&pim, "my pic.PNG", PNG, ("product", &owner)).await.assert_status(201);
    assert_eq!(
        pim.get("media-files?with_count=true").await.json()["items_count"],
        1,
        "the same file is kept once"
    );
}

#[tokio::test]
async fn the_size_of_an_uploaded_picture_is_known() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let owner = json!({"identifier": "A", "attribute": "picture", "locale": null, "scope": null})
        .to_string();
    let mut png = Cursor::new(Vec::new());
    RgbImage::new(30, 20).write_to(&mut png, ImageFormat::Png).unwrap();
    for (file, expected) in [(png.get_ref().as_slice(), Some((30, 20))), (PNG, None)] {
        upload(&pim, "a.png", file, ("product", &owner)).await.assert_status(201);
        let newest = "select width, height from media_file order by created_at desc limit 1";
        let size: (Option<i32>, Option<i32>) =
            sqlx::query_as(newest).fetch_one(&pim.db).await.unwrap();
        assert_eq!(size, expected.unzip());
    }
}

#[tokio::test]
async fn a_picture_must_be_one() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let owner = json!({"identifier": "A", "attribute": "picture"}).to_string();
    let answer =
        upload(&pim, "a.png", b"<script>", ("product", &owner)).await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        ["The picture attribute requires an image, and the file is none."]
    );
    let answer = upload(&pim, "a.exe", PNG, ("product", &owner)).await.assert_status(422).json();
    assert!(
        messages(&answer)[0]
            .starts_with("The exe file extension is not allowed for the picture attribute.")
    );
    let unknown = json!({"identifier": "ghost", "attribute": "picture"}).to_string();
    let answer = upload(&pim, "a.png", PNG, ("product", &unknown)).await.assert_status(422).json();
    assert_eq!(answer["message"], "Product \"ghost\" does not exist.");
    assert_eq!(pim.get("media-files?with_count=true").await.json()["items_count"], 0);
}

#[tokio::test]
async fn a_model_has_pictures_too() {
    let pim = Pim::stocked().await.with_model().await;
    let owner = json!({"code": "amor", "attribute": "picture"}).to_string();
    upload(&pim, "a.png", PNG, ("product_model", &owner)).await.assert_status(201);
    assert!(
        pim.get("product-models/amor").await.json()["values"]["picture"][0]["data"].is_string()
    );
}

fn picture() -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    RgbImage::new(300, 200).write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

/// A picture that belongs to nothing yet; answers its code.
async fn upload_alone(pim: &Pim) -> String {
    let answer = pim.upload("asset-media-files", "a.png", &picture()).await.assert_status(201);
    answer.header("asset-media-file-code").to_owned()
}

/// Paths of all that lies in the media store.
async fn stored(pim: &Pim) -> Vec<String> {
    pim.app.media.list(None).map(|object| object.unwrap().location.to_string()).collect().await
}

#[tokio::test]
async fn a_file_that_nothing_names_is_deleted_with_its_renditions() {
    let pim = Pim::stocked().await;
    let code = upload_alone(&pim).await;
    for width in [80, 160] {
        pim.client.get(&format!("/media/{code}?w={width}")).await.assert_status(200);
    }
    assert_eq!(stored(&pim).await.len(), 3);
    pim.delete(&format!("media-files/{code}")).await.assert_status(204);
    assert_eq!(stored(&pim).await, [""; 0]);
    pim.get(&format!("media-files/{code}")).await.assert_status(404);
    pim.get(&format!("media-files/{code}/download")).await.assert_status(404);
    let answer = pim.delete(&format!("media-files/{code}")).await.assert_status(404).json();
    assert_eq!(answer["message"], format!("Media file \"{code}\" does not exist."));
    let patch = json!({"values": {"picture": value(code.as_str())}});
    pim.patch("products/A", patch).await.assert_status(422);
    assert_eq!(upload_alone(&pim).await, code);
    pim.get(&format!("media-files/{code}/download")).await.assert_status(200);
}

#[tokio::test]
async fn what_is_left_of_a_deleted_file_is_removed_later_unless_it_came_back() {
    let pim = Pim::stocked().await;
    let code = upload_alone(&pim).await;
    let file = format!("media-files/{code}");
    pim.delete(&file).await.assert_status(204);
    upload_alone(&pim).await;
    let later = Utc::now() + TimeDelta::hours(1);
    media_file::remove_left(&pim.app, later).await.unwrap();
    pim.get(&format!("{file}/download")).await.assert_status(200);
    pim.delete(&file).await.assert_status(204);
    let rendition = format!("renditions/{code}/80.png");
    let late = b"made of what was read before".to_vec();
    pim.app.media.put(&rendition.as_str().into(), late.into()).await.unwrap();
    media_file::remove_left(&pim.app, Utc::now()).await.unwrap();
    assert_eq!(stored(&pim).await, [rendition], "somebody may still be at work on it");
    media_file::remove_left(&pim.app, later).await.unwrap();
    assert_eq!(stored(&pim).await, [""; 0]);
}

#[tokio::test]
async fn deleting_a_file_needs_the_scope_to_write() {
    let pim = Pim::stocked().await;
    let code = upload_alone(&pim).await;
    let path = format!("/api/rest/v1/media-files/{code}");
    pim.with_scopes(&["catalog:read"]).delete(&path).await.assert_status(403);
    let client = pim.client.header("idempotency-key", "once");
    client.delete(&path).await.assert_status(204);
    let answer = client.delete(&path).await.assert_status(204);
    assert_eq!(answer.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_file_is_not_deleted_while_something_names_it() {
    let pim = Pim::stocked().await.with_model().await;
    let code = upload_alone(&pim).await;
    let with = |attribute: &str, values: Value| json!({"values": {attribute: values}});
    let none = || value(Value::Null);
    let record = |data: Value| json!([{"locale": null, "channel": null, "data": data}]);
    let of_category = |data: Value| json!({"values": [{"attribute_code": "picture", "channel": null, "locale": null, "data": data}]});
    pim.patch("reference-entities/brand", json!({})).await.assert_status(201);
    pim.patch("reference-entities/brand/records/kartell", json!({})).await.assert_status(201);
    pim.patch("asset-families/photos", json!({})).await.assert_status(201);
    pim.patch("asset-families/photos/assets/front", json!({})).await.assert_status(201);
    pim.patch("products/A", json!({})).await.assert_status(201);
    let named = json!(code);
    for (path, user, names, forgets) in [
        (
            "products/A",
            "product \"A\"",
            with("picture", value(named.clone())),
            with("picture", none()),
        ),
        (
            "product-models/amor",
            "product model \"amor\"",
            with("picture", value(named.clone())),
            with("picture", none()),
        ),
        (
            "categories/kitchen",
            "category \"kitchen\"",
            of_category(named.clone()),
            of_category(Value::Null),
        ),
        (
            "reference-entities/brand",
            "reference entity \"brand\"",
            json!({"image": code}),
            json!({"image": null}),
        ),
        (
            "reference-entities/brand/records/kartell",
            "record \"brand/kartell\"",
            with("image", record(named.clone())),
            with("image", record(Value::Null)),
        ),
        (
            "asset-families/photos/assets/front",
            "asset \"photos/front\"",
            with("media", record(named.clone())),
            with("media", record(Value::Null)),
        ),
    ] {
        pim.patch(path, names).await.assert_status(204);
        let answer = pim.delete(&format!("media-files/{code}")).await.assert_status(422).json();
        let expected = format!("Media file \"{code}\" is still needed by {user}.");
        assert_eq!(messages(&answer), [expected]);
        pim.patch(path, forgets).await.assert_status(204);
    }
    let author = pim.client.bearer(&pim.tokens.issue("ann", &["catalog:read", "catalog:propose"]));
    let draft = with("picture", value(named));
    author.patch("/api/rest/v1/products/A", draft).await.assert_status(204);
    let answer = pim.delete(&format!("media-files/{code}")).await.assert_status(422).json();
    assert!(messages(&answer)[0].contains("is still needed by proposal"));
    author.delete("/api/rest/v1/products/A/draft").await.assert_status(204);
    pim.get(&format!("media-files/{code}/download")).await.assert_status(200);
    pim.delete(&format!("media-files/{code}")).await.assert_status(204);
}

#[tokio::test]
async fn a_value_never_names_a_file_that_is_deleted_at_the_same_time() {
    let pim = Pim::stocked().await;
    for round in 0..20 {
        let code = upload_alone(&pim).await;
        let (product, file) = (format!("products/P{round}"), format!("media-files/{code}"));
        let patch = json!({"values": {"picture": value(code.as_str())}});
        let (write, delete) = tokio::join!(pim.patch(&product, patch), pim.delete(&file));
        match write.status.as_u16() {
            201 => {
                delete.assert_status(422);
                pim.get(&format!("{file}/download")).await.assert_status(200);
            }
            _ => drop(delete.assert_status(204)),
        }
        pim.delete(&product).await;
        pim.delete(&file).await;
    }
}
