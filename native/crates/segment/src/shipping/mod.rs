//! The rows of a segment as the lines of a bulk request: an action and a document each, newline-delimited JSON.
//!
//! Documents are those of [`document`](mod@crate::document) as they are stored: nested by path, counts beside their
//! lists. What is ours and no part of Arkime's shape lies under `lookback`: the id as a value to sort by, version and
//! state of the row, stream, segment, the first payload bytes as text where they are UTF-8, and the bytes after 1, 2, 4, 8, …
//! packets as `bytesAfter.p0`, `p1`, `p2`, ….

mod members;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use lookback_session::{Count, FieldSpec};
use members::{Member, put_hex, put_number, put_text, put_uuid, sixteen};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Rows read from a segment at once; with some kilobytes a row this bounds memory.
const BATCH_ROWS: usize = 256;
/// Bytes of a row's lines for which there is room from the start; where rows are longer the buffer grows.
const ROW_BYTES: usize = 4 * 1_024;
/// Columns that are ours; they go below `lookback` or nowhere.
const INTERNAL: [&str; 5] = ["id", "rowVersion", "final", "stream", "bytesByPacket"];
/// Columns of bytes in hex that are shipped as text too.
const PAYLOADS: [&str; 2] = ["srcPayload8", "dstPayload8"];
/// Versions of a document in between two versions of its row: each edit of its tags takes one.
const VERSIONS_OF_ROW: i64 = 1 << 20;

/// Why a segment could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ShippingError {
    /// The file could not be opened.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is no segment, or a damaged one.
    #[error("{0}")]
    Damaged(String),
}

/// An index and the first `lastPacket`, in milliseconds since 1970, of the rows that go there.
#[derive(Clone, Debug)]
pub struct IndexPeriod {
    /// Start of the period.
    pub start_ms: i64,
    /// Name of the index.
    pub index: String,
}

/// A row that has, or may have, other versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionedRow {
    /// The id as text.
    pub id: String,
    /// Version of the row.
    pub version: i64,
    /// Index that this version goes to.
    pub index: String,
}

/// Lines of one bulk request.
#[derive(Debug, Default)]
pub struct BulkLines {
    /// Pairs of action and document.
    pub lines: Vec<u8>,
    /// Documents.
    pub rows: usize,
    /// The rows among them that are open or not the first version.
    pub versioned: Vec<VersionedRow>,
}

/// Where the columns stand that a row's action and what is ours are made of.
struct RowColumns {
    id: usize,
    version: usize,
    is_final: usize,
    stream: usize,
    last_packet: usize,
    bytes_by_packet: Option<usize>,
    payloads: [Option<usize>; PAYLOADS.len()],
}

/// Rows that were read, the members of a document that any of them has, and the next row.
struct Batch {
    rows: RecordBatch,
    members: Vec<Member>,
    next: usize,
}

/// Reads a segment and gives its rows as lines of bulk requests.
pub struct SegmentDocuments {
    reader: ParquetRecordBatchReader,
    members: Vec<Member>,
    columns: RowColumns,
    periods: Vec<IndexPeriod>,
    segment: String,
    batch: Option<Batch>,
    rows_left: usize,
}

pub(crate) fn damaged(error: impl std::fmt::Display) -> ShippingError {
    ShippingError::Damaged(error.to_string())
}

impl SegmentDocuments {
    /// Opens a segment. `declared` says which fields are counted; `periods`, in order of time, which index takes a row;
    /// `segment` is how its documents name it.
    pub fn open(
        path: &Path,
        declared: impl IntoIterator<Item = &'static FieldSpec>,
        mut periods: Vec<IndexPeriod>,
        segment: String,
    ) -> Result<Self, ShippingError> {
        periods.sort_by_key(|period| period.start_ms);
        if periods.is_empty() {
            return Err(damaged("no index is named for its rows"));
        }
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?).map_err(damaged)?;
        let schema = builder.schema().clone();
        let mut counts: HashMap<String, Count> = HashMap::new();
        // Merged segments have members of objects as columns of their own, too: documents have them in their objects.
        let mut members_of_objects: HashSet<&str> = HashSet::new();
        for field in declared {
            counts.insert(field.path.to_owned(), field.count);
            if !field.object.is_empty() {
                members_of_objects.insert(field.path);
            }
        }
        let shown = schema.fields().iter().enumerate();
        let shown = shown.filter(|(_, field)| {
            !INTERNAL.contains(&field.name().as_str()) && !members_of_objects.contains(field.name().as_str())
        });
        let members = Member::tree(shown, &counts)?;
        let optional = |name: &str| schema.index_of(name).ok();
        let needed =
            |name: &str| optional(name).ok_or_else(|| damaged(format!("the column {name} is missing")));
        let columns = RowColumns {
            id: needed("id")?,
            version: needed("rowVersion")?,
            is_final: needed("final")?,
            stream: needed("stream")?,
            last_packet: needed("lastPacket")?,
            bytes_by_packet: optional("bytesByPacket"),
            payloads: PAYLOADS.map(optional),
        };
        let rows_left = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(damaged)?;
        Ok(Self { reader, members, columns, periods, segment, batch: None, rows_left })
    }

    /// The next lines, of at least one row and about `max_bytes` at most; none at the end.
    pub fn next_lines(&mut self, max_bytes: usize) -> Result<Option<BulkLines>, ShippingError> {
        // At its size from the start: grown by doubling, a buffer of some megabytes lies in memory twice.
        let room = max_bytes.min(self.rows_left.saturating_mul(ROW_BYTES)).saturating_add(ROW_BYTES);
        let mut out = BulkLines { lines: Vec::with_capacity(room), ..BulkLines::default() };
        loop {
            let mut batch = match self.batch.take() {
                Some(rest) => rest,
                None => match self.reader.next() {
                    Some(rows) => {
                        let rows = rows.map_err(damaged)?;
                        let members = Member::present(&self.members, &rows);
                        Batch { rows, members, next: 0 }
                    }
                    None => return Ok((out.rows > 0).then_some(out)),
                },
            };
            while batch.next < batch.rows.num_rows() {
                self.put_row(&batch, &mut out)?;
                batch.next += 1;
                self.rows_left = self.rows_left.saturating_sub(1);
                if out.lines.len() >= max_bytes {
                    self.batch = (batch.next < batch.rows.num_rows()).then_some(batch);
                    return Ok(Some(out));
                }
            }
        }
    }

    fn put_row(&self, batch: &Batch, out: &mut BulkLines) -> Result<(), ShippingError> {
        let (row, columns, at) = (batch.next, batch.rows.columns(), &self.columns);
        let id = sixteen(&columns[at.id], row)?;
        let version = integer(&columns[at.version], row).ok_or_else(|| damaged("a row without a version"))?;
        let last =
            integer(&columns[at.last_packet], row).ok_or_else(|| damaged("a row without a last packet"))?;
        let is_final = columns[at.is_final].as_boolean_opt().is_some_and(|values| values.value(row));
        let stream = sixteen(&columns[at.stream], row)?;
        let after = self.periods.partition_point(|period| period.start_ms <= last);
        let period = after.checked_sub(1).and_then(|at| self.periods.get(at));
        let index = period.map(|period| period.index.as_str());
        let index = index.ok_or_else(|| damaged(format!("no index takes a row of {last}")))?;
        let first = is_final && version == 1;
        let lines = &mut out.lines;
        lines.extend_from_slice(if first {
            &b"{\"create\":{\"_index\":\""[..]
        } else {
            b"{\"index\":{\"_index\":\""
        });
        lines.extend_from_slice(index.as_bytes());
        lines.extend_from_slice(b"\",\"_id\":\"");
        put_uuid(id, lines);
        if !first {
            let numbered = version.saturating_mul(VERSIONS_OF_ROW);
            write!(lines, "\",\"version\":{numbered},\"version_type\":\"external_gte")?;
            let mut text = Vec::with_capacity(36);
            put_uuid(id, &mut text);
            let id = String::from_utf8_lossy(&text).into_owned();
            out.versioned.push(VersionedRow { id, version, index: index.to_owned() });
        }
        lines.extend_from_slice(b"\"}}\n{");
        for member in &batch.members {
            if member.put(columns, row, lines)? {
                lines.push(b',');
            }
        }
        lines.extend_from_slice(b"\"lookback\":{\"id\":\"");
        put_uuid(id, lines);
        lines.extend_from_slice(b"\",\"rowVersion\":");
        put_number(version, lines)?;
        lines.extend_from_slice(if is_final { &b",\"final\":true"[..] } else { b",\"final\":false" });
        lines.extend_from_slice(b",\"stream\":\"");
        put_hex(&stream, lines);
        lines.extend_from_slice(b"\",\"segment\":");
        put_text(&self.segment, lines)?;
        for (name, payload) in PAYLOADS.iter().zip(at.payloads) {
            let payload = payload.map(|at| &columns[at]).filter(|column| column.is_valid(row));
            if let Some(decoded) = payload.and_then(|column| decoded(column, row)) {
                write!(lines, ",\"{name}\":")?;
                put_text(&decoded, lines)?;
            }
        }
        if let Some(bytes) = at.bytes_by_packet.map(|at| &columns[at]).filter(|column| column.is_valid(row)) {
            put_bytes_after(bytes, row, lines)?;
        }
        lines.extend_from_slice(b"}}\n");
        out.rows += 1;
        Ok(())
    }
}

/// `,"bytesAfter":{"p0":…}`: what a list of bytes after powers of two of packets holds, the last at the end.
fn put_bytes_after(column: &ArrayRef, row: usize, lines: &mut Vec<u8>) -> Result<(), ShippingError> {
    let list = column.as_list_opt::<i32>().ok_or_else(|| damaged("bytesByPacket holds no list"))?;
    lines.extend_from_slice(b",\"bytesAfter\":{");
    for (at, item) in members::items(list, row).enumerate() {
        lines.extend_from_slice(if at > 0 { &b",\"p"[..] } else { b"\"p" });
        put_number(at, lines)?;
        lines.extend_from_slice(b"\":");
        put_number(integer(list.values(), item).unwrap_or(0), lines)?;
    }
    lines.push(b'}');
    Ok(())
}

fn integer(column: &ArrayRef, row: usize) -> Option<i64> {
    if column.is_null(row) {
        return None;
    }
    if let Some(values) = column.as_primitive_opt::<Int64Type>() {
        return Some(values.value(row));
    }
    column.as_primitive_opt::<Int32Type>().map(|values| i64::from(values.value(row)))
}

/// The bytes that a text gives in hex, where they are UTF-8.
fn decoded(column: &ArrayRef, row: usize) -> Option<String> {
    let digits = column.as_string_opt::<i32>()?.value(row);
    let byte = |at: usize| digits.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes = (0..digits.len() / 2).map(byte).collect::<Option<Vec<_>>>()?;
    String::from_utf8(bytes).ok()
}
