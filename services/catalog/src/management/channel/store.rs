use sqlx::{PgConnection, types::Json};

use super::Channel;
use crate::management::{
    error::Result,
    feed::Feed,
    fields::{Fields, Labels},
    history::Entry,
    projection,
    reference::{self, Referred},
    report::Report,
    resource::{Kept, Resource, store, tell_deletion},
};

impl Kept for Channel {
    const NOUN: &'static str = "Channel";
    const TABLE: &'static str = "channel";
    const COLUMNS: &'static str = "t.code, t.category_tree, t.conversion_units, t.labels, t.version,
        array(select currency from channel_currency where channel = t.code order by currency collate \"C\") as currencies,
        array(select locale from channel_locale where channel = t.code order by locale collate \"C\") as locales,
        (select coalesce(jsonb_object_agg(locale, fallback), '{}') from channel_locale
         where channel = t.code and fallback is not null) as fallback_locales";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["channels"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for Channel {
    const USERS: &'static [(&'static str, &'static str)] = &[
        // Each family requires the main identifier in each channel by itself.
        (
            "family",
            "select distinct r.family from family_requirement r
             join attribute a on a.code = r.attribute
             where r.channel = $1 and not a.is_main_identifier",
        ),
        ("search rule", "select code from search_rule where $1 = any(channels)"),
        (
            "publication of product",
            "select coalesce(p.identifier, p.id::text) from channel_publication c
             join product p on p.id = case c.kind when 'product' then c.code::uuid end
             where c.channel = $1",
        ),
        (
            "publication of product model",
            "select m.code from channel_publication c
             join product_model m on c.kind = 'product_model' and m.code = c.code
             where c.channel = $1",
        ),
        (
            "proposal",
            "select proposal_id::text from proposal
             where jsonb_path_exists(changes::jsonb, '$[*] ? (@.scope == $channel)',
                                     jsonb_build_object('channel', $1::text))",
        ),
        (
            "asset family",
            "select code from record_family where naming_convention #>> '{source,channel}' = $1",
        ),
        (
            "category",
            "select code from category
             where jsonb_path_exists(values, '$.* ? (@.channel == $channel)',
                                     jsonb_build_object('channel', $1::text))",
        ),
        (
            "record",
            "select distinct r.family || '/' || r.code from record_attribute a
             join record r on r.owner = a.owner
              and jsonb_path_exists(r.values -> a.code, '$[*] ? (@.scope == $channel)',
                                    jsonb_build_object('channel', $1::text))
             where a.value_per_channel and r.updated_at >= $3",
        ),
        (
            "product model",
            "select code from product_model
             where updated_at >= $3
               and (terms && array(select term(a.code) from attribute a where a.scopable)
                    or has_terms is null)
               and jsonb_path_exists(values, '$.*[*] ? (@.scope == $channel)',
                                     jsonb_build_object('channel', $1::text))",
        ),
        (
            "product",
            "select coalesce(identifier, id::text) from product
             where updated_at >= $3
               and (terms && array(select term(a.code) from attribute a where a.scopable)
                    or has_terms is null)
               and jsonb_path_exists(values, '$.*[*] ? (@.scope == $channel)',
                                     jsonb_build_object('channel', $1::text))",
        ),
    ];

    fn new(_: &str, code: &str) -> Self {
        Self::new(code)
    }

    fn labels(&self) -> Option<&Labels> {
        Some(&self.labels)
    }

    fn apply(&mut self, fields: &mut Fields<'_>) {
        self.take_over(fields);
    }

    async fn check(
        &mut self,
        _: Option<&Self>,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        self.check_fallbacks(report);
        self.check_tree(report, connection).await?;
        self.check_references(report, connection).await?;
        self.check_units(report, connection).await
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into channel (code, category_tree, conversion_units, labels)
             values ($1, $2, $3, $4)
             on conflict (code) do update
             set category_tree = excluded.category_tree, labels = excluded.labels,
                 conversion_units = excluded.conversion_units,
                 version = channel.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(&self.category_tree)
        .bind(Json(&self.conversion_units))
        .bind(Json(&self.labels))
        .execute(&mut *connection)
        .await?;
        self.write_references(connection).await?;
        enable_what_is_used(connection).await?;
        Ok(projection::enqueue_all(connection).await?)
    }

    /// What is said of its feeds.
    async fn find_removed(&self, connection: &mut PgConnection) -> Result<Vec<Entry>> {
        let feed: Option<Feed> = store::find_for_update(connection, "", &self.code).await?;
        Ok(feed.iter().map(|feed| tell_deletion("", feed)).collect())
    }

    async fn after_delete(&self, connection: &mut PgConnection) -> Result<()> {
        enable_what_is_used(connection).await?;
        Ok(projection::enqueue_all(connection).await?)
    }
}

impl Channel {
    /// Both are locales of the channel, and no chain leads back.
    fn check_fallbacks(&self, report: &mut Report) {
        for (locale, fallback) in &self.fallback_locales {
            for code in [locale, fallback] {
                if !self.locales.contains(code) {
                    report.rule(
                        "fallback_locales",
                        format!("\"{code}\" is not a locale of the channel."),
                    );
                }
            }
            let next = |code: &&String| self.fallback_locales.get(*code);
            let chain = std::iter::successors(Some(fallback), next);
            if chain.take(self.fallback_locales.len()).any(|code| code == locale) {
                let message = format!("The fallbacks of \"{locale}\" lead back to it.");
                report.rule("fallback_locales", message);
            }
        }
    }

    async fn check_tree(&self, report: &mut Report, connection: &mut PgConnection) -> Result<()> {
        if self.category_tree.is_empty() {
            return Ok(());
        }
        let is_root: Option<bool> =
            sqlx::query_scalar("select parent is null from category where code = $1 for key share")
                .bind(&self.category_tree)
                .fetch_optional(connection)
                .await?;
        match is_root {
            Some(true) => {}
            Some(false) => report.rule(
                "category_tree",
                format!("The category \"{}\" has to be the root of a tree.", self.category_tree),
            ),
            None => report.format(
                "category_tree",
                format!(
                    "Property \"category_tree\" expects a valid category code. The category does not exist, \"{}\" given.",
                    self.category_tree
                ),
            ),
        }
        Ok(())
    }

    async fn check_references(
        &self,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        for (property, referred, codes) in [
            ("currencies", Referred::Currency, &self.currencies),
            ("locales", Referred::Locale, &self.locales),
        ] {
            reference::check(property, referred, codes, report, connection).await?;
        }
        Ok(())
    }

    async fn check_units(&self, report: &mut Report, connection: &mut PgConnection) -> Result<()> {
        let known: Vec<String> = sqlx::query_scalar(
            "select given.attribute from unnest($1::text[], $2::text[]) as given (attribute, unit)
             join attribute a on a.code = given.attribute
             join measurement_family f on f.code = a.metric_family
             where f.units ? given.unit",
        )
        .bind(self.conversion_units.keys().cloned().collect::<Vec<_>>())
        .bind(self.conversion_units.values().cloned().collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        for (attribute, unit) in &self.conversion_units {
            if !known.contains(attribute) {
                report.rule(
                    "conversion_units",
                    format!(
                        "The unit \"{unit}\" does not belong to a metric attribute \"{attribute}\"."
                    ),
                );
            }
        }
        Ok(())
    }

    async fn write_references(&self, connection: &mut PgConnection) -> Result<()> {
        sqlx::query("delete from channel_currency where channel = $1 and currency <> all($2)")
            .bind(&self.code)
            .bind(&self.currencies)
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "insert into channel_currency (channel, currency) select $1, unnest($2::text[])
             on conflict do nothing",
        )
        .bind(&self.code)
        .bind(&self.currencies)
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "insert into channel_locale (channel, locale, fallback)
             select $1, locale, $3::jsonb ->> locale from unnest($2::text[]) as given (locale)
             on conflict (channel, locale) do update set fallback = excluded.fallback",
        )
        .bind(&self.code)
        .bind(&self.locales)
        .bind(Json(&self.fallback_locales))
        .execute(&mut *connection)
        .await?;
        sqlx::query("delete from channel_locale where channel = $1 and locale <> all($2)")
            .bind(&self.code)
            .bind(&self.locales)
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// A locale or currency is enabled while a channel uses it.
async fn enable_what_is_used(connection: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "update locale set enabled = not enabled
         where enabled <> exists (select from channel_locale where locale = code)",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "update currency set enabled = not enabled
         where enabled <> exists (select from channel_currency where currency = code)",
    )
    .execute(connection)
    .await?;
    Ok(())
}
