//! Media files in a bucket instead of a folder.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::{media_file::PNG, pim::Pim};

/// What a bucket keeps: by path, and of uploads in parts the parts.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Bytes>,
    parts: HashMap<(String, String), BTreeMap<usize, Bytes>>,
}

type Shared = Arc<Mutex<Bucket>>;

/// As much of the protocol of S3 as files need: put, get, head, delete, copy, upload in parts.
async fn serve(
    State(bucket): State<Shared>,
    method: Method,
    uri: Uri,
    web::Query(query): web::Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = header("authorization").unwrap_or_default();
    if !signed.starts_with("AWS4-HMAC-SHA256 Credential=key-1/") || signed.contains("secret-1") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut bucket = bucket.lock().unwrap();
    let path = uri.path().to_owned();
    let upload = query.get("uploadId").map(|id| (path.clone(), id.clone()));
    match (method, upload) {
        (Method::POST, None) if query.contains_key("uploads") => {
            let id = format!("upload-{}", bucket.parts.len());
            bucket.parts.insert((path, id.clone()), BTreeMap::new());
            format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>").into_response()
        }
        (Method::PUT, Some(upload)) => {
            let number = query["partNumber"].parse().unwrap();
            bucket.parts.get_mut(&upload).unwrap().insert(number, body);
            [("etag", format!("\"{number}\""))].into_response()
        }
        (Method::POST, Some(upload)) => {
            let parts = bucket.parts.remove(&upload).unwrap();
            let whole: Vec<u8> = parts.into_values().flatten().collect();
            bucket.objects.insert(path, whole.into());
            "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>"
                .into_response()
        }
        (Method::PUT, None) => {
            let object = match header("x-amz-copy-source") {
                Some(source) => {
                    bucket.objects[&format!("/{}", source.trim_start_matches('/'))].clone()
                }
                None => body,
            };
            bucket.objects.insert(path, object);
            let copied = "<CopyObjectResult><ETag>\"copy\"</ETag></CopyObjectResult>";
            ([("etag", "\"put\"")], copied).into_response()
        }
        (Method::GET | Method::HEAD, None) => match bucket.objects.get(&path) {
            Some(object) => {
                let modified = ("last-modified", "Thu, 26 Nov 2026 12:00:00 GMT");
                ([("etag", "\"it\""), modified], object.clone()).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
        (Method::DELETE, None) => {
            bucket.objects.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn start(bucket: Shared) -> String {
    let router = Router::new()
        .fallback(serve)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(bucket);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

#[tokio::test]
async fn files_lie_in_the_bucket_that_is_configured_and_nowhere_else() {
    let bucket = Shared::default();
    let pim = Pim::open_with(vec![
        ("MEDIA_S3_BUCKET", "shop".to_owned()),
        ("MEDIA_S3_PREFIX", "media".to_owned()),
        ("MEDIA_S3_ENDPOINT", start(bucket.clone()).await),
        ("MEDIA_S3_ACCESS_KEY_ID", "key-1".to_owned()),
        ("MEDIA_S3_SECRET_ACCESS_KEY", "secret-1".to_owned()),
    ])
    .await;
    // Larger than one part.
    let large = [PNG, vec![7; 6 * 1024 * 1024].as_slice()].concat();
    for file in [PNG, large.as_slice()] {
        let answer =
            pim.upload("reference-entities-media-files", "a.png", file).await.assert_status(201);
        let code = answer.header("reference-entities-media-file-code");
        let path = format!("reference-entities-media-files/{code}");
        assert_eq!(pim.get(&path).await.assert_status(200).body, file);
        assert_eq!(bucket.lock().unwrap().objects[&format!("/shop/media/{code}")], file);
    }
    assert_eq!(bucket.lock().unwrap().objects.len(), 2, "nothing passing is left behind");
    pim.get("reference-entities-media-files/no/such").await.assert_status(404);
}

#[tokio::test]
async fn a_bucket_that_does_not_answer_is_a_clear_refusal() {
    let pim = Pim::open_with(vec![
        ("MEDIA_S3_BUCKET", "shop".to_owned()),
        ("MEDIA_S3_ENDPOINT", start(Shared::default()).await),
        ("MEDIA_S3_ACCESS_KEY_ID", "stranger".to_owned()),
        ("MEDIA_S3_SECRET_ACCESS_KEY", "secret-1".to_owned()),
    ])
    .await;
    let answer = pim.upload("reference-entities-media-files", "a.png", PNG).await;
    let answer = answer.assert_status(503).json();
    assert_eq!(answer["detail"], "the media store is not available for now");
}
