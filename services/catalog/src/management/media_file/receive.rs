//! Receives an upload: the file streams into the object store under a passing name while it is hashed.

use std::sync::Arc;

use axum::extract::{FromRequest, Multipart, Request, multipart::Field};
use http::StatusCode;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart, path::Path as ObjectPath};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{MediaFile, dimensions, extension_of, make_code, sniff};
use crate::{
    App,
    management::{
        body::parse_object,
        error::{Refusal, Result},
    },
    media_store::unavailable,
};

/// Bytes that tell what a file is, and how large a picture: that stands behind what cameras write first.
const HEAD_BYTES: usize = 256 * 1024;
/// Bytes of the part that names the product.
const MAX_OWNER_BYTES: usize = 16 * 1024;
const MAX_PARTS: usize = 10;
/// Pieces of a file on their way to the store at the same time.
const CONCURRENT_WRITES: usize = 4;

/// A file in the store, under a passing name.
pub(super) struct Incoming {
    pub(super) file: MediaFile,
    pub(super) sha256: Vec<u8>,
    /// Width and height of a picture.
    pub(super) dimensions: Option<(u32, u32)>,
    path: ObjectPath,
    store: Arc<dyn ObjectStore>,
}

/// Whose value the file becomes.
pub(super) enum Owner {
    /// A product.
    Product(Map<String, Value>),
    /// A product model.
    Model(Map<String, Value>),
}

/// What an upload consists of.
#[derive(Default)]
pub(super) struct Upload {
    pub(super) incoming: Option<Incoming>,
    pub(super) owner: Option<Owner>,
}

/// Reads all parts. Drop nothing: whoever gets the upload keeps or discards its file.
pub(super) async fn receive(app: &App, request: Request) -> Result<Upload> {
    let mut parts = Multipart::from_request(request, app).await.map_err(|_| {
        Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The \"Content-Type\" header is not valid. Only \"multipart/form-data\" is allowed.",
        )
    })?;
    let mut upload = Upload::default();
    let max_bytes = app.config.media_max_bytes;
    let result = receive_parts(&mut parts, &app.media, max_bytes, &mut upload).await;
    match (result, upload.incoming.take()) {
        (Ok(()), incoming) => Ok(Upload { incoming, ..upload }),
        (Err(refusal), Some(incoming)) => {
            incoming.discard().await;
            Err(refusal)
        }
        (Err(refusal), None) => Err(refusal),
    }
}

async fn receive_parts(
    parts: &mut Multipart,
    store: &Arc<dyn ObjectStore>,
    max_bytes: usize,
    upload: &mut Upload,
) -> Result<()> {
    for _ in 0..MAX_PARTS {
        let Some(mut field) = parts.next_field().await.map_err(unreadable)? else { return Ok(()) };
        match field.name().unwrap_or_default() {
            "file" if upload.incoming.is_none() => {
                upload.incoming = Some(receive_file(&mut field, store, max_bytes).await?);
            }
            "product" => upload.owner = Some(Owner::Product(read_object(&mut field).await?)),
            "product_model" => upload.owner = Some(Owner::Model(read_object(&mut field).await?)),
            _ => {}
        }
    }
    Err(Refusal::unprocessable(format!("The body has more than {MAX_PARTS} parts.")))
}

async fn read_object(field: &mut Field<'_>) -> Result<Map<String, Value>> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(unreadable)? {
        if bytes.len() + piece.len() > MAX_OWNER_BYTES {
            return Err(Refusal::too_large("The body is too large."));
        }
        bytes.extend_from_slice(&piece);
    }
    parse_object(&bytes)
}

async fn receive_file(
    field: &mut Field<'_>,
    store: &Arc<dyn ObjectStore>,
    max_bytes: usize,
) -> Result<Incoming> {
    let name =
        field.file_name().unwrap_or("file").rsplit(['/', '\\']).next().unwrap_or("file").to_owned();
    let path = ObjectPath::from(format!("incoming/{}", Uuid::now_v7()));
    let upload = store.put_multipart(&path).await.map_err(unavailable)?;
    let mut writer = WriteMultipart::new(upload);
    match copy(field, &mut writer, max_bytes).await {
        Ok(copied) => {
            writer.finish().await.map_err(unavailable)?;
            Ok(copied.into_incoming(name, path, store.clone()))
        }
        Err(refusal) => {
            writer.abort().await.ok();
            Err(refusal)
        }
    }
}

struct Copied {
    sha256: Vec<u8>,
    head: Vec<u8>,
    size: usize,
}

async fn copy(
    field: &mut Field<'_>,
    writer: &mut WriteMultipart,
    max_bytes: usize,
) -> Result<Copied> {
    let mut hash = Sha256::new();
    let (mut head, mut size) = (Vec::new(), 0);
    while let Some(piece) = field.chunk().await.map_err(unreadable)? {
        size += piece.len();
        if size > max_bytes {
            return Err(Refusal::too_large(format!("The file is larger than {max_bytes} bytes.")));
        }
        head.extend(piece.iter().take(HEAD_BYTES.saturating_sub(head.len())));
        hash.update(&piece);
        writer.wait_for_capacity(CONCURRENT_WRITES).await.map_err(unavailable)?;
        writer.put(piece);
    }
    if size == 0 {
        return Err(Refusal::unprocessable("The file is empty."));
    }
    Ok(Copied { sha256: hash.finalize().to_vec(), head, size })
}

impl Copied {
    fn into_incoming(
        self,
        name: String,
        path: ObjectPath,
        store: Arc<dyn ObjectStore>,
    ) -> Incoming {
        let file = MediaFile {
            code: make_code(&self.sha256, &name),
            mime_type: sniff(&self.head).to_owned(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            extension: extension_of(&name),
            original_filename: name.chars().take(255).collect(),
        };
        let dimensions = dimensions(&self.head);
        Incoming { file, sha256: self.sha256, dimensions, path, store }
    }
}

impl Incoming {
    /// Gives the file its lasting name.
    pub(super) async fn keep(&self) -> Result<()> {
        let to = ObjectPath::from(self.file.code.as_str());
        Ok(self.store.rename(&self.path, &to).await.map_err(unavailable)?)
    }

    /// Forgets the file.
    pub(super) async fn discard(&self) {
        if let Err(error) = self.store.delete(&self.path).await {
            tracing::warn!(%error, path = %self.path, "a refused upload could not be removed");
        }
    }
}

fn unreadable(error: axum::extract::multipart::MultipartError) -> Refusal {
    Refusal::bad_request(format!("The body could not be read: {}", error.body_text()))
}
