//! Query parameters of lists of products.

use problem::{Problem, Result};
use types::Sku;
use uuid::Uuid;
use web::Cursor;

use super::fields::Fields;
use crate::delivery::{search::Parameters, view::ViewQuery};

/// Products named in one call.
const MAX_NAMED: usize = 100;
/// Parameters that say what is looked at, not what for.
const VIEW: [&str; 3] = ["channel", "locale", "currency"];

/// Query parameters of a list of products, as they are documented.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names with brackets are read by hand; this is their documentation")]
pub(crate) struct ListParameters {
    /// Text to search for: words, a part number, an EAN, the beginning of one.
    #[param(max_length = 200, example = "blue mug")]
    q: Option<String>,
    /// Code of a category; its subtree belongs to it.
    category: Option<String>,
    /// `filter[color]=red,blue` by codes, `filter[waterproof]=true`, `filter[price]=1000..5000` by a
    /// range of numbers, metric amounts in the channel's unit, or prices in minor units. Any value of
    /// one filter suffices, every filter must hold. At most 20 filters of 100 values.
    #[param(style = DeepObject, explode, value_type = Option<std::collections::HashMap<String, String>>)]
    filter: Option<String>,
    /// `relevance`, `price`, `-price`, `name`, `-name` or `newest`. By relevance if there is a text,
    /// else the newest first.
    #[param(example = "price")]
    sort: Option<String>,
    /// Attributes whose values are counted, separated by commas, at most 30; `*` for those that most
    /// of the results have.
    #[param(example = "brand,color,price")]
    facets: Option<String>,
    /// Fields of the answer's items, separated by commas, of card and page alike; the card if absent.
    #[param(example = "id,name,attributes")]
    fields: Option<String>,
    /// `true` to mark in each item what was searched for, as HTML.
    #[param(value_type = Option<bool>)]
    highlight: Option<String>,
    /// These pages, in this order, instead of a search; at most 100, separated by commas.
    ids: Option<String>,
    /// The pages of these skus, in this order, instead of a search; at most 100, separated by commas.
    skus: Option<String>,
}

/// What a list of products is made of.
pub(super) enum Wanted {
    Search(Parameters),
    Ids(Vec<Uuid>),
    Skus(Vec<Sku>),
}

/// A list request as it stands in the address.
pub(super) struct ListQuery {
    pub view: ViewQuery,
    pub fields: Option<Fields>,
    pub has_highlights: bool,
    pub wanted: Wanted,
    /// Everything that is asked beside the view.
    pub question: String,
}

impl ListQuery {
    /// Reads the parameters; what is not known is ignored.
    pub(super) fn read(pairs: Vec<(String, String)>) -> Result<Self> {
        let mut view = ViewQuery::default();
        let mut search = Parameters::default();
        let (mut fields, mut ids, mut skus) = (None, None, None);
        let mut has_highlights = false;
        let question = question(&pairs);
        for (name, text) in pairs {
            match name.as_str() {
                "channel" => view.channel = Some(text),
                "locale" => view.locale = Some(text),
                "currency" => view.currency = Some(text),
                "q" => search.q = Some(text),
                "category" => search.category = Some(text).filter(|text| !text.is_empty()),
                "sort" => search.sort = Some(text).filter(|text| !text.is_empty()),
                "facets" => search.facets = Some(text),
                "fields" => fields = Some(Fields::parse(&text)?),
                "highlight" => has_highlights = flag(&text, "highlight")?,
                "limit" => search.page.limit = Some(limit(&text)?),
                "cursor" => search.page.cursor = cursor(text),
                "ids" => ids = Some(text),
                "skus" => skus = Some(text),
                _ => search.filters.extend(filter(&name).map(|attribute| (attribute, text))),
            }
        }
        let wanted = match (ids, skus) {
            (Some(ids), None) => Wanted::Ids(named(&ids, "ids")?),
            (None, Some(skus)) => Wanted::Skus(named(&skus, "skus")?),
            (None, None) => Wanted::Search(search),
            (Some(_), Some(_)) => {
                let detail = "ids and skus cannot be asked for together";
                return Err(Problem::invalid_parameter("skus", "contradiction", detail));
            }
        };
        Ok(Self { view, fields, has_highlights, wanted, question })
    }
}

fn question(pairs: &[(String, String)]) -> String {
    let asked = pairs.iter().filter(|(name, _)| !VIEW.contains(&name.as_str()));
    asked.map(|pair| format!("{pair:?}")).collect()
}

fn flag(text: &str, parameter: &str) -> Result<bool> {
    text.parse().map_err(|_| {
        Problem::invalid_parameter(parameter, "invalid_value", "must be true or false")
    })
}

fn limit(text: &str) -> Result<u32> {
    text.parse().map_err(|_| {
        Problem::invalid_parameter("limit", "out_of_range", "must be within 1 and 100")
    })
}

fn cursor(text: String) -> Option<Cursor> {
    serde_json::from_value(serde_json::Value::String(text)).ok()
}

/// `color` of `filter[color]`.
fn filter(name: &str) -> Option<String> {
    Some(name.strip_prefix("filter[")?.strip_suffix(']')?.to_owned())
}

fn named<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str, name: &str) -> Result<Vec<T>> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > MAX_NAMED {
        let detail = format!("at most {MAX_NAMED}");
        return Err(Problem::invalid_parameter(name, "too_many", detail));
    }
    let parse = |part: &&str| {
        part.parse().map_err(|error: T::Err| {
            Problem::invalid_parameter(name, "invalid_value", format!("{part}: {error}"))
        })
    };
    parts.iter().map(parse).collect()
}
