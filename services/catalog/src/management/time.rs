//! How moments look in the management API: `2024-05-01T08:00:00+00:00`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serializer;

/// Writes a moment in UTC, to the second.
pub fn format(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// The same, for serde.
pub fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(time))
}
