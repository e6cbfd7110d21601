//! All columns of a segment: those of the record, and those of the declared fields that its rows use.

use crate::column::Column;
use crate::layout::Layout;
use crate::record_columns::{RecordColumns, Uses};
use crate::target::SegmentTarget;
use arrow_array::ArrayRef;
use arrow_schema::ArrowError;
use lookback_session::{FieldSpec, Session};

/// The columns that rows are appended to, a batch at a time.
pub(crate) struct Columns {
    layout: Layout,
    record: RecordColumns,
    fields: Vec<Column>,
    /// Of each of `fields`, whether the record has a column of that name. The record is what counts.
    taken: Vec<bool>,
    /// Rows that were appended and not finished.
    rows: usize,
}

impl Columns {
    /// Empty columns for `rows`, which come in batches of at most `most`.
    pub fn of(declared: &[&'static FieldSpec], rows: &[&Session], most: usize) -> Self {
        let mut layout = Layout::new(declared);
        let mut uses = Uses::default();
        for session in rows {
            layout.include(session);
            uses.include(session);
        }
        let room = rows.len().min(most);
        let record = RecordColumns::new(uses, room);
        let fields = layout.build(room);
        let is_taken =
            |column: &Column| record.columns().any(|own| own.field().name() == column.field().name());
        let taken = fields.iter().map(is_taken).collect();
        Self { layout, record, fields, taken, rows: 0 }
    }

    /// Whether no rows are in them.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }
    /// The columns in the order of the segment's.
    pub fn iter(&self) -> impl Iterator<Item = &Column> {
        let kept = self.fields.iter().zip(&self.taken).filter(|(_, taken)| !**taken);
        self.record.columns().chain(kept.map(|(column, _)| column))
    }
    /// Values left out for want of room.
    pub fn left_out(&self) -> u64 {
        self.record.columns().chain(&self.fields).map(Column::left_out).sum()
    }

    /// Appends a batch; there is none in them.
    pub fn append(&mut self, batch: &[&Session], target: &SegmentTarget<'_>) {
        let Self { layout, record, fields, .. } = self;
        for (row, session) in batch.iter().enumerate() {
            record.append(session, target);
            for (number, item) in session.fields.items() {
                if let Some(column) = layout.column_of(number).and_then(|at| fields.get_mut(at)) {
                    column.append_item(row, item);
                }
            }
        }
        fields.iter_mut().for_each(|column| column.pad_to(batch.len()));
        self.rows = batch.len();
    }

    /// Takes what they hold as arrays, in the order of [`Columns::iter`]; they have room for as much again unless these rows
    /// are the last.
    pub fn finish(&mut self, are_last: bool) -> impl Iterator<Item = Result<ArrayRef, ArrowError>> {
        self.rows = 0;
        let own = self.record.columns_mut().map(move |column| column.finish(are_last));
        let declared = self.fields.iter_mut().zip(&self.taken);
        own.chain(declared.filter_map(move |(column, taken)| {
            let array = column.finish(are_last);
            (!taken).then_some(array)
        }))
    }
}
