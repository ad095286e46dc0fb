//! The one way this crate waits between two looks at something.

use std::time::Duration;

/// Sleeps for `interval`.
#[expect(
    clippy::disallowed_methods,
    reason = "start and stop block their thread as a whole: they are for blocking threads"
)]
pub(crate) fn pause(interval: Duration) {
    std::thread::sleep(interval);
}
