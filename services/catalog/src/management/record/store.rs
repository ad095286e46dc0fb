use serde_json::{Map, Value};
use sqlx::{PgConnection, Postgres, QueryBuilder, types::Json};

use super::{NamingConvention, Owner, Record, RecordAttribute, RecordKind, attribute, clear_later};
use crate::management::{
    error::{Refusal, Result},
    fields::{Fields, Labels},
    filter::Filter,
    hal::PageRequest,
    lookup::Lookup,
    report::Report,
    resource::{Kept, Resource, check_plain_code},
    values::write_values,
};

impl Kept for Record {
    const NOUN: &'static str = "Record";
    const TABLE: &'static str = "record";
    const COLUMNS: &'static str =
        "t.code, t.values, t.created_at, t.updated_at, t.owner, t.version";
    const OWNER: Option<&'static str> = Some("owner");
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn noun(&self) -> &'static str {
        Owner::parse(&self.owner).kind.noun()
    }

    fn list_path(owner: &str) -> Vec<&str> {
        let owner = Owner::parse(owner);
        owner.path().into_iter().chain([owner.kind.records_path()]).collect()
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    async fn check_owner(owner: &str, connection: &mut PgConnection) -> Result<()> {
        check_family(owner, connection).await
    }

    fn missing(owner: &str, code: &str) -> Refusal {
        let Owner { kind, family, .. } = Owner::parse(owner);
        let (noun, of) = (kind.noun(), kind.family_noun().to_lowercase());
        Refusal::not_found(format!("{noun} \"{code}\" does not exist for the {of} \"{family}\"."))
    }
}

impl Resource for Record {
    const USERS: &'static [(&'static str, &'static str)] = &[
        (
            "product",
            "select distinct coalesce(p.identifier, p.id::text) from record r
             join attribute a on a.properties ->> 'reference_data_name' = r.family
              and a.type = any(case r.kind when 'asset_family' then array['pim_catalog_asset_collection']
                               else array['akeneo_reference_entity', 'akeneo_reference_entity_collection'] end)
             join product p
               on (p.terms && array[term(a.code || E'\\n' || r.code)] or p.has_terms is null)
              and has_data(p.values, a.code, r.code)
             where r.owner = $2 and r.code = $1",
        ),
        (
            "product model",
            "select distinct p.code from record r
             join attribute a on a.properties ->> 'reference_data_name' = r.family
              and a.type = any(case r.kind when 'asset_family' then array['pim_catalog_asset_collection']
                               else array['akeneo_reference_entity', 'akeneo_reference_entity_collection'] end)
             join product_model p
               on (p.terms && array[term(a.code || E'\\n' || r.code)] or p.has_terms is null)
              and has_data(p.values, a.code, r.code)
             where r.owner = $2 and r.code = $1",
        ),
        (
            "record",
            "select distinct o.code from record r
             join record_attribute a on a.type = any(case r.kind when 'asset_family' then array['asset_collection']
                               else array['reference_entity_single_link', 'reference_entity_multiple_links'] end)
              and r.family in (a.properties ->> 'reference_entity_code', a.properties ->> 'asset_family_identifier')
             join record o on o.owner = a.owner and has_data(o.values, a.code, r.code)
             where r.owner = $2 and r.code = $1 and (o.owner, o.code) <> (r.owner, r.code)",
        ),
    ];

    fn new(owner: &str, code: &str) -> Self {
        Self::new(owner, code)
    }

    fn clear_later_values(body: &mut Map<String, Value>, present: &Map<String, Value>) {
        clear_later(body, present);
    }

    fn labels(&self) -> Option<&Labels> {
        None
    }

    fn apply(&mut self, fields: &mut Fields<'_>) {
        self.take_over(fields);
    }

    async fn check(
        &mut self,
        before: Option<&Self>,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        let given = self.given.take();
        let attributes = attribute::find_all(connection, &self.owner).await?;
        if let Some(given) = given {
            self.write_given(&given, &attributes, report, connection).await?;
        }
        if before.is_none() && report.is_empty() {
            self.follow_convention(&attributes, report, connection).await?;
        }
        Ok(())
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        let owner = Owner::parse(&self.owner);
        sqlx::query(
            "insert into record (kind, family, code, values) values ($1, $2, $3, $4)
             on conflict (owner, code) do update
             set values = excluded.values, version = record.version + 1, updated_at = now()",
        )
        .bind(owner.kind.as_str())
        .bind(owner.family)
        .bind(&self.code)
        .bind(Json(&self.values))
        .execute(connection)
        .await?;
        Ok(())
    }

    fn check_code(&self, report: &mut Report) {
        check_plain_code(self.noun(), &self.code, report);
    }
}

impl Record {
    async fn write_given(
        &mut self,
        given: &Value,
        attributes: &[RecordAttribute],
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        let attributes = attributes.iter().map(RecordAttribute::as_product_attribute);
        let lookup =
            Lookup::load_for_record(connection, &self.owner, attributes.collect(), given).await?;
        write_values(
            &mut self.values,
            None,
            given,
            &lookup,
            report,
            |values, _, place, data, _| {
                values.set_at(place, data);
            },
        );
        Ok(())
    }

    /// A new record fills attributes by the naming convention of its family.
    async fn follow_convention(
        &mut self,
        attributes: &[RecordAttribute],
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        let convention = find_convention(connection, &self.owner).await?;
        if convention.is_none() {
            return Ok(());
        }
        let file_name = match convention.source_file(self) {
            Some(file) => find_file_name(connection, file).await?,
            None => None,
        };
        let mut named = self.clone();
        let mut found = Report::default();
        match convention.derive(self, attributes, file_name.as_deref()) {
            Some(values) => {
                named.write_given(&values, attributes, &mut found, connection).await?;
            }
            None => found.rule(
                "naming_convention",
                format!(
                    "The {} \"{}\" does not follow the naming convention of its family.",
                    self.noun().to_lowercase(),
                    self.code
                ),
            ),
        }
        if found.is_empty() {
            self.values = named.values;
        } else if convention.is_strict() {
            *report = found;
        }
        Ok(())
    }
}

async fn find_convention(connection: &mut PgConnection, owner: &str) -> Result<NamingConvention> {
    let Owner { kind, family, .. } = Owner::parse(owner);
    let convention: Option<Json<NamingConvention>> = sqlx::query_scalar(
        "select naming_convention from record_family where kind = $1 and code = $2",
    )
    .bind(kind.as_str())
    .bind(family)
    .fetch_optional(connection)
    .await?;
    Ok(convention.map(|Json(convention)| convention).unwrap_or_default())
}

/// The name that a file came with.
async fn find_file_name(connection: &mut PgConnection, code: &str) -> Result<Option<String>> {
    let name = sqlx::query_scalar("select original_filename from media_file where code = $1")
        .bind(code)
        .fetch_optional(connection)
        .await?;
    Ok(name)
}

/// One page of the records of a family, in order of their codes.
pub(super) async fn find_page(
    connection: &mut PgConnection,
    owner: &str,
    filter: &Filter,
    page: &PageRequest,
) -> Result<Vec<Record>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select p.code, p.values, p.created_at, p.updated_at, p.owner, p.version
         from record p where p.owner = ",
    );
    query.push_bind(owner);
    filter.push(&mut query);
    if let Some(after) = page.after() {
        query.push(" and p.code > ").push_bind(after);
    }
    query.push(" order by p.code limit ").push_bind(page.limit);
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// Whether there is such a family.
pub async fn family_exists(
    connection: &mut PgConnection,
    kind: RecordKind,
    family: &str,
) -> Result<bool> {
    let exists = sqlx::query_scalar(
        "select exists (select from record_family where kind = $1 and code = $2)",
    )
    .bind(kind.as_str())
    .bind(family)
    .fetch_one(connection)
    .await?;
    Ok(exists)
}

/// 404 unless the owner is a family.
pub async fn check_family(owner: &str, connection: &mut PgConnection) -> Result<()> {
    let Owner { kind, family, .. } = Owner::parse(owner);
    if family_exists(connection, kind, family).await? {
        return Ok(());
    }
    Err(kind.missing_family(family))
}
