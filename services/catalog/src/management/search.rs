//! The `search` parameter: conditions on properties, all of which must hold.

use serde_json::{Map, Value};

use super::{
    error::{Refusal, Result},
    fields::type_name,
};

/// Conditions of one search.
const MAX_CONDITIONS: usize = 100;
/// Values of one list operand.
pub const MAX_OPERANDS: usize = 800;

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Property or attribute.
    pub property: String,
    /// Operator, e.g. `IN`.
    pub operator: String,
    /// Operand; null if absent.
    pub value: Value,
    /// Locale of the value.
    pub locale: Option<String>,
    /// Channel of the value.
    pub scope: Option<String>,
    /// Locales of a completeness condition.
    pub locales: Vec<String>,
}

/// Reads the parameter; `locale` and `scope` are the defaults of conditions that name none.
pub fn read_search(
    text: Option<&str>,
    locale: Option<&str>,
    scope: Option<&str>,
) -> Result<Vec<Condition>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Vec::new()) };
    let invalid = || Refusal::bad_request("Search query parameter should be valid JSON.");
    let search: Map<String, Value> = match serde_json::from_str(text).map_err(|_| invalid())? {
        Value::Object(search) => search,
        Value::Array(items) if items.is_empty() => Map::new(),
        _ => return Err(invalid()),
    };
    let mut conditions = Vec::new();
    for (property, list) in &search {
        let list = list.as_array().ok_or_else(|| bad_structure(property))?;
        for condition in list {
            let condition = condition.as_object().ok_or_else(|| bad_structure(property))?;
            conditions.push(read_condition(property, condition, locale, scope)?);
        }
    }
    if conditions.len() > MAX_CONDITIONS {
        return Err(Refusal::unprocessable(format!(
            "You cannot use more than {MAX_CONDITIONS} conditions."
        )));
    }
    Ok(conditions)
}

fn read_condition(
    property: &str,
    condition: &Map<String, Value>,
    locale: Option<&str>,
    scope: Option<&str>,
) -> Result<Condition> {
    let operator = match condition.get("operator") {
        Some(Value::String(operator)) => operator.clone(),
        None | Some(Value::Null) => {
            return Err(Refusal::unprocessable(format!(
                "Operator is missing for the property \"{property}\"."
            )));
        }
        Some(other) => {
            let given = type_name(other);
            return Err(Refusal::unprocessable(format!(
                "Operator has to be a string, \"{given}\" given."
            )));
        }
    };
    let text = |name: &str, default: Option<&str>| {
        condition.get(name).and_then(Value::as_str).or(default).map(str::to_owned)
    };
    let locales = condition.get("locales").and_then(Value::as_array);
    let locales = locales.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    Ok(Condition {
        property: property.to_owned(),
        operator,
        value: condition.get("value").cloned().unwrap_or_default(),
        locale: text("locale", locale),
        scope: text("scope", scope),
        locales: locales.collect(),
    })
}

impl Condition {
    /// The operand as a list of texts.
    pub fn texts(&self) -> Result<Vec<String>> {
        let items = self.value.as_array().ok_or_else(|| self.expects("an array"))?;
        if items.len() > MAX_OPERANDS {
            return Err(Refusal::unprocessable(format!(
                "Filter on property \"{}\" accepts at most {MAX_OPERANDS} values.",
                self.property
            )));
        }
        items
            .iter()
            .map(|item| {
                item.as_str().map(str::to_owned).ok_or_else(|| self.expects("an array of strings"))
            })
            .collect()
    }

    /// The operand as a text.
    pub fn text(&self) -> Result<&str> {
        self.value.as_str().ok_or_else(|| self.expects("a string"))
    }

    /// The operand as true or false.
    pub fn boolean(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.expects("a boolean"))
    }

    /// The operand is of a wrong type.
    pub fn expects(&self, expected: &str) -> Refusal {
        Refusal::unprocessable(format!(
            "Property \"{}\" expects {expected} as data, \"{}\" given.",
            self.property,
            type_name(&self.value)
        ))
    }

    /// The property cannot be filtered so.
    pub fn unsupported(&self) -> Refusal {
        Refusal::unprocessable(format!(
            "Filter on property \"{}\" is not supported or does not support operator \"{}\"",
            self.property, self.operator
        ))
    }
}

fn bad_structure(property: &str) -> Refusal {
    Refusal::unprocessable(format!(
        "Structure of filter \"{property}\" should respect this structure: \
         {{\"{property}\":[{{\"operator\": \"my_operator\", \"value\": \"my_value\"}}]}}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let refusal = read_search(Some(text), None, None).unwrap_err();
        refusal.members()["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_malformed_search_is_refused_in_words() {
        assert_eq!(message("{"), "Search query parameter should be valid JSON.");
        assert_eq!(
            message(r#"{"x":1}"#),
            "Structure of filter \"x\" should respect this structure: {\"x\":[{\"operator\": \"my_operator\", \"value\": \"my_value\"}]}"
        );
        assert_eq!(message(r#"{"x":[{}]}"#), "Operator is missing for the property \"x\".");
        assert_eq!(
            message(r#"{"x":[{"operator":[]}]}"#),
            "Operator has to be a string, \"array\" given."
        );
    }

    #[test]
    fn a_condition_takes_the_default_locale_and_scope() {
        let text = r#"{"name":[{"operator":"EMPTY"},{"operator":"EMPTY","locale":"de_DE"}]}"#;
        let conditions = read_search(Some(text), Some("en_US"), Some("web")).unwrap();
        assert_eq!(conditions[0].locale.as_deref(), Some("en_US"));
        assert_eq!(conditions[1].locale.as_deref(), Some("de_DE"));
        assert_eq!(conditions[1].scope.as_deref(), Some("web"));
    }
}
