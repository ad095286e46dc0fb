use std::{fmt, str::FromStr, sync::Arc, time::Duration};

/// How long to wait after each try that failed, before the next; with the last one the delivery is given
/// up. By default as Standard Webhooks proposes: ten tries within 76 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Arc<[Duration]>);

/// After the first try, which is made at once: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
const DEFAULT_SECONDS: [u64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
const MAX_TRIES: usize = 50;

impl Default for Schedule {
    fn default() -> Self {
        Self(DEFAULT_SECONDS.map(Duration::from_secs).into())
    }
}

impl Schedule {
    /// How long to wait after so many tries; `None` if these were all.
    pub(crate) fn wait_after(&self, tries: i32) -> Option<Duration> {
        let place = usize::try_from(tries).ok()?.checked_sub(1)?;
        self.0.get(place).copied()
    }
}

/// The text is no list of seconds.
#[derive(Debug)]
pub struct BadSchedule;

impl fmt::Display for BadSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be up to {MAX_TRIES} numbers of seconds, as 5,300,1800")
    }
}

impl FromStr for Schedule {
    type Err = BadSchedule;
    fn from_str(text: &str) -> Result<Self, BadSchedule> {
        let seconds = |word: &str| word.trim().parse().map(Duration::from_secs);
        let waits: Vec<Duration> =
            text.split(',').map(seconds).collect::<Result<_, _>>().map_err(|_| BadSchedule)?;
        if waits.len() > MAX_TRIES {
            return Err(BadSchedule);
        }
        Ok(Self(waits.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_are_made_within_76_hours() {
        let schedule = Schedule::default();
        let waits: Vec<Duration> = (1..).map_while(|tries| schedule.wait_after(tries)).collect();
        assert_eq!(waits.len() + 1, 10);
        assert_eq!(waits.iter().sum::<Duration>().as_secs(), 75 * 3600 + 35 * 60 + 5);
        assert_eq!(schedule.wait_after(0), None);
    }

    #[test]
    fn a_schedule_is_a_list_of_seconds() {
        let schedule: Schedule = "1, 2".parse().unwrap();
        assert_eq!(schedule.wait_after(2), Some(Duration::from_secs(2)));
        assert_eq!(schedule.wait_after(3), None);
        for bad in ["", "x", "1,", "-1", &"1,".repeat(60)] {
            assert!(bad.parse::<Schedule>().is_err(), "{bad}");
        }
    }
}
