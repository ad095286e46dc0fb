use sqlx::{PgConnection, Postgres, QueryBuilder, types::Json};
use uuid::Uuid;

use super::{
    Proposal, Status,
    target::{Noun, Target},
};
use crate::management::{
    error::Result,
    history::{Author, Change},
};

const SELECT: &str = "select d.proposal_id, d.product_id, d.product_model_id,
        coalesce(p.identifier, m.code) as name, d.author, d.status, d.changes, d.comment, d.reviewer,
        d.version, d.created_at, d.updated_at, d.proposed_at
     from proposal d
     left join product p on p.id = d.product_id
     left join product_model m on m.id = d.product_model_id
     where true";

/// Which proposals.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Who asks: sees all of their own.
    pub(super) subject: String,
    /// Whether those of others are seen too that are proposed.
    pub(super) is_reviewer: bool,
    pub(super) status: Option<Status>,
    pub(super) author: Option<String>,
    pub(super) product: Option<Uuid>,
    pub(super) identifier: Option<String>,
    pub(super) model: Option<String>,
}

/// One page, the oldest first.
pub(super) async fn find_page(
    connection: &mut PgConnection,
    filter: &Filter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Proposal>> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push(" and (d.subject = ").push_bind(&filter.subject);
    query.push(if filter.is_reviewer { " or d.status = 'proposed')" } else { ")" });
    if let Some(status) = filter.status {
        query.push(" and d.status = ").push_bind(status);
    }
    if let Some(author) = &filter.author {
        query.push(" and ").push_bind(author);
        query.push(" in (d.subject, d.author ->> 'client_id', d.author ->> 'name')");
    }
    if let Some(id) = filter.product {
        query.push(" and d.product_id = ").push_bind(id);
    }
    if let Some(identifier) = &filter.identifier {
        query.push(" and p.identifier = ").push_bind(identifier);
    }
    if let Some(code) = &filter.model {
        query.push(" and m.code = ").push_bind(code);
    }
    if let Some(after) = after {
        query.push(" and d.proposal_id > ").push_bind(after);
    }
    query.push(" order by d.proposal_id limit ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// One proposal.
pub(super) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Proposal>> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push(" and d.proposal_id = ").push_bind(id);
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

/// The same, locked until the transaction ends. Its thing is locked before.
pub(super) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Proposal>> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push(" and d.proposal_id = ").push_bind(id).push(" for update of d");
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

/// What this user wants changed of the thing, locked until the transaction ends.
pub(super) async fn lock_own(
    connection: &mut PgConnection,
    target: &Target,
    subject: &str,
) -> Result<Option<Proposal>> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push(" and d.subject = ").push_bind(subject).push(" and ").push(column(target.noun));
    query.push(" = ").push_bind(target.id).push(" for update of d");
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

fn column(noun: Noun) -> &'static str {
    match noun {
        Noun::Product(_) => "d.product_id",
        Noun::Model => "d.product_model_id",
    }
}

/// How far this user's drafts of these things are.
pub(super) async fn find_statuses(
    connection: &mut PgConnection,
    noun: Noun,
    ids: &[Uuid],
    subject: &str,
) -> Result<Vec<(Uuid, Status)>> {
    let column = column(noun);
    let mut query = QueryBuilder::<Postgres>::new("select ");
    query.push(column).push(", d.status from proposal d where d.subject = ").push_bind(subject);
    query.push(" and ").push(column).push(" = any(").push_bind(ids).push(")");
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// Keeps what this user wants changed of the thing as a draft; nothing is kept of no changes.
pub(super) async fn keep(
    connection: &mut PgConnection,
    target: &Target,
    author: &Author,
    changes: &[Change],
) -> Result<()> {
    let is_product = target.noun != Noun::Model;
    let (product, model) =
        if is_product { (Some(target.id), None) } else { (None, Some(target.id)) };
    if changes.is_empty() {
        sqlx::query(
            "delete from proposal
             where subject = $1 and (product_id = $2 or product_model_id = $3)",
        )
        .bind(&author.subject)
        .bind(product)
        .bind(model)
        .execute(connection)
        .await?;
        return Ok(());
    }
    let mut query = QueryBuilder::<Postgres>::new(
        "insert into proposal as d (proposal_id, product_id, product_model_id, subject, author, changes)
         values (",
    );
    let mut values = query.separated(", ");
    values.push_bind(Uuid::now_v7()).push_bind(product).push_bind(model);
    values.push_bind(&author.subject).push_bind(Json(author)).push_bind(Json(changes));
    query.push(") on conflict on constraint ");
    query.push(if is_product { "proposal_product_key" } else { "proposal_product_model_key" });
    query.push(
        " do update set author = excluded.author, changes = excluded.changes, status = 'draft',
              proposed_at = null, version = d.version + 1, updated_at = now()",
    );
    query.build().execute(connection).await?;
    Ok(())
}

/// Sends a draft for approval, or takes it back.
pub(super) async fn set_status(
    connection: &mut PgConnection,
    id: Uuid,
    status: Status,
) -> Result<()> {
    sqlx::query(
        "update proposal
         set status = $2, proposed_at = case when $2 = 'proposed' then now() end,
             version = version + 1, updated_at = now()
         where proposal_id = $1",
    )
    .bind(id)
    .bind(status)
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes a proposal a draft again, with the reason.
pub(super) async fn reject(
    connection: &mut PgConnection,
    id: Uuid,
    reviewer: &Author,
    comment: &str,
) -> Result<()> {
    sqlx::query(
        "update proposal
         set status = 'draft', proposed_at = null, reviewer = $2, comment = $3,
             version = version + 1, updated_at = now()
         where proposal_id = $1",
    )
    .bind(id)
    .bind(Json(reviewer))
    .bind(comment)
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps the changes that are left to decide on.
pub(super) async fn set_changes(
    connection: &mut PgConnection,
    id: Uuid,
    changes: &[Change],
) -> Result<()> {
    sqlx::query(
        "update proposal set changes = $2, version = version + 1, updated_at = now()
         where proposal_id = $1",
    )
    .bind(id)
    .bind(Json(changes))
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets a proposal.
pub(super) async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query("delete from proposal where proposal_id = $1").bind(id).execute(connection).await?;
    Ok(())
}
