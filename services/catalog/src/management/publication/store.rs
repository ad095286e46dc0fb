use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::{
    Page, Placement, Stage,
    key::{Key, PageKind},
};
use crate::management::error::Result;

/// A product or a model that was asked for.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Found {
    pub(super) id: Uuid,
    /// Sku of a product, code of a model.
    pub(super) name: Option<String>,
    /// Code of the root model that it follows.
    pub(super) follows: Option<String>,
}

/// Codes of all channels.
pub(super) async fn find_channels(connection: &mut PgConnection) -> Result<BTreeSet<String>> {
    let channels: Vec<String> =
        sqlx::query_scalar("select code from channel").fetch_all(connection).await?;
    Ok(channels.into_iter().collect())
}

/// Those of the products and models that exist. `lock`: they stay as they are until the transaction
/// ends.
pub(super) async fn find_named(
    connection: &mut PgConnection,
    keys: &[&Key],
    lock: bool,
) -> Result<HashMap<Key, Found>> {
    let (mut ids, mut identifiers, mut models) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        match key {
            Key::Id(id) => ids.push(*id),
            Key::Identifier(identifier) => identifiers.push(identifier.clone()),
            Key::Model(code) => models.push(code.clone()),
        }
    }
    let mut found = HashMap::new();
    for product in find_products(connection, ids, identifiers, lock).await? {
        if let Some(identifier) = &product.name {
            found.insert(Key::Identifier(identifier.clone()), product.clone());
        }
        found.insert(Key::Id(product.id), product);
    }
    for model in find_models(connection, models, lock).await? {
        found.insert(Key::Model(model.name.clone().unwrap_or_default()), model);
    }
    Ok(found)
}

async fn find_products(
    connection: &mut PgConnection,
    ids: Vec<Uuid>,
    identifiers: Vec<String>,
    lock: bool,
) -> Result<Vec<Found>> {
    if ids.is_empty() && identifiers.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Postgres>::new(
        "select p.id, p.identifier as name, coalesce(r.code, m.code) as follows
         from product p
         left join product_model m on m.id = p.parent_id
         left join product_model r on r.id = m.parent_id
         where p.id = any(",
    );
    query.push_bind(ids).push(") or p.identifier = any(").push_bind(identifiers);
    query.push(") order by p.id").push(if lock { " for no key update of p" } else { "" });
    Ok(query.build_query_as().fetch_all(connection).await?)
}

async fn find_models(
    connection: &mut PgConnection,
    codes: Vec<String>,
    lock: bool,
) -> Result<Vec<Found>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Postgres>::new(
        "select m.id, m.code as name, r.code as follows
         from product_model m left join product_model r on r.id = m.parent_id
         where m.code = any(",
    );
    query.push_bind(codes).push(") order by m.id");
    query.push(if lock { " for no key update of m" } else { "" });
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// Fills in what was said of these pages. `lock`: nobody else says anything until the transaction ends.
pub(super) async fn fill(
    connection: &mut PgConnection,
    pages: &mut [Page],
    lock: bool,
) -> Result<()> {
    let (kinds, codes) = keys_of(pages.iter());
    let mut query = QueryBuilder::<Postgres>::new(
        "select kind, code, version from publication
         where (kind, code) in (select * from unnest(",
    );
    query.push_bind(kinds.clone()).push("::text[], ").push_bind(codes.clone());
    query.push("::text[])) order by kind, code").push(if lock { " for update" } else { "" });
    let versions: Vec<(String, String, i64)> =
        query.build_query_as().fetch_all(&mut *connection).await?;
    let rows: Vec<ChannelRow> = sqlx::query_as(
        "select kind, code, channel, state, publish_at, unpublish_at from channel_publication
         where (kind, code) in (select * from unnest($1::text[], $2::text[]))",
    )
    .bind(kinds)
    .bind(codes)
    .fetch_all(connection)
    .await?;
    let mut said: HashMap<(PageKind, String), (i64, BTreeMap<String, Placement>)> = HashMap::new();
    for (kind, code, version) in versions {
        said.entry((PageKind::parse(&kind), code)).or_default().0 = version;
    }
    for row in rows {
        let page = said.entry((PageKind::parse(&row.kind), row.code.clone())).or_default();
        page.1.insert(row.channel.clone(), row.placement());
    }
    for page in pages {
        let said = said.remove(&(page.kind, page.code.clone()));
        (page.version, page.channels) = said.unwrap_or_default();
    }
    Ok(())
}

#[derive(FromRow)]
struct ChannelRow {
    kind: String,
    code: String,
    channel: String,
    state: String,
    publish_at: Option<DateTime<Utc>>,
    unpublish_at: Option<DateTime<Utc>>,
}

impl ChannelRow {
    fn placement(&self) -> Placement {
        Placement {
            state: Stage::parse(&self.state).unwrap_or(Stage::Draft),
            publish_at: self.publish_at,
            unpublish_at: self.unpublish_at,
        }
    }
}

fn keys_of<'a>(pages: impl IntoIterator<Item = &'a Page>) -> (Vec<&'static str>, Vec<String>) {
    pages.into_iter().map(|page| (page.kind.as_str(), page.code.clone())).unzip()
}

/// Writes these pages: their versions, and their channels anew.
pub(super) async fn write(connection: &mut PgConnection, pages: &[&Page]) -> Result<()> {
    let (kinds, codes) = keys_of(pages.iter().copied());
    sqlx::query(
        "insert into publication as p (kind, code, version)
         select * from unnest($1::text[], $2::text[], $3::bigint[])
         on conflict (kind, code) do update set version = excluded.version, updated_at = now()",
    )
    .bind(&kinds)
    .bind(&codes)
    .bind(pages.iter().map(|page| page.version).collect::<Vec<_>>())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "delete from channel_publication
         where (kind, code) in (select * from unnest($1::text[], $2::text[]))",
    )
    .bind(kinds)
    .bind(codes)
    .execute(&mut *connection)
    .await?;
    let rows: Vec<(&Page, &String, &Placement)> = pages
        .iter()
        .flat_map(|page| page.channels.iter().map(move |(channel, at)| (*page, channel, at)))
        .collect();
    let (kinds, codes) = keys_of(rows.iter().map(|(page, ..)| *page));
    sqlx::query(
        "insert into channel_publication (kind, code, channel, state, publish_at, unpublish_at)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
                              $6::timestamptz[])",
    )
    .bind(kinds)
    .bind(codes)
    .bind(rows.iter().map(|(_, channel, _)| *channel).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, _, at)| at.state.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, _, at)| at.publish_at).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, _, at)| at.unpublish_at).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// The present moment, and pages in which something is due by now that nobody else works on: locked,
/// the longest due first, and not filled in.
pub(super) async fn find_due(
    connection: &mut PgConnection,
    limit: i64,
) -> Result<(DateTime<Utc>, Vec<Page>)> {
    let now = sqlx::query_scalar("select now()").fetch_one(&mut *connection).await?;
    let rows: Vec<(String, String, Option<Uuid>)> = sqlx::query_as(
        "select p.kind, p.code,
                case p.kind when 'product' then p.code::uuid
                            else (select m.id from product_model m where m.code = p.code) end
         from channel_publication c join publication p using (kind, code)
         where c.due_at <= now()
         order by c.due_at limit $1 for update of p skip locked",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    let mut pages: Vec<Page> = Vec::with_capacity(rows.len());
    for (kind, code, id) in rows {
        let kind = PageKind::parse(&kind);
        // A page stands here once for each of its channels.
        if !pages.iter().any(|page| page.kind == kind && page.code == code) {
            pages.push(Page { id, kind, code, version: 0, channels: [].into() });
        }
    }
    Ok((now, pages))
}

/// Whether anything is due by now.
pub(super) async fn is_due(connection: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select from channel_publication where due_at <= now())")
        .fetch_one(connection)
        .await?)
}
