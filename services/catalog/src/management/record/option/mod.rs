//! Options: the choices of option attributes of records.

mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::management::fields::{Fields, Labels};

/// Options of one attribute.
const MAX_OPTIONS: i64 = 100;

/// A choice of an option attribute.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct RecordOption {
    /// Chosen by staff, never changed; found regardless of case.
    #[schema(example = "italy")]
    pub code: String,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    #[serde(skip)]
    owner: String,
    #[serde(skip)]
    version: i64,
}

impl RecordOption {
    fn new(owner: &str, code: &str) -> Self {
        let (owner, code) = (owner.to_owned(), code.to_owned());
        Self { code, labels: Labels::new(), owner, version: 0 }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.labels("labels", &mut self.labels);
    }
}
