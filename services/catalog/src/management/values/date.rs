use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::data::Reading;

pub(super) fn read(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let Some(text) = data.as_str() else { return reading.expects("a string", data) };
    let code = &reading.attribute.code;
    let Some(date) = read_date(text) else {
        reading.report.format(
            "values",
            format!("Property \"{code}\" expects a string with the format \"yyyy-mm-dd\" as data, \"{text}\" given."),
        );
        return None;
    };
    let limit = |text: &Option<String>| text.as_deref().and_then(read_date);
    let properties = &reading.attribute.properties;
    if let Some(min) = limit(&properties.date_min).filter(|min| date < *min) {
        return reading.refuse(format!(
            "The {code} attribute requires a date that should be {min} or after."
        ));
    }
    if let Some(max) = limit(&properties.date_max).filter(|max| date > *max) {
        return reading.refuse(format!(
            "The {code} attribute requires a date that should be {max} or before."
        ));
    }
    Some(Some(format!("{date}T00:00:00+00:00").into()))
}

/// A day: `2016-06-13`, or a moment whose day, as written, is meant.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let moment = DateTime::parse_from_rfc3339(text).map(|time| time.date_naive());
    moment.or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_one_that_is_written() {
        let day = NaiveDate::from_ymd_opt(2016, 6, 13);
        assert_eq!(read_date("2016-06-13"), day);
        assert_eq!(read_date("2016-06-13T00:00:00+02:00"), day);
        assert_eq!(read_date("13.06.2016"), None);
    }
}
