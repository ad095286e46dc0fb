use sqlx::PgConnection;

use super::MediaFile;
use crate::management::{error::Result, resource::Kept};

impl Kept for MediaFile {
    const NOUN: &'static str = "Media file";
    const TABLE: &'static str = "media_file";
    const COLUMNS: &'static str =
        "t.code, t.original_filename, t.mime_type, t.size_bytes, t.extension";

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["media-files"]
    }
}

/// Keeps a file; the same one again is the same file.
pub(super) async fn insert(
    connection: &mut PgConnection,
    file: &MediaFile,
    sha256: &[u8],
) -> Result<()> {
    sqlx::query(
        "insert into media_file (code, original_filename, mime_type, size_bytes, extension, sha256)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (code) do nothing",
    )
    .bind(&file.code)
    .bind(&file.original_filename)
    .bind(&file.mime_type)
    .bind(file.size)
    .bind(&file.extension)
    .bind(sha256)
    .execute(connection)
    .await?;
    Ok(())
}
