use chrono::{DateTime, Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use utoipa::IntoParams;
use uuid::Uuid;
use web::Cursor;

use super::{
    Context, Filter, Target,
    clause::{Clause, Operand},
    value::{check_place, entries, standard_amount},
};
use crate::management::{
    attribute::{Attribute, Kind},
    error::{Refusal, Result},
    hal::PageRequest,
    search::Condition,
};

/// The order of a list of products or models: that of their own keys, or first that of a property or value.
/// What has no such value comes last.
pub struct Order {
    target: Target,
    by: Option<By>,
    after: Option<After>,
}

/// What rows are sorted by before their own key.
struct By {
    value: Clause,
    sort: Sort,
    is_descending: bool,
    is_nullable: bool,
}

/// Sorts of values that have an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Number,
    Boolean,
    Date,
    Time,
}

/// Where a page begins: after this row.
struct After {
    value: Option<Clause>,
    key: String,
}

/// The same in a cursor.
#[derive(Serialize, Deserialize)]
struct Place {
    /// What it is sorted by, as PostgreSQL writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Id of a product, code of a model.
    key: String,
}

/// Query parameters of lists that can be sorted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the parameters are read in the order sent")]
pub struct SortParameters {
    /// Property or attribute, after `-` for descending order: `created`, `updated`, `family`, `identifier`
    /// and `enabled` of products, `code` of models, and attributes with one text, number, amount, price,
    /// date, boolean or option. Texts are compared regardless of case, amounts in the standard unit,
    /// options by their own order; what has no value comes last.
    #[param(example = "-updated")]
    sort: Option<String>,
    /// Locale of the attribute, if it is localizable.
    sort_locale: Option<String>,
    /// Channel of the attribute, if it is scopable.
    sort_scope: Option<String>,
    /// Currency, if it is a price.
    sort_currency: Option<String>,
}

impl Order {
    /// Reads `sort` and what belongs to it; `find` finds a parameter.
    pub async fn read<'p>(
        connection: &mut PgConnection,
        target: Target,
        page: &PageRequest,
        find: impl Fn(&str) -> Option<&'p str>,
    ) -> Result<Self> {
        let by = match find("sort").filter(|sort| !sort.is_empty()) {
            None => None,
            Some(sort) => {
                let property = sort.strip_prefix('-').unwrap_or(sort);
                let is_descending = property.len() < sort.len();
                let by = read_value(connection, target, property, find).await?;
                Some(By { is_descending, ..by })
            }
        };
        let after = page.after().map(|after| read_after(target, by.as_ref(), after)).transpose()?;
        Ok(Self { target, by, after })
    }

    /// The cursor of a row, by which the next page begins after it.
    pub fn cursor(&self, key: String, value: Option<String>) -> String {
        match self.by {
            None => key,
            Some(_) => Cursor::encode(&Place { value, key }).into(),
        }
    }

    /// The statement of a page: `full` selects what is read of a row, `from` joins its tables. Its rows have
    /// a `sort_value` for the cursor besides.
    pub fn page_of(
        &self,
        (full, from): (&'static str, &'static str),
        filter: &Filter,
        page: &PageRequest,
    ) -> QueryBuilder<Postgres> {
        // First the page, so that nothing is read of rows that are not on it.
        let mut query = QueryBuilder::new(
            "with page as materialized (
                 select id, value::text as value, row_number() over () as place from (
                     select id, value from (select p.id, ",
        );
        query.push(self.key()).push(" as key, ");
        match &self.by {
            Some(by) => by.value.push(&mut query),
            None => drop(query.push("null")),
        }
        query.push(" as value").push(from);
        filter.push(&mut query);
        query.push(") found where true");
        self.push_after(&mut query);
        query.push(" order by ");
        if let Some(by) = &self.by {
            query.push("value").push(if by.is_descending { " desc" } else { "" });
            query.push(if by.is_nullable { " nulls last, " } else { ", " });
        }
        query.push("key limit ").push_bind(page.limit);
        query.push(" offset ").push_bind(page.offset()).push(") sorted) ").push(full);
        query.push(", (select value from page where page.id = p.id) as sort_value").push(from);
        query.push(
            " and p.id in (select id from page) order by (select place from page where page.id = p.id)",
        );
        query
    }

    fn key(&self) -> &'static str {
        if self.target == Target::Product { "p.id" } else { "p.code" }
    }

    fn push_after(&self, query: &mut QueryBuilder<Postgres>) {
        let Some(After { value, key }) = &self.after else { return };
        let push_key = |query: &mut QueryBuilder<Postgres>| {
            query.push(" key > ").push_bind(key.clone());
            query.push(if self.target == Target::Product { "::uuid" } else { "" });
        };
        let Some(by) = &self.by else {
            query.push(" and");
            return push_key(query);
        };
        let Some(value) = value else {
            query.push(" and value is null and");
            return push_key(query);
        };
        let mut push_value = |operator: &str| {
            query.push(operator);
            value.push(query);
        };
        // The first condition is what an index serves.
        let (beyond, from) = if by.is_descending { (" < ", " <= ") } else { (" > ", " >= ") };
        push_value(&format!(" and (value{from}"));
        push_value(&format!(" and (value{beyond}"));
        query.push(" or");
        push_key(query);
        query.push(if by.is_nullable { ") or value is null)" } else { "))" });
    }
}

/// What rows are sorted by, and whether it may be absent.
async fn read_value<'p>(
    connection: &mut PgConnection,
    target: Target,
    property: &str,
    find: impl Fn(&str) -> Option<&'p str>,
) -> Result<By> {
    let is_product = target == Target::Product;
    let column = match property {
        "created" => Some(("p.created_at", Sort::Time, false)),
        "updated" => Some(("p.updated_at", Sort::Time, false)),
        "enabled" if is_product => Some(("p.enabled", Sort::Boolean, false)),
        "identifier" if is_product => Some(("p.identifier", Sort::Text, true)),
        "code" if !is_product => Some(("p.code", Sort::Text, false)),
        "family" if is_product => Some(("p.family", Sort::Text, true)),
        "family" => Some(("v.family", Sort::Text, false)),
        _ => None,
    };
    if let Some((column, sort, is_nullable)) = column {
        return Ok(By { value: Clause::new(column), sort, is_descending: false, is_nullable });
    }
    let place = Condition {
        property: property.to_owned(),
        operator: String::new(),
        value: Value::Null,
        locale: find("sort_locale").map(str::to_owned),
        scope: find("sort_scope").map(str::to_owned),
        locales: Vec::new(),
    };
    let context = Context::load(connection, std::slice::from_ref(&place)).await?;
    let attribute = context.attributes.get(property).ok_or_else(|| unsupported(property))?;
    if attribute.is_main_identifier && is_product {
        let value = Clause::new("p.identifier");
        return Ok(By { value, sort: Sort::Text, is_descending: false, is_nullable: true });
    }
    check_place(attribute, &place, &context)?;
    let (value, sort) = value_of(attribute, &context, find("sort_currency"))?;
    let value = Clause::new("(select ")
        .then(value)
        .then(entries(target, attribute, &place))
        .sql(" limit 1)");
    Ok(By { value, sort, is_descending: false, is_nullable: true })
}

/// What one value `e` of the attribute is sorted by.
fn value_of(
    attribute: &Attribute,
    context: &Context,
    currency: Option<&str>,
) -> Result<(Clause, Sort)> {
    let sql = match attribute.kind {
        Kind::Identifier | Kind::Text | Kind::TextArea => ("lower(e ->> 'data')", Sort::Text),
        Kind::Number => ("(e ->> 'data')::numeric", Sort::Number),
        Kind::Boolean => ("(e ->> 'data')::boolean", Sort::Boolean),
        Kind::Date => ("left(e ->> 'data', 10)::date", Sort::Date),
        Kind::SimpleSelect => {
            let order = Clause::new(
                "(select lpad(o.sort_order::text, 10, '0') || o.code from attribute_option o
                  where o.code = e ->> 'data' and o.attribute = ",
            );
            let order = order.bind(Operand::Text(attribute.code.clone())).sql(")");
            return Ok((order, Sort::Text));
        }
        Kind::Metric => {
            let family = attribute.metric_family.as_ref();
            let family = family.and_then(|code| context.measurements.get(code));
            let family = family.ok_or_else(|| unsupported(&attribute.code))?;
            return Ok((Clause::new(standard_amount(family)), Sort::Number));
        }
        Kind::PriceCollection => {
            let currency = currency.ok_or_else(|| {
                let code = &attribute.code;
                Refusal::unprocessable(format!(
                    "Attribute \"{code}\" expects a currency in \"sort_currency\", none given."
                ))
            })?;
            let amount = Clause::new(
                "(select (price ->> 'amount')::numeric from jsonb_array_elements(e -> 'data') price
                  where price ->> 'currency' = ",
            );
            let amount = amount.bind(Operand::Text(currency.to_owned())).sql(" limit 1)");
            return Ok((amount, Sort::Number));
        }
        Kind::File
        | Kind::Image
        | Kind::MultiSelect
        | Kind::ReferenceEntity
        | Kind::ReferenceEntityCollection
        | Kind::AssetCollection => return Err(unsupported(&attribute.code)),
    };
    Ok((Clause::new(sql.0), sql.1))
}

fn unsupported(property: &str) -> Refusal {
    Refusal::unprocessable(format!("Sort on property \"{property}\" is not supported."))
}

/// Cursors come from outside: what is not one of this list and order is refused.
fn read_after(target: Target, by: Option<&By>, after: &str) -> Result<After> {
    let read = match by {
        None => Some(After { value: None, key: after.to_owned() }),
        Some(by) => {
            let place = Cursor::from(after.to_owned()).decode::<Place>().ok();
            place.and_then(|Place { value, key }| match value {
                Some(value) => Some(After { value: Some(by.sort.read(&value)?), key }),
                None => by.is_nullable.then_some(After { value: None, key }),
            })
        }
    };
    read.filter(|after| target != Target::Product || Uuid::parse_str(&after.key).is_ok())
        .ok_or_else(|| {
            Refusal::unprocessable("The \"search_after\" parameter is not a cursor of this list.")
        })
}

impl Sort {
    /// A value as PostgreSQL wrote it; none if it is no value of this sort.
    fn read(self, text: &str) -> Option<Clause> {
        let operand = match self {
            Self::Text => Operand::Text(Some(text).filter(|text| !text.contains('\0'))?.to_owned()),
            Self::Number => {
                // More digits than a decimal of ours keeps.
                let number = Clause::new("").bind(Operand::Text(text.to_owned())).sql("::numeric");
                return is_number(text).then_some(number);
            }
            Self::Boolean => Operand::Boolean(text.parse().ok()?),
            Self::Date => {
                let date: NaiveDate = text.parse().ok()?;
                Operand::Date(Some(date).filter(|date| date.year() > 0)?)
            }
            Self::Time => {
                let time = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z").ok()?;
                Operand::Time(Some(time.to_utc()).filter(|time| time.year() > 0)?)
            }
        };
        Some(Clause::new("").bind(operand))
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 1_000 && are_digits(whole) && are_digits(part)
}
