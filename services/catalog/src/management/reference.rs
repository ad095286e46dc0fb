//! Refuses what names things that do not exist.

use sqlx::{AssertSqlSafe, PgConnection};

use super::{error::Result, report::Report};

/// A sort of thing with a code, that others name.
#[derive(Debug, Clone, Copy)]
pub enum Referred {
    /// `attribute`
    Attribute,
    /// `category`
    Category,
    /// `channel`
    Channel,
    /// `currency`
    Currency,
    /// `family`
    Family,
    /// `locale`
    Locale,
}

impl Referred {
    /// Its table, and what it is called in messages.
    fn noun(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Category => "category",
            Self::Channel => "channel",
            Self::Currency => "currency",
            Self::Family => "family",
            Self::Locale => "locale",
        }
    }
}

/// Reports every code of the property that there is not.
pub async fn check(
    property: &str,
    referred: Referred,
    codes: &[String],
    report: &mut Report,
    connection: &mut PgConnection,
) -> Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    let noun = referred.noun();
    let statement = format!(
        "select distinct code from unnest($1::text[]) as given (code)
         where not exists (select from {noun} as known where known.code = given.code)
         order by code"
    );
    let unknown: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(statement)).bind(codes).fetch_all(connection).await?;
    for code in unknown {
        report.format(
            property,
            format!("Property \"{property}\" expects a valid {noun} code. The {noun} does not exist, \"{code}\" given."),
        );
    }
    Ok(())
}
