//! What cells hold: texts, numbers, truth, lists.

use serde_json::Value;

/// A cell as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Cell {
    /// Nothing.
    Empty,
    /// A text, whatever it looks like.
    Text(String),
    /// A number, in decimal notation, and decimal places that it has at least when it is read again.
    Number(String, u32),
}

impl Cell {
    /// The cell of a plain datum of a body: lists are joined.
    pub(super) fn of(data: &Value) -> Self {
        match data {
            Value::Null | Value::Object(_) => Self::Empty,
            Value::Bool(is_so) => Self::Number(u8::from(*is_so).to_string(), 0),
            Value::Number(number) => Self::Number(number.to_string(), 0),
            Value::String(text) => Self::of_text(text),
            Value::Array(items) => Self::of_list(items.iter().filter_map(Value::as_str)),
        }
    }

    pub(super) fn of_text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// Amounts come as texts or numbers.
    pub(super) fn of_amount(data: Option<&Value>, places: u32) -> Self {
        match data {
            Some(Value::String(text)) => Self::Number(text.clone(), places),
            Some(Value::Number(number)) => Self::Number(number.to_string(), 0),
            _ => Self::Empty,
        }
    }

    /// Items separated by commas. One that holds a comma or a quote is quoted, as in CSV.
    pub(super) fn of_list<'a>(items: impl IntoIterator<Item = &'a str>) -> Self {
        let quote = |item: &str| match item.contains([',', '"']) {
            true => format!("\"{}\"", item.replace('"', "\"\"")),
            false => item.to_owned(),
        };
        Self::of_text(&items.into_iter().map(quote).collect::<Vec<_>>().join(","))
    }
}

/// The items of a cell.
pub(super) fn split_list(cell: &str) -> Vec<String> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(::csv::Trim::All)
        .from_reader(cell.as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// `1`, `0`, `true` or `false`.
pub(super) fn read_boolean(cell: &str) -> Option<bool> {
    match cell.trim().to_ascii_lowercase().as_str() {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_list_is_read_as_it_was_written(
            items in prop::collection::vec("[a-z,\"; ]{0,3}[a-z]", 1..5)
        ) {
            let items: Vec<String> = items.iter().map(|item| item.trim().to_owned()).collect();
            let Cell::Text(cell) = Cell::of_list(items.iter().map(String::as_str)) else {
                panic!("a list is a text")
            };
            prop_assert_eq!(split_list(&cell), items);
        }
    }

    #[test]
    fn spaces_and_empty_items_of_a_list_do_not_count() {
        assert_eq!(split_list(" a, b ,,c"), ["a", "b", "c"]);
        assert!(split_list("").is_empty());
    }
}
