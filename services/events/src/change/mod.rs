//! Changes: the public facts of all services in one log with one rising position, for those outside who
//! follow it.

pub(crate) mod api;
pub(crate) mod follow;
pub(crate) mod log;
pub(crate) mod public;
pub(crate) mod store;

pub(crate) use self::log::Log;

use problem::{Problem, Result};

/// Where a reader of the log begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// With the oldest event that is kept.
    Start,
    /// After this position.
    Position(i64),
    /// After all there is.
    Latest,
}

impl After {
    /// Reads the parameter `after`.
    fn parse(text: Option<&str>) -> Result<Self> {
        match text {
            None => Ok(Self::Start),
            Some("latest") => Ok(Self::Latest),
            Some(text) => match text.parse() {
                Ok(position) if position >= 0 => Ok(Self::Position(position)),
                _ => {
                    let rule = "must be the sequence of an event, 0 or latest";
                    Err(Problem::invalid_parameter("after", "invalid_value", rule))
                }
            },
        }
    }
}

/// What the log holds.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Extent {
    /// Position of the last event that is not kept any more; 0 if all are.
    pub(crate) forgotten: i64,
    /// Position of the newest event, 0 if there never was one.
    pub(crate) newest: i64,
}

impl Extent {
    /// The position after which to read: 410 if what follows it is not kept any more, 422 if nothing ever
    /// had it.
    pub(crate) fn resolve(self, after: After) -> Result<i64> {
        match after {
            After::Start => Ok(self.forgotten),
            After::Latest => Ok(self.newest),
            After::Position(position) => self.check(position).map(|()| position),
        }
    }

    fn check(self, position: i64) -> Result<()> {
        if position > self.newest {
            let rule = format!("is beyond the newest event, {}", self.newest);
            return Err(Problem::invalid_parameter("after", "out_of_range", rule));
        }
        self.check_kept(position)
    }

    /// 410 if what follows the position is not kept any more.
    pub(crate) fn check_kept(self, position: i64) -> Result<()> {
        if position < self.forgotten {
            let detail = "events after this position are not kept any more; read the state anew";
            return Err(Problem::new(problem::Kind::Gone, "position_gone", detail)
                .with("oldest_after", self.forgotten));
        }
        Ok(())
    }
}

/// An event as a feed tells it, for tests.
#[cfg(test)]
pub(crate) fn example(kind: &str, data: serde_json::Value) -> contracts::event::Event {
    contracts::event::Event {
        specversion: "1.0".to_owned(),
        id: uuid::Uuid::now_v7(),
        source: "/order".to_owned(),
        kind: kind.to_owned(),
        subject: "o1".to_owned(),
        time: chrono::Utc::now(),
        datacontenttype: "application/json".to_owned(),
        data,
        sequence: "1".to_owned(),
        traceparent: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_within_what_is_kept() {
        let extent = Extent { forgotten: 5, newest: 9 };
        let resolve = |after| extent.resolve(after).map_err(|problem| problem.status().as_u16());
        assert_eq!(resolve(After::Start), Ok(5));
        assert_eq!(resolve(After::Latest), Ok(9));
        assert_eq!(resolve(After::Position(4)), Err(410));
        assert_eq!(resolve(After::Position(5)), Ok(5));
        assert_eq!(resolve(After::Position(9)), Ok(9));
        assert_eq!(resolve(After::Position(10)), Err(422));
    }
}
