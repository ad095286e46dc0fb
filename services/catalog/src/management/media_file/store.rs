use sqlx::PgConnection;

use super::{MediaFile, receive::Incoming};
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
pub(super) async fn insert(connection: &mut PgConnection, incoming: &Incoming) -> Result<()> {
    let file = &incoming.file;
    let (width, height) = incoming.dimensions.unzip();
    let pixels = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    sqlx::query(
        "insert into media_file
             (code, original_filename, mime_type, size_bytes, extension, sha256, width, height)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (code) do update set width = excluded.width, height = excluded.height
         where media_file.width is null",
    )
    .bind(&file.code)
    .bind(&file.original_filename)
    .bind(&file.mime_type)
    .bind(file.size)
    .bind(&file.extension)
    .bind(&incoming.sha256)
    .bind(pixels(width))
    .bind(pixels(height))
    .execute(connection)
    .await?;
    Ok(())
}
