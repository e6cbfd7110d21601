//! A segment of which single columns, and single leaves of columns, are read.

use super::FlatColumn;
use super::flatten::flattened;
use crate::writer::SegmentError;
use arrow_array::{Array, ArrayRef, new_empty_array};
use arrow_schema::{Schema, SchemaRef};
use arrow_select::concat::concat;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::schema::types::SchemaDescriptor;
use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Place in a leaf's path of the first member below a list of objects, and from each member to the next: between them
/// Parquet has the repeated group and its element (Parquet's LogicalTypes, "Lists").
const FIRST_MEMBER: usize = 3;
/// See [`FIRST_MEMBER`].
const PER_MEMBER: usize = 3;

/// A segment. Its file is open while something is read of it: there may be more segments than a process may have open.
pub(super) struct Input {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    rows: usize,
}

impl Input {
    pub fn open(path: &Path) -> Result<Self, SegmentError> {
        let file = File::open(path).map_err(|error| SegmentError::io(path, error))?;
        let damaged = |reason: String| SegmentError::Damaged { path: path.to_owned(), reason };
        let metadata = unless_it_panics(path, || {
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
                .map_err(|error| damaged(error.to_string()))
        })?;
        let rows = metadata.metadata().file_metadata().num_rows();
        // Rows are numbered with 32 bits.
        let rows = u32::try_from(rows).map_err(|_| damaged(format!("it says that it has {rows} rows")))?;
        Ok(Self { path: path.to_owned(), metadata, rows: rows as usize })
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of all columns before compression.
    pub fn bytes(&self) -> u64 {
        let groups = self.metadata.metadata().row_groups().iter();
        groups.map(|group| u64::try_from(group.total_byte_size()).unwrap_or(0)).sum()
    }

    pub fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// As an error that names the file.
    pub fn damaged(&self, reason: impl ToString) -> SegmentError {
        SegmentError::Damaged { path: self.path.clone(), reason: reason.to_string() }
    }

    /// The values of a column in a stretch of rows; none when the segment has no such column.
    pub fn column(&self, name: &str, stretch: &Range<usize>) -> Result<Option<ArrayRef>, SegmentError> {
        let Ok(at) = self.schema().index_of(name) else { return Ok(None) };
        let mask = ProjectionMask::roots(self.descriptor(), [at]);
        self.read(mask, stretch).map(Some)
    }

    /// What a flat column holds, taken out of the objects; none when the segment has no such list or member.
    pub fn flat_column(
        &self,
        flat: &FlatColumn,
        stretch: &Range<usize>,
    ) -> Result<Option<ArrayRef>, SegmentError> {
        let Some(mask) = self.leaves(flat) else { return Ok(None) };
        let objects = self.read(mask, stretch)?;
        flattened(&objects, flat.members.len()).map(Some).map_err(|error| self.damaged(error))
    }

    /// The schema of a flat column's list with that member only; none when the segment has no such list or member.
    pub fn flat_schema(&self, flat: &FlatColumn) -> Result<Option<Schema>, SegmentError> {
        let Some(mask) = self.leaves(flat) else { return Ok(None) };
        unless_it_panics(&self.path, || {
            let builder = self.builder()?.with_projection(mask).with_batch_size(1);
            let reader = builder.build().map_err(|error| self.damaged(error))?;
            Ok(Some(arrow_array::RecordBatchReader::schema(&reader).as_ref().clone()))
        })
    }

    fn descriptor(&self) -> &SchemaDescriptor {
        self.metadata.parquet_schema()
    }

    fn leaves(&self, flat: &FlatColumn) -> Option<ProjectionMask> {
        let root = self.schema().index_of(&flat.list).ok()?;
        let descriptor = self.descriptor();
        let leaves: Vec<usize> = (0..descriptor.num_columns())
            .filter(|leaf| descriptor.get_column_root_idx(*leaf) == root)
            .filter(|leaf| {
                let column = descriptor.column(*leaf);
                let members = column.path().parts().iter().skip(FIRST_MEMBER).step_by(PER_MEMBER);
                members.take(flat.members.len()).eq(&flat.members)
            })
            .collect();
        (!leaves.is_empty()).then(|| ProjectionMask::leaves(descriptor, leaves))
    }

    fn builder(&self) -> Result<ParquetRecordBatchReaderBuilder<File>, SegmentError> {
        let file = File::open(&self.path).map_err(|error| SegmentError::io(&self.path, error))?;
        Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone()))
    }

    /// The one column that `mask` leaves.
    fn read(&self, mask: ProjectionMask, stretch: &Range<usize>) -> Result<ArrayRef, SegmentError> {
        unless_it_panics(&self.path, || self.read_whole(mask, stretch))
    }

    fn read_whole(&self, mask: ProjectionMask, stretch: &Range<usize>) -> Result<ArrayRef, SegmentError> {
        let selection = RowSelection::from_consecutive_ranges(std::iter::once(stretch.clone()), self.rows);
        let builder = self.builder()?.with_projection(mask).with_row_selection(selection);
        let reader = builder.with_batch_size(stretch.len()).build().map_err(|error| self.damaged(error))?;
        let mut parts = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|error| self.damaged(error))?;
            parts.extend(batch.columns().first().cloned());
        }
        let rows: usize = parts.iter().map(|part| part.len()).sum();
        if rows != stretch.len() {
            return Err(self.damaged(format!("{rows} rows were read of {}", stretch.len())));
        }
        match parts.as_slice() {
            [] => Ok(new_empty_array(&arrow_schema::DataType::Null)),
            [one] => Ok(one.clone()),
            several => {
                let several: Vec<&dyn Array> = several.iter().map(AsRef::as_ref).collect();
                concat(&several).map_err(|error| self.damaged(error))
            }
        }
    }
}

/// What `work` reads of the segment at `path`. The Parquet reader believes some lengths that it finds, and panics where they
/// point outside of what there is: then the segment is damaged.
fn unless_it_panics<T>(
    path: &Path,
    work: impl FnOnce() -> Result<T, SegmentError>,
) -> Result<T, SegmentError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let reason = "the reader of its pages gave up".to_owned();
        Err(SegmentError::Damaged { path: path.to_owned(), reason })
    })
}
