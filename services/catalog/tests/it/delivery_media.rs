use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use object_store::{ObjectStoreExt, path::Path};
use sha2::{Digest, Sha256};

use crate::shop::Shop;

async fn store(shop: &Shop, code: &str, mime: &str, bytes: &[u8]) {
    shop.app.media.put(&Path::from(code), bytes.to_vec().into()).await.unwrap();
    sqlx::query(
        "insert into media_file (code, original_filename, mime_type, size_bytes, extension, sha256)
         values ($1, 'a \"file\".x', $2, $3, 'x', $4)",
    )
    .bind(code)
    .bind(mime)
    .bind(bytes.len() as i64)
    .bind(Sha256::digest(bytes).to_vec())
    .execute(&shop.db)
    .await
    .unwrap();
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::new(1000, 500).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn an_original_is_served_as_it_is_and_may_be_kept_for_ever() {
    let shop = Shop::open().await;
    store(&shop, "1/2/mug.png", "image/png", &picture()).await;
    let answer = shop.answer("/media/1/2/mug.png").await.assert_status(200);
    assert_eq!(answer.body, picture());
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("content-disposition"), "inline; filename=\"a _file_.x\"");
    let client = shop.client.header("if-none-match", answer.header("etag"));
    client.get("/media/1/2/mug.png").await.assert_status(304);
}

#[tokio::test]
async fn a_rendition_has_the_size_and_format_asked_for() {
    let shop = Shop::open().await;
    store(&shop, "mug.png", "image/png", &picture()).await;
    for (query, mime, width) in [
        ("w=320", "image/png", 320),
        ("w=640&format=webp", "image/webp", 640),
        ("w=1600&format=jpeg", "image/jpeg", 1000),
        ("format=webp", "image/webp", 1000),
    ] {
        for _ in 0..2 {
            let answer = shop.answer(&format!("/media/mug.png?{query}")).await.assert_status(200);
            assert_eq!(answer.header("content-type"), mime, "{query}");
            assert_eq!(image::load_from_memory(&answer.body).unwrap().width(), width, "{query}");
        }
    }
    let kept = shop.app.media.get(&Path::from("renditions/mug.png/320.png")).await;
    assert!(kept.is_ok());
}

#[tokio::test]
async fn what_cannot_be_rendered_is_refused() {
    let shop = Shop::open().await;
    store(&shop, "mug.png", "image/png", &picture()).await;
    store(&shop, "broken.png", "image/png", b"not a picture").await;
    store(&shop, "page.html", "text/html", b"<script>").await;
    for (path, parameter) in [
        ("mug.png?w=321", "w"),
        ("mug.png?w=x", "w"),
        ("mug.png?format=gif", "format"),
        ("broken.png?w=320", "w"),
        ("page.html?w=320", "w"),
    ] {
        let problem =
            shop.answer(&format!("/media/{path}")).await.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{path}");
    }
    for path in ["nothing.png", "../mug.png", "renditions/mug.png/320.png", "%00"] {
        shop.answer(&format!("/media/{path}")).await.assert_problem(404, "not_found");
    }
    let page = shop.answer("/media/page.html").await.assert_status(200);
    assert!(page.header("content-disposition").starts_with("attachment"));
}
