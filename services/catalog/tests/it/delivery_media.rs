use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use object_store::{ObjectStoreExt, path::Path};
use sha2::{Digest, Sha256};

use serde_json::json;

use crate::shop::{Shop, mug};

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
        ("mug.png?format=avif", "format"),
        ("mug.png?format=avif&w=1200", "format"),
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

#[tokio::test]
async fn the_best_liked_format_is_made_and_caches_are_told_what_it_hangs_on() {
    let shop = Shop::open().await;
    store(&shop, "mug.png", "image/png", &picture()).await;
    for (accept, width, mime) in [
        ("image/avif,image/webp,image/*,*/*;q=0.8", 320, "image/avif"),
        ("image/avif;q=0.5,image/webp", 320, "image/webp"),
        ("image/webp,*/*", 320, "image/webp"),
        ("image/avif,image/webp", 1200, "image/webp"),
        ("image/avif", 1200, "image/png"),
        ("image/png,image/webp;q=0.9", 320, "image/png"),
        ("image/webp;q=0", 320, "image/png"),
        ("*/*", 320, "image/png"),
    ] {
        let client = shop.client.header("accept", accept);
        let answer = client.get(&format!("/media/mug.png?w={width}")).await.assert_status(200);
        assert_eq!(answer.header("content-type"), mime, "{accept}");
        let found = image::guess_format(&answer.body).unwrap().to_mime_type();
        assert_eq!(found, mime, "{accept}");
        assert_eq!(answer.header("vary"), "accept");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        let known = client.header("if-none-match", answer.header("etag"));
        let unchanged = known.get(&format!("/media/mug.png?w={width}")).await.assert_status(304);
        assert_eq!(unchanged.header("vary"), "accept");
    }
    let client = shop.client.header("accept", "image/avif,image/webp");
    for path in ["/media/mug.png?w=320&format=jpeg", "/media/mug.png"] {
        let answer = client.get(path).await.assert_status(200);
        assert!(!answer.headers.contains_key("vary"), "{path}");
        assert!(["image/jpeg", "image/png"].contains(&answer.header("content-type")), "{path}");
    }
}

#[tokio::test]
async fn a_page_offers_its_picture_in_every_width_that_it_has() {
    let shop = Shop::open().await;
    store(&shop, "1/2/mug.png", "image/png", &picture()).await;
    shop.sql("update media_file set width = 1000, height = 500").await;
    let saucer = mug("S-1", "Saucer").value("picture", "1/2/mug.png");
    let product = mug("M-1", "Mug").value("picture", "1/2/mug.png").associated_with(saucer.id);
    shop.put_all(&[saucer, product]).await;
    let url = "/media/1/2/mug.png";
    let widths =
        [(80, 80), (160, 160), (320, 320), (480, 480), (640, 640), (800, 800), (1200, 1000)];
    let srcset: Vec<String> =
        widths.iter().map(|(step, width)| format!("{url}?w={step} {width}w")).collect();
    let image = |alt: &str| json!({"url": url, "alt": alt, "width": 1000, "height": 500, "srcset": srcset.join(", ")});
    let page = shop.get("/v1/products/mug").await;
    assert_eq!(page["image"], image("Mug"));
    assert_eq!(page["images"], json!([image("Mug")]));
    assert_eq!(page["variants"][0]["image"], image("Mug"));
    assert_eq!(page["associations"][0]["products"][0]["image"], image("Saucer"));
    assert_eq!(shop.get("/v1/products?skus=M-1").await["items"][0]["image"], image("Mug"));
    for (step, width) in widths {
        let answer = shop.answer(&format!("{url}?w={step}")).await.assert_status(200);
        assert_eq!(image::load_from_memory(&answer.body).unwrap().width(), width);
    }
}

#[tokio::test]
async fn what_is_as_wide_as_the_picture_is_kept_once() {
    let shop = Shop::open().await;
    store(&shop, "mug.png", "image/png", &picture()).await;
    shop.sql("update media_file set width = 1000, height = 500").await;
    let first = shop.answer("/media/mug.png?w=1200").await.assert_status(200);
    let second = shop.answer("/media/mug.png?w=1600").await.assert_status(200);
    assert_eq!(first.header("etag"), second.header("etag"));
    let kept = async |name: &str| {
        shop.app.media.get(&Path::from(format!("renditions/mug.png/{name}"))).await.is_ok()
    };
    assert!(kept("1200.png").await && !kept("1600.png").await);
}
