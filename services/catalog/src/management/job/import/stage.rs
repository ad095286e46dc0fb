use serde::{Deserialize, Serialize};

/// Passes through the lines of one sort of thing: how deep things may be nested in the worst order.
const MAX_PASSES: u32 = 50;
/// Times that all sorts are gone through.
const MAX_SWEEPS: u32 = 10;

/// Where an import is. A sweep goes through all sorts of things and then the lines that were held back; the
/// lines of a sort are gone through in passes while that helps. What is refused in spite of it has another
/// sweep, if something was written since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stage {
    /// The sort that is being written; none for lines that were held back.
    pub(super) rank: Option<i16>,
    /// The last line that was dealt with.
    pub(super) after: Place,
    /// Whether a refused line steps aside for a later one of the same key.
    pub(super) is_settling: bool,
    sweep: u32,
    pass: u32,
    /// Whether the pass wrote something.
    wrote: bool,
    /// Whether the sweep left lines behind.
    left: bool,
    /// Whether something was written after that.
    again: bool,
}

/// A line in the order in which lines are written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) rank: i16,
    pub(super) resource: String,
    pub(super) line: i64,
}

impl Stage {
    /// Before the first line.
    pub(super) fn first(rank: Option<i16>) -> Self {
        Self {
            rank,
            after: Place::default(),
            is_settling: false,
            sweep: 0,
            pass: 0,
            wrote: false,
            left: false,
            again: false,
        }
    }

    /// Whether properties are held back: not of lines that were, and not in the end.
    pub(super) fn holds_back(&self) -> bool {
        self.rank.is_some() && !self.is_settling
    }

    /// Something was written.
    pub(super) fn note_write(&mut self) {
        self.wrote = true;
        self.again |= self.left;
    }

    /// Begins another pass if it may help; `waiting` if it has lines.
    pub(super) fn begin_pass(&mut self, waiting: bool) -> bool {
        let begins = waiting && self.wrote && self.pass + 1 < MAX_PASSES;
        if begins {
            self.pass += 1;
            self.rewind();
        }
        begins
    }

    /// Goes on to the next sort of things.
    pub(super) fn begin_rank(&mut self, rank: Option<i16>, leaves_lines: bool) {
        self.left |= leaves_lines;
        self.rank = rank;
        self.pass = 0;
        self.rewind();
    }

    /// Whether another sweep may help.
    pub(super) fn wants_sweep(&self) -> bool {
        self.again && self.sweep + 1 < MAX_SWEEPS
    }

    /// Begins another sweep.
    pub(super) fn begin_sweep(&mut self, rank: Option<i16>) {
        let (sweep, is_settling) = (self.sweep + 1, self.is_settling);
        *self = Self { sweep, is_settling, ..Self::first(rank) };
    }

    fn rewind(&mut self) {
        self.after = Place::default();
        self.wrote = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_follows_while_something_is_written() {
        let mut stage = Stage::first(Some(1));
        assert!(!stage.begin_pass(true), "nothing was written");
        stage.note_write();
        assert!(!stage.begin_pass(false), "nothing waits");
        assert!(stage.begin_pass(true));
        let passes = std::iter::repeat_with(|| {
            stage.note_write();
            stage.begin_pass(true)
        });
        assert!(passes.take_while(|begins| *begins).count() < 50);
    }

    #[test]
    fn a_sweep_follows_if_something_was_written_after_lines_were_left_behind() {
        let mut stage = Stage::first(Some(1));
        stage.note_write();
        stage.begin_rank(Some(2), true);
        assert!(!stage.wants_sweep(), "all that was written had been written when they were tried");
        stage.note_write();
        stage.begin_rank(None, false);
        assert!(stage.wants_sweep());
        stage.begin_sweep(Some(1));
        assert!(!stage.wants_sweep());
    }
}
