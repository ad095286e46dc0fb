//! What a list request asks for.

use problem::{Problem, Result};
use web::{Cursor, PageQuery};

use super::{
    facet::Wish,
    filter::Filter,
    order::{Place, Sort},
};
use crate::delivery::{
    structure::{Locale, Structure},
    view::View,
};

/// Longest text to search for, in characters.
const MAX_Q: usize = 200;

/// A list request, checked.
#[derive(Debug)]
pub(in crate::delivery) struct Request {
    pub q: Option<String>,
    pub category: Option<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) facets: Wish,
    pub(super) sort: Sort,
    pub(super) after: Option<Place>,
    pub limit: usize,
    pub(super) currency: String,
    /// Whether rules may change the order: not where the shopper has chosen one.
    pub(super) is_ranked: bool,
    pub(super) channel: String,
    pub(super) locale: Locale,
}

/// Parameters of a list request as they stand in the address.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Parameters {
    pub q: Option<String>,
    pub category: Option<String>,
    /// Attribute and text of every `filter[…]`.
    pub filters: Vec<(String, String)>,
    pub facets: Option<String>,
    pub sort: Option<String>,
    pub page: PageQuery,
}

impl Request {
    /// Checks the parameters; 422 names the one that breaks a rule.
    pub(in crate::delivery) fn check(
        structure: &Structure,
        view: &View,
        parameters: Parameters,
    ) -> Result<Self> {
        let q = checked_text(parameters.q)?;
        let currency = view.currency.as_str();
        let filters: Result<Vec<Filter>> = parameters
            .filters
            .iter()
            .map(|(name, text)| Filter::parse(structure, currency, name, text))
            .collect();
        let filters = filters?;
        Filter::check_number(&filters)?;
        let sort = Sort::parse(parameters.sort.as_deref(), q.is_some())?;
        let limit = usize::try_from(parameters.page.limit()?).map_err(Problem::internal)?;
        Ok(Self {
            category: category(structure, view, parameters.category)?,
            facets: Wish::parse(structure, parameters.facets.as_deref())?,
            after: place(parameters.page.cursor.as_ref(), sort)?,
            q,
            filters,
            sort,
            limit,
            currency: currency.to_owned(),
            is_ranked: matches!(parameters.sort.as_deref(), None | Some("relevance")),
            channel: view.channel.clone(),
            locale: view.locale.clone(),
        })
    }
}

/// The text without surrounding spaces; none if it is empty.
pub(in crate::delivery) fn checked_text(q: Option<String>) -> Result<Option<String>> {
    let text = q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > MAX_Q => {
            let detail = format!("must be at most {MAX_Q} characters");
            Err(Problem::invalid_parameter("q", "too_long", detail))
        }
        text => Ok(text),
    }
}

/// The category, if the channel sells it; the root of its tree is no restriction.
fn category(structure: &Structure, view: &View, code: Option<String>) -> Result<Option<String>> {
    let Some(code) = code else { return Ok(None) };
    let tree = structure.channels.get(&view.channel).map(|channel| channel.tree.as_str());
    if tree == Some(code.as_str()) {
        return Ok(None);
    }
    let is_sold = structure.categories.find(&code).is_some()
        && structure.categories.path_in(tree.unwrap_or_default(), &code).is_some();
    if is_sold {
        return Ok(Some(code));
    }
    let detail = format!("the channel has no category {code}");
    Err(Problem::invalid_parameter("category", "unknown_category", detail))
}

/// Where the page begins; a cursor belongs to the sort it was made with.
fn place(cursor: Option<&Cursor>, sort: Sort) -> Result<Option<Place>> {
    let place: Option<Place> = cursor.map(Cursor::decode).transpose()?;
    match place {
        Some(place) if place.sort != sort => Err(Problem::invalid_parameter(
            "cursor",
            "invalid_cursor",
            "belongs to a list with another sort",
        )),
        place => Ok(place),
    }
}
