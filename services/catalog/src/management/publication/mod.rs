//! Where product pages are published: in each channel a page is a draft or published, and may be due to
//! change at a moment.
//!
//! A page is a simple product or a root model; variants follow their root. What nobody has said
//! anything of is published everywhere.

mod act;
pub mod api;
mod history;
mod key;
mod save;
mod schedule;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub use schedule::{publish_due, publish_for_ever};

use super::{
    fields::{Fields, read_moment, type_name},
    report::Report,
};
use key::PageKind;

/// What clients read beside the channels, and keys of bulk lines.
const READ_ONLY: [&str; 5] = ["uuid", "identifier", "code", "follows", "_links"];

/// Whether shops see a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Draft,
    Published,
}

/// A page in one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Placement {
    state: Stage,
    publish_at: Option<DateTime<Utc>>,
    unpublish_at: Option<DateTime<Utc>>,
}

/// A page with what was said of its publication.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Page {
    /// None if the page is gone.
    id: Option<Uuid>,
    kind: PageKind,
    /// Id of a product, code of a model.
    code: String,
    version: i64,
    channels: BTreeMap<String, Placement>,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Published].into_iter().find(|stage| stage.as_str() == text)
    }
}

impl Default for Placement {
    fn default() -> Self {
        Self { state: Stage::Published, publish_at: None, unpublish_at: None }
    }
}

impl Placement {
    fn represent(&self) -> Value {
        json!({
            "state": self.state.as_str(),
            "publish_at": self.publish_at.as_ref().map(format),
            "unpublish_at": self.unpublish_at.as_ref().map(format),
        })
    }

    /// Takes over what is given; what was planned is dropped when the state changes.
    fn take_over(&mut self, path: &str, given: &Map<String, Value>, report: &mut Report) {
        if let Some(state) = given.get("state") {
            match state.as_str().and_then(Stage::parse) {
                Some(state) if state == self.state => {}
                Some(state) => *self = Self { state, publish_at: None, unpublish_at: None },
                None => {
                    let message = format!(
                        "Property \"{path}.state\" expects \"draft\" or \"published\", {state} given."
                    );
                    report.format(&format!("{path}.state"), message);
                }
            }
        }
        for (name, value) in given {
            let property = || format!("{path}.{name}");
            match name.as_str() {
                "state" => {}
                "publish_at" => read_moment(&property(), value, &mut self.publish_at, report),
                "unpublish_at" => read_moment(&property(), value, &mut self.unpublish_at, report),
                _ => {
                    let property = property();
                    report.format(&property, format!("Property \"{property}\" does not exist."));
                }
            }
        }
    }

    fn check(&self, path: &str, report: &mut Report) {
        match (self.state, self.publish_at, self.unpublish_at) {
            (Stage::Published, Some(_), _) => report.rule(
                &format!("{path}.publish_at"),
                "Only a draft can be published later: set the state to \"draft\".",
            ),
            (Stage::Draft, None, Some(_)) => report.rule(
                &format!("{path}.unpublish_at"),
                "A draft without \"publish_at\" is not published and cannot be unpublished.",
            ),
            (_, Some(from), Some(until)) if from >= until => report.rule(
                &format!("{path}.unpublish_at"),
                "\"unpublish_at\" must be later than \"publish_at\".",
            ),
            _ => {}
        }
    }

    /// What it is at this moment, when everything that is due has happened.
    fn at(&self, now: DateTime<Utc>) -> Self {
        let ahead = |moment: &DateTime<Utc>| *moment > now;
        match (self.state, self.publish_at) {
            (Stage::Draft, None) => self.clone(),
            (Stage::Draft, Some(from)) if from > now => self.clone(),
            _ => {
                let unpublish_at = self.unpublish_at.filter(ahead);
                let is_over = self.unpublish_at.is_some() && unpublish_at.is_none();
                let state = if is_over { Stage::Draft } else { Stage::Published };
                Self { state, publish_at: None, unpublish_at }
            }
        }
    }
}

impl Page {
    /// Every channel with its placement.
    fn represent(&self, known: &BTreeSet<String>) -> Value {
        known
            .iter()
            .map(|channel| {
                let placement = self.channels.get(channel).cloned().unwrap_or_default();
                (channel.clone(), placement.represent())
            })
            .collect::<Map<_, _>>()
            .into()
    }

    /// Takes over a body: channels that are not named stay as they are.
    fn take_over(
        &mut self,
        body: &Map<String, Value>,
        known: &BTreeSet<String>,
        report: &mut Report,
    ) {
        let mut fields = Fields::new(body, report);
        fields.ignore(&READ_ONLY);
        let given = fields.object("channels").unwrap_or_default();
        fields.finish();
        for (channel, value) in given {
            if !known.contains(&channel) {
                report.rule("channels", format!("The channel \"{channel}\" does not exist."));
                continue;
            }
            let path = format!("channels.{channel}");
            let placement = self.channels.entry(channel).or_default();
            match &value {
                Value::Null => *placement = Placement::default(),
                Value::Object(given) => placement.take_over(&path, given, report),
                other => {
                    let given = type_name(other);
                    let message = format!(
                        "Property \"{path}\" expects an object as data, \"{given}\" given."
                    );
                    report.format(&path, message);
                }
            }
            placement.check(&path, report);
        }
        self.forget_defaults();
    }

    /// A placement as if nothing were said is not told.
    fn forget_defaults(&mut self) {
        self.channels.retain(|_, placement| *placement != Placement::default());
    }
}

/// Nothing of a moment is cut off: what is read and written back is the same.
fn format(moment: &DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn moment(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn valid() -> impl Strategy<Value = Placement> {
        let hours = || proptest::option::of(0i64..10);
        let any = (any::<bool>(), hours(), hours()).prop_map(|(is_draft, from, until)| Placement {
            state: if is_draft { Stage::Draft } else { Stage::Published },
            publish_at: from.map(moment),
            unpublish_at: until.map(moment),
        });
        any.prop_filter("breaks a rule", |placement| {
            let mut report = Report::default();
            placement.check("channels.web", &mut report);
            report.is_empty()
        })
    }

    proptest! {
        #[test]
        fn time_leads_to_the_same_however_often_it_is_looked_at(
            placement in valid(), first in 0i64..12, then in 0i64..12,
        ) {
            let (first, then) = (moment(first.min(then)), moment(first.max(then)));
            prop_assert_eq!(placement.at(first).at(then), placement.at(then));
        }

        #[test]
        fn what_time_has_done_is_valid_and_not_due(placement in valid(), now in 0i64..12) {
            let now = moment(now);
            let after = placement.at(now);
            let mut report = Report::default();
            after.check("channels.web", &mut report);
            prop_assert!(report.is_empty());
            let due = if after.state == Stage::Draft { after.publish_at } else { after.unpublish_at };
            prop_assert!(due.is_none_or(|due| due > now));
        }

        #[test]
        fn what_is_read_may_be_written_back(placement in valid()) {
            let mut written = Placement::default();
            let Value::Object(body) = placement.represent() else { unreachable!() };
            let mut report = Report::default();
            written.take_over("channels.web", &body, &mut report);
            prop_assert!(report.is_empty());
            prop_assert_eq!(written, placement);
        }
    }

    #[test]
    fn what_was_planned_is_dropped_with_the_state() {
        let mut placement = Placement {
            state: Stage::Draft,
            publish_at: Some(moment(1)),
            unpublish_at: Some(moment(2)),
        };
        let published = json!({"state": "published"});
        let mut report = Report::default();
        placement.take_over("channels.web", published.as_object().unwrap(), &mut report);
        assert_eq!(placement, Placement::default());
    }
}
