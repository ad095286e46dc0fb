//! Media files: upload, value, download.

use std::io::Cursor;

use http::Method;
use image::{ImageFormat, RgbImage};
use serde_json::json;
use testing::Answer;

use crate::pim::{Pim, messages};

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
