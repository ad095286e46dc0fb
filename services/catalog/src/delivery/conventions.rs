//! Which attributes mean something to a shop: agreed by name, because a PIM lets its staff name them.

/// Codes of the attributes that the documents give a place of their own. A catalog that lacks one
/// simply has pages without it.
#[derive(Debug)]
pub(crate) struct Conventions {
    /// Name, where the family names no label attribute or it is empty.
    pub name: &'static str,
    /// Long text.
    pub description: &'static str,
    /// Brand: a select or a text.
    pub brand: &'static str,
    /// Price: a price collection.
    pub price: &'static str,
    /// Tax class: a text or a select, whose code is taken.
    pub tax_class: &'static str,
    /// Title for search engines, instead of name and brand.
    pub meta_title: &'static str,
    /// Description for search engines, instead of the beginning of the description.
    pub meta_description: &'static str,
    /// Words in codes of text attributes whose values are looked up like an sku: whole or from their
    /// beginning, whatever separators are typed.
    pub identifiers: &'static [&'static str],
}

/// The conventions of this installation.
pub(crate) const CONVENTIONS: Conventions = Conventions {
    name: "name",
    description: "description",
    brand: "brand",
    price: "price",
    tax_class: "tax_class",
    meta_title: "meta_title",
    meta_description: "meta_description",
    identifiers: &["ean", "gtin", "upc", "isbn", "mpn", "part_number", "model_number", "sku"],
};

impl Conventions {
    /// Whether a text attribute of this code holds part numbers or the like: `ean`, `ean_codes`,
    /// `manufacturer_part_number`.
    pub(crate) fn is_identifier(&self, attribute: &str) -> bool {
        let padded = format!("_{attribute}_");
        self.identifiers.iter().any(|word| {
            padded.contains(&format!("_{word}_")) || padded.contains(&format!("_{word}s_"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_numbers_are_recognised_by_the_code_of_their_attribute() {
        for code in ["ean", "eans", "manufacturer_part_number", "gtin_13"] {
            assert!(CONVENTIONS.is_identifier(code), "{code}");
        }
        for code in ["oceanic", "name", "part"] {
            assert!(!CONVENTIONS.is_identifier(code), "{code}");
        }
    }
}
