use crate::{Problem, Result};

/// Turns a broken, named database constraint into the client's error: the rule is enforced once, by
/// the database, without a check that races.
pub trait ResultExt<T> {
    /// If this constraint was broken, the problem that `make` returns; otherwise as `?` would.
    fn on_constraint(self, name: &str, make: impl FnOnce() -> Problem) -> Result<T>;
}

impl<T> ResultExt<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint(self, name: &str, make: impl FnOnce() -> Problem) -> Result<T> {
        self.map_err(|error| match error.as_database_error().and_then(|e| e.constraint()) {
            Some(broken) if broken == name => make(),
            _ => error.into(),
        })
    }
}

impl<T> ResultExt<T> for Result<T> {
    fn on_constraint(self, name: &str, make: impl FnOnce() -> Problem) -> Result<T> {
        self.map_err(|problem| {
            let cause = problem.0.cause.as_ref();
            let error = cause.and_then(|cause| cause.downcast_ref::<sqlx::Error>());
            match error.and_then(|e| e.as_database_error()).and_then(|e| e.constraint()) {
                Some(broken) if broken == name => make(),
                _ => problem,
            }
        })
    }
}
