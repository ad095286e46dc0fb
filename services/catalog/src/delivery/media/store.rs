use sqlx::PgExecutor;

/// What is known of a media file.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct MediaFile {
    pub original_filename: String,
    pub mime_type: String,
    pub size_bytes: i64,
    pub sha256: Vec<u8>,
    pub width: Option<i32>,
}

/// The media file of this code.
pub(super) async fn find(
    executor: impl PgExecutor<'_>,
    code: &str,
) -> sqlx::Result<Option<MediaFile>> {
    sqlx::query_as(
        "select original_filename, mime_type, size_bytes, sha256, width
         from media_file where code = $1",
    )
    .bind(code)
    .fetch_optional(executor)
    .await
}
