use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// Which page of a list: query parameters of every list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items per page, 1 to 100; 20 if absent.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<Cursor>,
}

impl PageQuery {
    /// The number of items asked for; 422 if it is not within 1 and 100.
    pub fn limit(&self) -> Result<i64> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=MAX_LIMIT => Ok(i64::from(limit)),
            _ => Err(Problem::invalid_parameter(
                "limit",
                "out_of_range",
                format!("must be within 1 and {MAX_LIMIT}"),
            )),
        }
    }

    /// The position after which the page begins; 422 if the cursor is not ours.
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        self.cursor.as_ref().map(Cursor::decode).transpose()
    }
}

/// An opaque position in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Cursor(String);

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.0
    }
}

impl Cursor {
    /// Packs the sort key of the last item.
    pub fn encode<T: Serialize>(position: &T) -> Self {
        let json = serde_json::to_vec(position).expect("a sort key is plain data");
        Self(BASE64_URL_SAFE_NO_PAD.encode(json))
    }

    /// Unpacks the sort key; 422 if the text is not a cursor of this list.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        BASE64_URL_SAFE_NO_PAD
            .decode(&self.0)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .ok_or_else(|| {
                Problem::invalid_parameter(
                    "cursor",
                    "invalid_cursor",
                    "is not a cursor of this list",
                )
            })
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Give it as `cursor` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
    /// Number of items in the whole list, only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// A page from rows fetched with `limit + 1`: the extra row shows that there is a next page.
    pub fn from_rows<P: Serialize>(
        mut rows: Vec<T>,
        limit: i64,
        position: impl FnOnce(&T) -> P,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor =
            rows.last().filter(|_| has_more).map(|last| Cursor::encode(&position(last)));
        Self { items: rows, next_cursor, total: None }
    }

    /// The same page of something made from each item.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(make).collect(),
            next_cursor: self.next_cursor,
            total: self.total,
        }
    }
}
