use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{MediaFile, receive::Incoming};
use crate::management::{attribute::Kind, error::Result, lock, resource::Kept, terms};

/// Names of each sort of users that are told.
const MAX_USERS: i64 = 5;

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

/// Locks the file, there or not: its upload and the removal of its bytes wait for each other.
pub(super) async fn lock(connection: &mut PgConnection, code: &str) -> Result<()> {
    lock::take(connection, &format!("media file {code}")).await
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
    .execute(&mut *connection)
    .await?;
    forget_left(connection, &file.code).await
}

/// Those of the files that exist.
pub async fn find_all(
    connection: &mut PgConnection,
    codes: &[impl AsRef<str>],
) -> Result<Vec<MediaFile>> {
    let codes: Vec<&str> = codes.iter().map(AsRef::as_ref).collect();
    let files = sqlx::query_as(
        "select code, original_filename, mime_type, size_bytes, extension
         from media_file where code = any($1)",
    )
    .bind(codes)
    .fetch_all(connection)
    .await?;
    Ok(files)
}

/// Who names the file, of those who changed since: at most five of each sort, `product "MUG-1"`.
pub(super) async fn find_users(
    connection: &mut PgConnection,
    code: &str,
    since: DateTime<Utc>,
) -> Result<Vec<String>> {
    let attributes: Vec<String> =
        sqlx::query_scalar("select code from attribute where type in ($1, $2)")
            .bind(Kind::File.as_str())
            .bind(Kind::Image.as_str())
            .fetch_all(&mut *connection)
            .await?;
    let terms = attributes.iter().filter_map(|attribute| terms::of_text(attribute, code));
    let users = sqlx::query_scalar(
        "select concat(noun, ' \"', name, '\"') from (
             (select 1 as place, 'product' as noun, coalesce(identifier, id::text) as name
              from product
              where updated_at >= $4 and (terms && $2 or has_terms is null)
                and strpos(values::text, to_jsonb($1::text)::text) > 0
              limit $3)
             union all
             (select 2, 'product model', code from product_model
              where updated_at >= $4 and (terms && $2 or has_terms is null)
                and strpos(values::text, to_jsonb($1::text)::text) > 0
              limit $3)
             union all
             (select 3, 'category', code from category
              where updated_at >= $4
                and strpos(values::text, to_jsonb($1::text)::text) > 0 limit $3)
             union all
             (select 4, 'reference entity', code from record_family where image = $1 limit $3)
             union all
             (select 5, case r.kind when 'asset_family' then 'asset' else 'record' end,
                     r.family || '/' || r.code
              from record_attribute a
              join record r on r.owner = a.owner and r.values @> jsonb_build_object(
                  a.code, jsonb_build_array(jsonb_build_object('data', $1::text)))
              where r.updated_at >= $4 and a.type in ('image', 'media_file') limit $3)
             union all
             (select 6, 'proposal', proposal_id::text from proposal
              where updated_at >= $4
                and jsonb_path_exists(changes::jsonb, '$[*].new ? (@ == $code)',
                                      jsonb_build_object('code', $1::text)) limit $3)
         ) users order by place, name",
    )
    .bind(code)
    .bind(terms.flatten().collect::<Vec<_>>())
    .bind(MAX_USERS)
    .bind(since)
    .fetch_all(connection)
    .await?;
    Ok(users)
}

/// Deletes the record of a file; its bytes are left.
pub(super) async fn delete(connection: &mut PgConnection, code: &str) -> Result<()> {
    sqlx::query(
        "with gone as (delete from media_file where code = $1 returning code)
         insert into deleted_media_file (code) select code from gone",
    )
    .bind(code)
    .execute(connection)
    .await?;
    Ok(())
}

/// Files that were deleted before this moment and whose bytes may be left.
pub(super) async fn find_left(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<String>> {
    let codes = sqlx::query_scalar(
        "select code from deleted_media_file where deleted_at < $1 order by deleted_at limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(codes)
}

/// Forgets that bytes of a deleted file may be left.
pub(super) async fn forget_left(connection: &mut PgConnection, code: &str) -> Result<()> {
    sqlx::query("delete from deleted_media_file where code = $1")
        .bind(code)
        .execute(connection)
        .await?;
    Ok(())
}
