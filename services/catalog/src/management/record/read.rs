//! Records as clients read them.

use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use web::etag;

use super::{
    Owner, Record, RecordAttribute, RecordKind,
    attribute::{self, Type},
    search, store,
};
use crate::{
    App,
    management::{
        error::Result,
        filter::Filter,
        hal::{Item, PageRequest},
        links::Links,
        reading::Reading,
        resource::{self, Kept},
        score::{Place, Rules, Score},
        time,
        values::Entry,
    },
};

/// One page of the records of a family.
pub async fn list(
    app: &App,
    kind: RecordKind,
    family: &str,
    parameters: &[(String, String)],
) -> Result<Response> {
    let owner = kind.owner(family)?;
    let page = PageRequest::read_fixed(parameters);
    let conditions = search::read(page.parameter("search"))?;
    let mut connection = app.db.acquire().await?;
    Record::check_owner(&owner, &mut connection).await?;
    let view = View::load(app, &mut connection, &owner, parameters).await?;
    let attributes = view.attributes.iter().map(RecordAttribute::as_product_attribute).collect();
    let filter = Filter::read_of_records(&mut connection, attributes, &conditions).await?;
    let records = store::find_page(&mut connection, &owner, &filter, &page).await?;
    let path = Record::list_path(&owner);
    let item = |record: Record| Item {
        link: view.links.of(path.iter().copied().chain([record.code()])),
        key: record.code.clone(),
        body: view.represent(record),
    };
    let items = records.into_iter().map(item).collect();
    Ok(page.answer(&view.links.of(path.iter().copied()), items, None))
}

/// One record, with its version in the ETag.
pub async fn get(
    app: &App,
    kind: RecordKind,
    family: &str,
    code: &str,
    parameters: &[(String, String)],
) -> Result<Response> {
    let owner = kind.owner(family)?;
    let mut connection = app.db.acquire().await?;
    Record::check_owner(&owner, &mut connection).await?;
    let record: Option<Record> = resource::store::find(&mut connection, &owner, code).await?;
    let record = record.ok_or_else(|| Record::missing(&owner, code))?;
    let view = View::load(app, &mut connection, &owner, parameters).await?;
    let version = record.version;
    let mut response = web::Json(view.represent(record)).into_response();
    response.headers_mut().insert(header::ETAG, etag(version));
    Ok(response)
}

/// What the reader wants, and what that takes.
struct View {
    kind: RecordKind,
    attributes: Vec<RecordAttribute>,
    reading: Reading,
    completeness: Option<Rules>,
    links: Links,
}

impl View {
    async fn load(
        app: &App,
        connection: &mut PgConnection,
        owner: &str,
        parameters: &[(String, String)],
    ) -> Result<Self> {
        let kind = Owner::parse(owner).kind;
        let attributes = attribute::find_all(connection, owner).await?;
        let reading = Reading::load(connection, &as_of_products(parameters)).await?;
        let completeness = match reading.with_completenesses {
            true => Some(find_rules(connection, &attributes).await?),
            false => None,
        };
        let links = Links::new(&app.config.public_url)?;
        Ok(Self { kind, attributes, reading, completeness, links })
    }

    fn represent(&self, mut record: Record) -> Map<String, Value> {
        let completenesses = self.completeness.as_ref().map(|rules| -> Value {
            let scores = rules.score(false, &[&record.values]);
            let entry = |(place, score): (&Place, Score)| {
                json!({"channel": place.channel, "locale": place.locale, "data": score.completeness})
            };
            scores.map(entry).collect()
        });
        self.reading.selection.apply(&mut record.values);
        let values = record.values.0.into_iter().map(|(code, entries)| {
            let attribute = self.attributes.iter().find(|attribute| attribute.code == code);
            let kind = attribute.map_or(Type::Text, |attribute| attribute.kind);
            let shown: Vec<Value> =
                entries.into_iter().map(|entry| self.represent_entry(kind, entry)).collect();
            (code, Value::from(shown))
        });
        let mut body = Map::from_iter([
            ("code".to_owned(), record.code.into()),
            ("values".to_owned(), Value::Object(values.collect())),
            ("created".to_owned(), time::format(&record.created).into()),
            ("updated".to_owned(), time::format(&record.updated).into()),
        ]);
        body.extend(completenesses.map(|list| ("completenesses".to_owned(), list)));
        body
    }

    fn represent_entry(&self, kind: Type, entry: Entry) -> Value {
        let mut shown = json!({"locale": entry.locale, "channel": entry.scope});
        if let (Type::Image | Type::MediaFile, Some(code)) = (kind, entry.data.as_str()) {
            shown["_links"] = self.media_links(code);
        }
        shown["data"] = match (kind, &entry.data) {
            // Records tell every number as text.
            (Type::Number, Value::Number(number)) => number.to_string().into(),
            _ => entry.data,
        };
        shown
    }

    fn media_links(&self, code: &str) -> Value {
        let url = media_url(&self.links, self.kind, code);
        match self.kind {
            RecordKind::ReferenceEntity => json!({"image_download": {"href": url}}),
            RecordKind::AssetFamily => {
                let shared = self.links.of_media(code);
                json!({"download": {"href": url}, "share_link": {"href": shared.as_str()}})
            }
        }
    }
}

/// The address of a file of records of this kind.
pub fn media_url(links: &Links, kind: RecordKind, code: &str) -> String {
    links.of([kind.media_path()].into_iter().chain(code.split('/'))).into()
}

/// Parameters in the words of lists of products.
fn as_of_products(parameters: &[(String, String)]) -> Vec<(String, String)> {
    let known = parameters.iter().filter_map(|(name, value)| {
        let name = match name.as_str() {
            "channel" => "scope",
            name @ ("locales" | "with_completenesses") => name,
            _ => return None,
        };
        Some((name.to_owned(), value.clone()))
    });
    known.collect()
}

async fn find_rules(
    connection: &mut PgConnection,
    attributes: &[RecordAttribute],
) -> Result<Rules> {
    let required = attributes.iter().filter(|attribute| attribute.is_required_for_completeness);
    let shape = |attribute: &RecordAttribute| {
        (attribute.code.clone(), attribute.value_per_locale, attribute.value_per_channel)
    };
    Rules::of_records(connection, required.map(shape)).await
}

/// Query parameters of reads of records.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the parameters are read in the order sent")]
pub struct RecordParameters {
    /// Only values of this channel and its locales, and those without channel.
    channel: Option<String>,
    /// Only values of these locales, separated by commas, and those without locale.
    locales: Option<String>,
    /// Whether to tell completeness per channel and locale.
    with_completenesses: Option<bool>,
}
