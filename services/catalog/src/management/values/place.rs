use serde_json::{Map, Value};

use crate::management::{
    attribute::Attribute,
    lookup::Lookup,
    report::{Place, Report},
};

/// Where a value stands: a locale iff the attribute is localizable, a channel iff it is scopable.
pub(super) fn read_place(
    attribute: &Attribute,
    entry: &Map<String, Value>,
    lookup: &Lookup,
    report: &mut Report,
) -> Option<Place> {
    let code = &attribute.code;
    let locale = read_code(attribute, entry, "locale", report)?;
    let scope = read_code(attribute, entry, "scope", report)?;
    let mut refuse = |rule: String| {
        report.format("values", format!("Attribute \"{code}\" {rule}"));
        None
    };
    match (attribute.localizable, &locale) {
        (true, None) => return refuse("expects a locale, none given.".into()),
        (false, Some(locale)) => {
            return refuse(format!("does not expect a locale, \"{locale}\" given."));
        }
        _ => {}
    }
    match (attribute.scopable, &scope) {
        (true, None) => return refuse("expects a scope, none given.".into()),
        (false, Some(scope)) => {
            return refuse(format!("does not expect a scope, \"{scope}\" given."));
        }
        _ => {}
    }
    if let Some(locale) = locale.as_ref().filter(|locale| !lookup.is_active_locale(locale)) {
        return refuse(format!("expects an existing and activated locale, \"{locale}\" given."));
    }
    if let Some(scope) = &scope {
        let Some(channel) = lookup.channel(scope) else {
            return refuse(format!("expects an existing scope, \"{scope}\" given."));
        };
        if let Some(locale) = locale.as_ref().filter(|locale| !channel.locales.contains(*locale)) {
            return refuse(format!(
                "expects a locale that is activated for the scope \"{scope}\", \"{locale}\" given."
            ));
        }
    }
    let available = &attribute.available_locales;
    if let Some(locale) = &locale
        && !available.is_empty()
        && !available.contains(locale)
    {
        return refuse(format!(
            "is specific to the locales \"{}\", \"{locale}\" given.",
            available.join(", ")
        ));
    }
    Some(Place { attribute: code.clone(), locale, scope })
}

fn read_code(
    attribute: &Attribute,
    entry: &Map<String, Value>,
    key: &str,
    report: &mut Report,
) -> Option<Option<String>> {
    match entry.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(code)) => Some(Some(code.clone())),
        Some(_) => {
            let code = &attribute.code;
            report.format(
                "values",
                format!("Property \"{code}\" expects an array with a string as \"{key}\"."),
            );
            None
        }
    }
}
