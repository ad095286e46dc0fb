//! Values of attributes and prices, by document of a segment.

use tantivy::{
    DocId,
    columnar::{Column, DynamicColumn, StrColumn},
    fastfield::FastFieldReaders,
};

/// Values of one attribute in one segment.
#[derive(Clone)]
pub(super) enum Values {
    /// No document of the segment has it.
    Absent,
    Text(StrColumn),
    Flag(Column<bool>),
    Number(Numbers),
}

/// Numbers, in whatever way the segment keeps them.
#[derive(Clone)]
pub(super) enum Numbers {
    F64(Column<f64>),
    I64(Column<i64>),
    U64(Column<u64>),
}

impl Values {
    /// The column at a path such as `facet.color`.
    pub(super) fn open(columns: &FastFieldReaders, path: &str) -> tantivy::Result<Self> {
        for handle in columns.dynamic_column_handles(path)? {
            let values = match handle.open()? {
                DynamicColumn::Str(column) => Self::Text(column),
                DynamicColumn::Bool(column) => Self::Flag(column),
                DynamicColumn::F64(column) => Self::Number(Numbers::F64(column)),
                DynamicColumn::I64(column) => Self::Number(Numbers::I64(column)),
                DynamicColumn::U64(column) => Self::Number(Numbers::U64(column)),
                _ => continue,
            };
            return Ok(values);
        }
        Ok(Self::Absent)
    }
}

impl Numbers {
    /// Calls with every value of a document.
    #[expect(clippy::cast_precision_loss, reason = "prices and measures lie far below 2^53")]
    pub(super) fn each(&self, doc: DocId, mut act: impl FnMut(f64)) {
        match self {
            Self::F64(column) => column.values_for_doc(doc).for_each(act),
            Self::I64(column) => column.values_for_doc(doc).for_each(|value| act(value as f64)),
            Self::U64(column) => column.values_for_doc(doc).for_each(|value| act(value as f64)),
        }
    }
}
