//! How moments look in the management API: `2024-05-01T08:00:00+00:00`.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde::Serializer;

/// Writes a moment in UTC, to the second.
pub fn format(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// Reads a moment: ISO 8601, or `YYYY-MM-DD hh:mm:ss` in UTC.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let with_zone = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let without = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S");
    with_zone.or_else(|_| without().map(|time| time.and_utc())).ok()
}

/// Writes it, for serde.
pub fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(time))
}
