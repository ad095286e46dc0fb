use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

const TEMPLATE: &str = "Demo shop  {bar:30} {percent:>3} % {msg}";

/// A bar over everything that is loaded.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
        let bar = ProgressBar::new(0).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// More things will be loaded than was known before.
    pub(super) fn expect(&self, things: usize) {
        self.0.inc_length(u64::try_from(things).unwrap_or_default());
    }

    /// What is loaded now.
    pub(super) fn say(&self, what: &'static str) {
        self.0.set_message(what);
    }

    /// Things were loaded.
    pub(super) fn done(&self, things: usize) {
        self.0.inc(u64::try_from(things).unwrap_or_default());
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
