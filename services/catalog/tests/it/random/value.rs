use fastrand::Rng;
use serde_json::{Value, json};

/// Sorts of attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    TextArea,
    Select,
    MultiSelect,
    Boolean,
    Date,
    Integer,
    Decimal,
    Volume,
    Temperature,
    Price,
    File,
    Image,
    Record,
    Records,
    Assets,
}

/// Few, so that conditions hit; with what SQL, patterns and JSON could take for their own.
pub(crate) const TEXTS: [&str; 8] =
    ["Acme", "acme corp", "ACME", "Big \"A\"", "100%_\\", "O'Hara", "ÄÖü x", "äöÜ"];
pub(crate) const OPTIONS: [&str; 4] = ["red", "blue", "green", "10"];
pub(crate) const RECORDS: [&str; 3] = ["flos", "kartell", "vitra"];
pub(crate) const FILES: [&str; 3] = ["Blue Mug.png", "blue.png", "100%.png"];
const DATES: [&str; 4] = ["2024-02-29", "2024-03-01", "1999-12-31", "2031-07-01"];
const CURRENCIES: [&str; 2] = ["EUR", "USD"];
const VOLUMES: [&str; 4] = ["MILLILITER", "CENTILITER", "LITER", "CUBIC_METER"];
const TEMPERATURES: [&str; 3] = ["KELVIN", "CELSIUS", "FAHRENHEIT"];

impl Kind {
    pub(crate) const ALL: [Self; 16] = [
        Self::Text,
        Self::TextArea,
        Self::Select,
        Self::MultiSelect,
        Self::Boolean,
        Self::Date,
        Self::Integer,
        Self::Decimal,
        Self::Volume,
        Self::Temperature,
        Self::Price,
        Self::File,
        Self::Image,
        Self::Record,
        Self::Records,
        Self::Assets,
    ];

    /// How an attribute of this sort is made.
    pub(crate) fn definition(self) -> Value {
        match self {
            Self::Text => json!({"type": "pim_catalog_text"}),
            Self::TextArea => json!({"type": "pim_catalog_textarea"}),
            Self::Select => json!({"type": "pim_catalog_simpleselect"}),
            Self::MultiSelect => json!({"type": "pim_catalog_multiselect"}),
            Self::Boolean => json!({"type": "pim_catalog_boolean"}),
            Self::Date => json!({"type": "pim_catalog_date"}),
            Self::Integer => {
                json!({"type": "pim_catalog_number", "decimals_allowed": false, "negative_allowed": true})
            }
            Self::Decimal => {
                json!({"type": "pim_catalog_number", "decimals_allowed": true, "negative_allowed": true})
            }
            Self::Volume => {
                json!({"type": "pim_catalog_metric", "metric_family": "Volume", "default_metric_unit": "LITER", "decimals_allowed": true, "negative_allowed": false})
            }
            Self::Temperature => {
                json!({"type": "pim_catalog_metric", "metric_family": "Temperature", "default_metric_unit": "KELVIN", "decimals_allowed": true, "negative_allowed": true})
            }
            Self::Price => {
                json!({"type": "pim_catalog_price_collection", "decimals_allowed": true})
            }
            Self::File => json!({"type": "pim_catalog_file"}),
            Self::Image => json!({"type": "pim_catalog_image"}),
            Self::Record => {
                json!({"type": "akeneo_reference_entity", "reference_data_name": "maker"})
            }
            Self::Records => {
                json!({"type": "akeneo_reference_entity_collection", "reference_data_name": "maker"})
            }
            Self::Assets => {
                json!({"type": "pim_catalog_asset_collection", "reference_data_name": "photos"})
            }
        }
    }

    pub(crate) fn operators(self) -> &'static [&'static str] {
        const TEXT: &[&str] = &[
            "STARTS WITH",
            "CONTAINS",
            "DOES NOT CONTAIN",
            "=",
            "!=",
            "IN",
            "NOT IN",
            "EMPTY",
            "NOT EMPTY",
        ];
        const FILE: &[&str] =
            &["STARTS WITH", "CONTAINS", "DOES NOT CONTAIN", "=", "!=", "EMPTY", "NOT EMPTY"];
        const NUMBER: &[&str] = &["<", "<=", "=", "!=", ">=", ">", "EMPTY", "NOT EMPTY"];
        match self {
            Self::Text | Self::TextArea => TEXT,
            Self::File | Self::Image => FILE,
            Self::Select | Self::MultiSelect | Self::Record | Self::Records | Self::Assets => {
                &["IN", "NOT IN", "EMPTY", "NOT EMPTY"]
            }
            Self::Boolean => &["=", "!=", "EMPTY", "NOT EMPTY"],
            Self::Date => &["<", "=", "!=", ">", "BETWEEN", "NOT BETWEEN", "EMPTY", "NOT EMPTY"],
            Self::Integer | Self::Decimal | Self::Volume | Self::Temperature | Self::Price => {
                NUMBER
            }
        }
    }

    /// A value; `files` are the codes of the uploaded files.
    pub(crate) fn draw(self, files: &[String], random: &mut Rng) -> Value {
        match self {
            Self::Text | Self::TextArea => json!(random.choice(TEXTS)),
            Self::Select => json!(random.choice(OPTIONS)),
            Self::MultiSelect => some_of(&OPTIONS, random),
            Self::Boolean => json!(random.bool()),
            Self::Date => json!(random.choice(DATES)),
            Self::Integer => json!(random.i32(-3..4)),
            Self::Decimal => json!(random.choice(["-2.25", "0", "0.5", "0.50", "3"])),
            Self::Volume => {
                json!({"amount": random.choice(["0.5", "50", "500", "5000"]), "unit": random.choice(VOLUMES)})
            }
            Self::Temperature => {
                json!({"amount": random.choice(["-40", "1", "32", "100"]), "unit": random.choice(TEMPERATURES)})
            }
            Self::Price => {
                let chosen = some_of(&CURRENCIES, random);
                let price = |currency| json!({"amount": random.choice(["5", "10", "10.50"]), "currency": currency});
                chosen.as_array().unwrap().iter().map(price).collect()
            }
            Self::File | Self::Image => json!(random.choice(files)),
            Self::Record => json!(random.choice(RECORDS)),
            Self::Records | Self::Assets => some_of(&RECORDS, random),
        }
    }

    /// What a condition with this operator compares with.
    pub(crate) fn draw_operand(self, operator: &str, random: &mut Rng) -> Value {
        match (operator, self) {
            ("EMPTY" | "NOT EMPTY", _) => Value::Null,
            ("BETWEEN" | "NOT BETWEEN", _) => {
                json!([self.draw(&[], random), self.draw(&[], random)])
            }
            ("IN" | "NOT IN", Self::Text | Self::TextArea) => some_of(&TEXTS, random),
            ("IN" | "NOT IN", Self::Select | Self::MultiSelect) => some_of(&OPTIONS, random),
            ("IN" | "NOT IN", _) => some_of(&RECORDS, random),
            (_, Self::Price) => {
                json!({"amount": random.choice(["5", "10.00", "10.5"]), "currency": random.choice(CURRENCIES)})
            }
            (_, Self::File | Self::Image) => draw_text(operator, &FILES, random),
            (_, Self::Text | Self::TextArea) => draw_text(operator, &TEXTS, random),
            _ => self.draw(&[], random),
        }
    }
}

/// A text, or a part of one.
pub(crate) fn draw_text(operator: &str, texts: &[&str], random: &mut Rng) -> Value {
    let text = random.choice(texts).unwrap();
    let letters: Vec<char> = text.chars().collect();
    let (from, to) = match operator {
        "STARTS WITH" => (0, random.usize(1..=letters.len())),
        "CONTAINS" | "DOES NOT CONTAIN" => {
            let from = random.usize(..letters.len());
            (from, random.usize(from + 1..=letters.len()))
        }
        _ => (0, letters.len()),
    };
    let text: String = letters[from..to].iter().collect();
    json!(if operator.contains('=') || random.bool() { text } else { text.to_lowercase() })
}

/// One or more of them.
pub(crate) fn some_of(texts: &[&str], random: &mut Rng) -> Value {
    let count = random.usize(1..=texts.len());
    json!(random.choose_multiple(texts.iter(), count))
}
