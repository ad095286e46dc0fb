//! Pages of lists in HAL: which page was asked for, and its links.

use axum::response::{IntoResponse, Response};
use reqwest::Url;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::error::{Refusal, Result};

/// Rows that page numbers can reach on large lists; behind them only cursors do.
const MAX_ROWS_BY_PAGE: i64 = 10_000;
const DEFAULT_LIMIT: i64 = 10;
const MAX_LIMIT: i64 = 100;

/// Query parameters of a list, in the order sent.
pub type Parameters = web::Query<Vec<(String, String)>>;

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// The page with this number, from 1.
    Page(i64),
    /// What follows this key; from the beginning if there is none.
    After(Option<String>),
}

/// A request for one page of a list.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// Which part.
    pub position: Position,
    /// Items on it.
    pub limit: i64,
    /// Whether the whole list is to be counted.
    pub with_count: bool,
    /// Whether links tell the pagination type.
    tells_type: bool,
    /// All other parameters, kept in links.
    rest: Vec<(String, String)>,
}

/// One item of a page.
pub struct Item {
    /// Its key among its kind, which a cursor holds.
    pub key: String,
    /// Its own address.
    pub link: Url,
    /// Its properties.
    pub body: Map<String, Value>,
}

impl PageRequest {
    /// Reads the parameters of a list.
    pub fn read(parameters: &[(String, String)]) -> Result<Self> {
        let find = |name: &str| {
            parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let position = match find("pagination_type") {
            None | Some("page") => Position::Page(read_page(find("page"))?),
            Some("search_after") => Position::After(find("search_after").map(str::to_owned)),
            Some(_) => return Err(Refusal::unprocessable("Pagination type does not exist.")),
        };
        let limit = read_limit(find("limit"))?;
        let with_count = read_with_count(find("with_count"))?;
        let own = ["page", "limit", "with_count", "pagination_type", "search_after"];
        let rest = parameters.iter().filter(|(key, _)| !own.contains(&key.as_str()));
        let with_count = with_count && matches!(position, Position::Page(_));
        Ok(Self { position, limit, with_count, tells_type: false, rest: rest.cloned().collect() })
    }

    /// The same for products and models, whose pages end at 10,000 rows.
    pub fn read_large(parameters: &[(String, String)]) -> Result<Self> {
        let request = Self { tells_type: true, ..Self::read(parameters)? };
        match request.position {
            Position::Page(page) if page.saturating_mul(request.limit) > MAX_ROWS_BY_PAGE => {
                Err(Refusal::documented(
                    "You have reached the maximum number of pages you can retrieve with the \
                     \"page\" pagination type. Please use the search after pagination type instead",
                ))
            }
            _ => Ok(request),
        }
    }

    /// The same for lists that have cursors only: things are added in front while somebody turns pages.
    pub fn read_cursors_only(parameters: &[(String, String)]) -> Result<Self> {
        let mut parameters = parameters.to_vec();
        let kind = parameters.iter().find(|(name, _)| name == "pagination_type");
        match kind.map(|(_, kind)| kind.as_str()) {
            None => parameters.push(("pagination_type".into(), "search_after".into())),
            Some("page") => {
                return Err(Refusal::unprocessable("Pagination type is not supported."));
            }
            Some(_) => {}
        }
        Self::read(&parameters)
    }

    /// Rows before the page.
    pub fn offset(&self) -> i64 {
        match self.position {
            Position::Page(page) => (page - 1).saturating_mul(self.limit),
            Position::After(_) => 0,
        }
    }

    /// The key after which the page begins.
    pub fn after(&self) -> Option<&str> {
        match &self.position {
            Position::After(key) => key.as_deref(),
            Position::Page(_) => None,
        }
    }

    /// The value of one of the other parameters.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.rest.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The page, with its links. `count` if the whole list was counted.
    pub fn answer(&self, list: &Url, items: Vec<Item>, count: Option<i64>) -> Response {
        let mut links = Map::new();
        let mut link =
            |rel: &str, url: Url| links.insert(rel.into(), json!({"href": url.as_str()}));
        let is_full = i64::try_from(items.len()).is_ok_and(|length| length == self.limit);
        match &self.position {
            Position::Page(page) => {
                link("self", self.page_link(list, *page));
                link("first", self.page_link(list, 1));
                if *page > 1 {
                    link("previous", self.page_link(list, page - 1));
                }
                if is_full {
                    link("next", self.page_link(list, page + 1));
                }
            }
            Position::After(key) => {
                link("self", self.after_link(list, key.as_deref()));
                link("first", self.after_link(list, None));
                if let Some(last) = items.last().filter(|_| is_full) {
                    link("next", self.after_link(list, Some(&last.key)));
                }
            }
        }
        let items: Vec<Value> = items.into_iter().map(Item::into_value).collect();
        let mut page = Map::from_iter([
            ("_links".to_owned(), Value::Object(links)),
            ("_embedded".to_owned(), json!({"items": items})),
        ]);
        if let Position::Page(number) = self.position {
            page.insert("current_page".into(), number.into());
        }
        if let Some(count) = count {
            page.insert("items_count".into(), count.into());
        }
        web::Json(page).into_response()
    }

    fn page_link(&self, list: &Url, page: i64) -> Url {
        let mut url = list.clone();
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("page", &page.to_string());
        pairs.append_pair("with_count", if self.with_count { "true" } else { "false" });
        if self.tells_type {
            pairs.append_pair("pagination_type", "page");
        }
        pairs.append_pair("limit", &self.limit.to_string());
        pairs.extend_pairs(&self.rest);
        drop(pairs);
        url
    }

    fn after_link(&self, list: &Url, key: Option<&str>) -> Url {
        let mut url = list.clone();
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("with_count", "false").append_pair("pagination_type", "search_after");
        if let Some(key) = key {
            pairs.append_pair("search_after", key);
        }
        pairs.append_pair("limit", &self.limit.to_string());
        pairs.extend_pairs(&self.rest);
        drop(pairs);
        url
    }
}

impl Item {
    fn into_value(mut self) -> Value {
        let links = self.body.entry("_links").or_insert_with(|| json!({}));
        links["self"] = json!({"href": self.link.as_str()});
        Value::Object(self.body)
    }
}

fn read_page(text: Option<&str>) -> Result<i64> {
    let Some(text) = text else { return Ok(1) };
    text.parse()
        .ok()
        .filter(|page| *page >= 1)
        .ok_or_else(|| Refusal::unprocessable(format!("\"{text}\" is not a valid page number.")))
}

fn read_limit(text: Option<&str>) -> Result<i64> {
    let Some(text) = text else { return Ok(DEFAULT_LIMIT) };
    let limit: i64 = text.parse().ok().filter(|limit| *limit >= 1).ok_or_else(|| {
        Refusal::unprocessable(format!("\"{text}\" is not a valid limit number."))
    })?;
    if limit > MAX_LIMIT {
        return Err(Refusal::unprocessable("You cannot request more than 100 items."));
    }
    Ok(limit)
}

/// Some clients write booleans as `1` and nothing.
fn read_with_count(text: Option<&str>) -> Result<bool> {
    match text {
        Some("true" | "1") => Ok(true),
        None | Some("false" | "0" | "") => Ok(false),
        Some(other) => Err(Refusal::unprocessable(format!(
            "Parameter \"with_count\" has to be a boolean. Only \"true\" or \"false\" allowed, \"{other}\" given."
        ))),
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HalPage)]
pub struct HalPage {
    /// `self`, `first`, `previous` (from page 2), `next` (if the page is full), each `{href}`.
    _links: Value,
    /// Number of the page; absent with cursors.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_page: Option<i64>,
    /// Items of the whole list, with `with_count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    items_count: Option<i64>,
    /// `{"items": […]}`, each with its `_links.self`.
    _embedded: Value,
}

/// Query parameters of every list.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the parameters are read in the order sent")]
pub struct ListParameters {
    /// Number of the page, from 1.
    #[param(minimum = 1, default = 1)]
    page: Option<i64>,
    /// Items per page.
    #[param(minimum = 1, maximum = 100, default = 10)]
    limit: Option<i64>,
    /// Whether to count the whole list.
    #[param(default = false)]
    with_count: Option<bool>,
    /// `page` or `search_after`.
    #[param(default = "page")]
    pagination_type: Option<String>,
    /// Opaque cursor, from the link `next`.
    search_after: Option<String>,
    /// Filters as JSON: `{"code":[{"operator":"IN","value":["a"]}]}`.
    search: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<PageRequest> {
        let pairs: Vec<_> = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        PageRequest::read_large(&pairs)
    }

    fn message(query: &[(&str, &str)]) -> String {
        read(query).unwrap_err().members()["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn bad_parameters_are_refused_in_words() {
        assert_eq!(message(&[("page", "string")]), "\"string\" is not a valid page number.");
        assert_eq!(message(&[("limit", "x")]), "\"x\" is not a valid limit number.");
        assert_eq!(message(&[("limit", "101")]), "You cannot request more than 100 items.");
        assert_eq!(message(&[("pagination_type", "x")]), "Pagination type does not exist.");
        assert_eq!(
            message(&[("with_count", "x")]),
            "Parameter \"with_count\" has to be a boolean. Only \"true\" or \"false\" allowed, \"x\" given."
        );
    }

    #[test]
    fn pages_end_at_ten_thousand_rows() {
        assert!(read(&[("page", "100"), ("limit", "100")]).is_ok());
        assert!(message(&[("page", "101"), ("limit", "100")]).starts_with("You have reached"));
    }

    #[test]
    fn links_keep_every_parameter() {
        let request = read(&[("scope", "web"), ("limit", "5"), ("page", "2")]).unwrap();
        let list = Url::parse("http://pim.example/api/rest/v1/products").unwrap();
        assert_eq!(
            request.page_link(&list, 3).as_str(),
            "http://pim.example/api/rest/v1/products?page=3&with_count=false&pagination_type=page&limit=5&scope=web"
        );
    }
}
