/// Values of the field `condition`, the usual one first.
pub(crate) const CONDITIONS: [&str; 3] = ["new", "refurbished", "used"];
/// Values of the field `availability`, the usual one first.
pub(super) const AVAILABILITIES: [&str; 4] = ["in_stock", "out_of_stock", "preorder", "backorder"];
/// Values of the field `gender`.
pub(super) const GENDERS: [&str; 3] = ["male", "female", "unisex"];
/// Values of the field `age_group`.
pub(super) const AGE_GROUPS: [&str; 5] = ["newborn", "infant", "toddler", "kids", "adult"];

/// A field that an attribute fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Title,
    Description,
    Brand,
    Gtin,
    Mpn,
    Color,
    Size,
    Material,
    Pattern,
    Gender,
    AgeGroup,
    Condition,
    Availability,
    /// What is asked for beside special offers. Where it is above the price, it is told as `price`, and the
    /// price as `sale_price`.
    ListPrice,
    ShippingWeight,
}

impl Field {
    pub(super) const ALL: [Self; 15] = [
        Self::Title,
        Self::Description,
        Self::Brand,
        Self::Gtin,
        Self::Mpn,
        Self::Color,
        Self::Size,
        Self::Material,
        Self::Pattern,
        Self::Gender,
        Self::AgeGroup,
        Self::Condition,
        Self::Availability,
        Self::ListPrice,
        Self::ShippingWeight,
    ];

    /// As Google's product data specification calls it, where it has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Brand => "brand",
            Self::Gtin => "gtin",
            Self::Mpn => "mpn",
            Self::Color => "color",
            Self::Size => "size",
            Self::Material => "material",
            Self::Pattern => "pattern",
            Self::Gender => "gender",
            Self::AgeGroup => "age_group",
            Self::Condition => "condition",
            Self::Availability => "availability",
            Self::ListPrice => "list_price",
            Self::ShippingWeight => "shipping_weight",
        }
    }

    /// Reads [`as_str`](Self::as_str).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == text)
    }

    /// Codes of the attributes that fill it where staff name none; the first with a value does.
    pub(super) fn usual_attributes(self) -> &'static [&'static str] {
        match self {
            Self::Title | Self::Description => &[],
            Self::Brand => &["brand", "manufacturer"],
            Self::Gtin => &["gtin", "ean", "upc", "isbn"],
            Self::Mpn => &["mpn", "manufacturer_part_number", "part_number"],
            Self::Color => &["color", "colour"],
            Self::Size => &["size"],
            Self::Material => &["material", "materials"],
            Self::Pattern => &["pattern"],
            Self::Gender => &["gender"],
            Self::AgeGroup => &["age_group"],
            Self::Condition => &["condition"],
            Self::Availability => &["availability"],
            Self::ListPrice => &["list_price"],
            Self::ShippingWeight => &["shipping_weight", "weight"],
        }
    }

    /// Whether attributes of a type, in the words of the management API, can fill it.
    pub(crate) fn takes(self, attribute_type: &str) -> bool {
        match self {
            Self::ListPrice => attribute_type == "pim_catalog_price_collection",
            Self::ShippingWeight => attribute_type == "pim_catalog_metric",
            _ => ![
                "pim_catalog_price_collection",
                "pim_catalog_image",
                "pim_catalog_file",
                "pim_catalog_asset_collection",
                "pim_catalog_table",
            ]
            .contains(&attribute_type),
        }
    }

    /// The most characters it holds.
    pub(super) fn max_characters(self) -> usize {
        match self {
            Self::Title => 150,
            Self::Description => 5_000,
            Self::Brand | Self::Mpn => 70,
            Self::Material => 200,
            _ => 100,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_by_its_name() {
        for field in Field::ALL {
            assert_eq!(Field::parse(field.as_str()), Some(field));
        }
        assert_eq!(Field::parse("price"), None);
    }
}
