//! Media files: pictures and documents that values name.

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

/// Extensions of pictures, where an attribute names none.
pub const IMAGE_EXTENSIONS: [&str; 5] = ["jpg", "jpeg", "png", "gif", "webp"];

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct MediaFile {
    /// Path-like, made here.
    #[schema(example = "1/d/7/f/1d7f0b23_mug.jpg")]
    pub code: String,
    /// Name of the file where it came from.
    pub original_filename: String,
    /// What it is, found out from its content.
    #[schema(example = "image/jpeg")]
    pub mime_type: String,
    /// Bytes.
    #[sqlx(rename = "size_bytes")]
    pub size: i64,
    /// Lower case, without dot.
    pub extension: String,
}
