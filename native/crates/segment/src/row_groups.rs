//! Writes row groups column by column.
//!
//! A writer of whole batches keeps what every column was encoded with until the row group is complete: for some two
//! hundred columns a hundred megabytes, which the system clears page by page. Here a column's pages are in the file, and
//! its memory is free for the next column, before that begins.

use arrow_array::ArrayRef;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::arrow_writer::{
    ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriter, ArrowWriterOptions, compute_leaves,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use std::io::Write;

/// Bytes of a row group that is encoded in several batches, so that rows with much text bound memory too.
const BYTES_PER_GROUP: usize = 128 << 20;

/// A Parquet file in the making.
pub(crate) struct RowGroups<W: Write + Send> {
    schema: SchemaRef,
    file: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    /// Of the row group that batches were added to and that is not complete; one for each leaf.
    open: Vec<ArrowColumnWriter>,
}

impl<W: Write + Send> RowGroups<W> {
    pub fn new(out: W, schema: SchemaRef, properties: WriterProperties) -> Result<Self, ParquetError> {
        // The Arrow schema would be stored a second time, larger than many a segment's data.
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let (file, factory) =
            ArrowWriter::try_new_with_options(out, schema.clone(), options)?.into_serialized_writer()?;
        Ok(Self { schema, file, factory, open: Vec::new() })
    }

    /// Adds rows: `arrays` gives the columns in the order of the schema. Those of the row group's last rows complete it.
    pub fn add(
        &mut self,
        arrays: impl Iterator<Item = Result<ArrayRef, ArrowError>>,
        is_last: bool,
    ) -> Result<(), ParquetError> {
        if self.open.is_empty() {
            self.open = self.factory.create_column_writers(self.file.flushed_row_groups().len())?;
        }
        let schema = self.schema.clone();
        let leaves = schema.fields().iter().zip(arrays).map(|(field, array)| compute_leaves(field, &array?));
        if is_last {
            let mut group = self.file.next_row_group()?;
            let mut writers = self.open.drain(..);
            for leaf in leaves {
                for (leaf, mut writer) in leaf?.into_iter().zip(&mut writers) {
                    writer.write(&leaf)?;
                    drop(leaf);
                    writer.close()?.append_to_row_group(&mut group)?;
                }
            }
            drop(writers);
            group.close()?;
            return Ok(());
        }
        let mut writers = self.open.iter_mut();
        for leaf in leaves {
            for (leaf, writer) in leaf?.into_iter().zip(&mut writers) {
                writer.write(&leaf)?;
            }
        }
        if self.open.iter().map(ArrowColumnWriter::get_estimated_total_bytes).sum::<usize>()
            >= BYTES_PER_GROUP
        {
            self.complete()?;
        }
        Ok(())
    }

    /// Completes the row group that is open, if one is.
    fn complete(&mut self) -> Result<(), ParquetError> {
        if self.open.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for writer in self.open.drain(..) {
            writer.close()?.append_to_row_group(&mut group)?;
        }
        group.close()?;
        Ok(())
    }

    /// Ends the file and gives back what it was written to.
    pub fn finish(mut self) -> Result<W, ParquetError> {
        self.complete()?;
        self.file.into_inner()
    }
}
