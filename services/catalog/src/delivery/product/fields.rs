//! The `fields` parameter: which members of a document are answered.

use bytes::Bytes;
use problem::{Problem, Result};
use serde_json::value::RawValue;

/// Members of a card.
const CARD: &[&str] = &[
    "id",
    "sku",
    "slug",
    "name",
    "price",
    "price_range",
    "image",
    "brand",
    "category_path",
    "variant_count",
    "updated",
];
/// Members that only the page has.
const DETAIL: &[&str] = &[
    "description",
    "images",
    "attributes",
    "options",
    "variants",
    "categories",
    "associations",
    "seo",
    "completeness",
    "tax_class",
    "created",
];

/// Chosen members; the id is always one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::delivery) struct Fields(Vec<String>);

impl Fields {
    /// Reads `id,name,…`; 422 if there is no such member.
    pub(in crate::delivery) fn parse(text: &str) -> Result<Self> {
        let mut fields = vec!["id".to_owned()];
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if !CARD.contains(&name) && !DETAIL.contains(&name) {
                let detail = format!("there is no field {name}");
                return Err(Problem::invalid_parameter("fields", "unknown_field", detail));
            }
            if !fields.iter().any(|known| known == name) {
                fields.push(name.to_owned());
            }
        }
        Ok(Self(fields))
    }

    /// Those of a card.
    pub(super) fn card() -> Self {
        Self(CARD.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Whether the card has all of them.
    pub(super) fn is_card_enough(&self) -> bool {
        self.0.iter().all(|field| CARD.contains(&field.as_str()))
    }

    /// The chosen members of a document, in the order asked for.
    pub(in crate::delivery) fn pick(&self, document: &[u8]) -> Result<Bytes> {
        let members: std::collections::HashMap<&str, &RawValue> =
            serde_json::from_slice(document).map_err(Problem::internal)?;
        let mut picked = Vec::from(b"{");
        for field in &self.0 {
            let Some(value) = members.get(field.as_str()) else { continue };
            if picked.len() > 1 {
                picked.push(b',');
            }
            picked.extend_from_slice(format!("\"{field}\":{value}").as_bytes());
        }
        picked.push(b'}');
        Ok(picked.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_members_are_copied_as_they_are() {
        let fields = Fields::parse("name, price").unwrap();
        let picked = fields.pick(br#"{"id":"1","price":{"amount":5},"name":"Mug","x":1}"#).unwrap();
        assert_eq!(picked, r#"{"id":"1","name":"Mug","price":{"amount":5}}"#);
        assert!(fields.is_card_enough());
        assert!(!Fields::parse("attributes").unwrap().is_card_enough());
        assert!(Fields::parse("nonsense").is_err());
    }
}
