//! How pages are named.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::management::error::{Refusal, Result};

/// What a page is, and the name of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum PageKind {
    Product,
    Model,
}

impl PageKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Model => "product_model",
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        if text == Self::Product.as_str() { Self::Product } else { Self::Model }
    }
}

/// A product or a model as clients name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A product by its id.
    Id(Uuid),
    /// A product by its sku.
    Identifier(String),
    /// A model.
    Model(String),
}

impl Key {
    /// As an address names it: `/{resource}/{code}/publication`.
    pub(super) fn of_path(resource: &str, code: &str) -> Result<Self> {
        match resource {
            "products-uuid" => Uuid::parse_str(code).map(Self::Id).map_err(|_| missing(code)),
            "products" => Ok(Self::Identifier(code.to_owned())),
            "product-models" => Ok(Self::Model(code.to_owned())),
            other => Err(Refusal::not_found(format!("There is no publication of \"{other}\"."))),
        }
    }

    /// As a line of a bulk body names it: by `uuid`, `identifier` or `code`. The first that is there
    /// counts.
    pub(super) fn of_line(body: &Map<String, Value>) -> Result<Self> {
        let given = |name: &str| body.get(name).filter(|value| !value.is_null());
        let named =
            ["uuid", "identifier", "code"].iter().find_map(|name| Some((*name, given(name)?)));
        let Some((name, value)) = named else {
            return Err(Refusal::unprocessable("Uuid, identifier or code is missing."));
        };
        let Some(text) = value.as_str() else {
            return Err(Refusal::unprocessable(format!("{name} must be of type string.")));
        };
        match name {
            "uuid" => Uuid::parse_str(text).map(Self::Id).map_err(|_| missing(text)),
            "identifier" => Ok(Self::Identifier(text.to_owned())),
            _ => Ok(Self::Model(text.to_owned())),
        }
    }

    /// 404 for this key.
    pub(super) fn missing(&self) -> Refusal {
        match self {
            Self::Id(id) => missing(&id.to_string()),
            Self::Identifier(identifier) => missing(identifier),
            Self::Model(code) => {
                Refusal::not_found(format!("Product model \"{code}\" does not exist."))
            }
        }
    }
}

fn missing(product: &str) -> Refusal {
    Refusal::not_found(format!("Product \"{product}\" does not exist."))
}
