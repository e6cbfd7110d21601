//! The rows of a segment as the lines of a bulk request: an action and a document each, newline-delimited JSON.
//!
//! Documents are those of [`document`](mod@crate::document) as they are stored: nested by path, counts beside their
//! lists. What is ours and no part of Arkime's shape lies under `lookback`: the id as a value to sort by, version and
//! state of the row, stream, segment, the first payload bytes as text where they are UTF-8, and the bytes after 1, 2, 4, 8, …
//! packets as `bytesAfter.p0`, `p1`, `p2`, ….

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use lookback_session::positions;
use lookback_session::{Count, FieldSpec};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;

/// Rows read from a segment at once; with some kilobytes a row this bounds memory.
const BATCH_ROWS: usize = 1_024;
/// Columns that are ours; they go below `lookback` or nowhere.
const INTERNAL: [&str; 5] = ["id", "rowVersion", "final", "stream", "bytesByPacket"];
/// Columns of 16 bytes that are ids and no addresses.
const IDS: [&str; 3] = ["id", "rootId", "stream"];
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

/// Where a value stands in the document: a column, or an object of more.
struct Place {
    name: String,
    value: Option<usize>,
    members: Vec<Place>,
}

/// Reads a segment and gives its rows as lines of bulk requests.
pub struct SegmentDocuments {
    reader: ParquetRecordBatchReader,
    tree: Vec<Place>,
    columns: HashMap<String, usize>,
    counts: HashMap<String, Count>,
    periods: Vec<IndexPeriod>,
    segment: String,
    batch: Option<(RecordBatch, usize)>,
}

fn damaged(error: impl std::fmt::Display) -> ShippingError {
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
        let mut tree = Vec::new();
        let mut columns = HashMap::new();
        for (at, field) in schema.fields().iter().enumerate() {
            columns.insert(field.name().clone(), at);
            if !INTERNAL.contains(&field.name().as_str()) {
                place(&mut tree, field.name(), at);
            }
        }
        for needed in ["id", "rowVersion", "final", "stream", "lastPacket"] {
            if !columns.contains_key(needed) {
                return Err(damaged(format!("the column {needed} is missing")));
            }
        }
        let counts = declared.into_iter().map(|field| (field.path.to_owned(), field.count)).collect();
        let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(damaged)?;
        Ok(Self { reader, tree, columns, counts, periods, segment, batch: None })
    }

    /// The next lines, of at least one row and about `max_bytes` at most; none at the end.
    pub fn next_lines(&mut self, max_bytes: usize) -> Result<Option<BulkLines>, ShippingError> {
        let mut out = BulkLines::default();
        loop {
            let (batch, mut row) = match self.batch.take() {
                Some(rest) => rest,
                None => match self.reader.next() {
                    Some(batch) => (batch.map_err(damaged)?, 0),
                    None => return Ok((out.rows > 0).then_some(out)),
                },
            };
            while row < batch.num_rows() {
                self.put_row(&batch, row, &mut out)?;
                row += 1;
                if out.lines.len() >= max_bytes {
                    self.batch = (row < batch.num_rows()).then_some((batch, row));
                    return Ok(Some(out));
                }
            }
        }
    }

    fn column<'a>(&self, batch: &'a RecordBatch, name: &str) -> Option<&'a ArrayRef> {
        self.columns.get(name).map(|&at| batch.column(at))
    }

    fn put_row(&self, batch: &RecordBatch, row: usize, out: &mut BulkLines) -> Result<(), ShippingError> {
        let column =
            |name: &str| self.column(batch, name).ok_or_else(|| damaged(format!("no column {name}")));
        let id = uuid_text(sixteen(column("id")?, row)?);
        let version =
            integer(column("rowVersion")?, row).ok_or_else(|| damaged("a row without a version"))?;
        let last =
            integer(column("lastPacket")?, row).ok_or_else(|| damaged("a row without a last packet"))?;
        let is_final = column("final")?.as_boolean_opt().is_some_and(|values| values.value(row));
        let stream = hex(sixteen(column("stream")?, row)?);
        let after = self.periods.partition_point(|period| period.start_ms <= last);
        let period = after.checked_sub(1).and_then(|at| self.periods.get(at));
        let index = period.map(|period| period.index.as_str());
        let index = index.ok_or_else(|| damaged(format!("no index takes a row of {last}")))?;
        let lines = &mut out.lines;
        if is_final && version == 1 {
            write!(lines, "{{\"create\":{{\"_index\":\"{index}\",\"_id\":\"{id}\"}}}}\n{{")?;
        } else {
            let numbered = version.saturating_mul(VERSIONS_OF_ROW);
            write!(
                lines,
                "{{\"index\":{{\"_index\":\"{index}\",\"_id\":\"{id}\",\"version\":{numbered},\"version_type\":\"external_gte\"}}}}\n{{"
            )?;
            out.versioned.push(VersionedRow { id: id.clone(), version, index: index.to_owned() });
        }
        for place in &self.tree {
            if self.put_place(place, place.name.clone(), batch, row, lines)? {
                lines.push(b',');
            }
        }
        write!(
            lines,
            "\"lookback\":{{\"id\":\"{id}\",\"rowVersion\":{version},\"final\":{is_final},\"stream\":\"{stream}\",\"segment\":"
        )?;
        text(&self.segment, lines)?;
        for name in PAYLOADS {
            let payload = self.column(batch, name).filter(|column| column.is_valid(row));
            if let Some(decoded) = payload.and_then(|column| decoded(column, row)) {
                write!(lines, ",\"{name}\":")?;
                text(&decoded, lines)?;
            }
        }
        if let Some(bytes) = self.column(batch, "bytesByPacket").filter(|column| column.is_valid(row)) {
            put_bytes_after(bytes, row, lines)?;
        }
        lines.extend_from_slice(b"}}\n");
        out.rows += 1;
        Ok(())
    }

    /// Writes the members of a place that the row has. Returns whether anything was written.
    fn put_place(
        &self,
        place: &Place,
        path: String,
        batch: &RecordBatch,
        row: usize,
        lines: &mut Vec<u8>,
    ) -> Result<bool, ShippingError> {
        if let Some(at) = place.value {
            let column = batch.column(at);
            if column.is_null(row) {
                return Ok(false);
            }
            return self.put_member(&place.name, &path, column, row, lines);
        }
        let start = lines.len();
        text(&place.name, lines)?;
        lines.extend_from_slice(b":{");
        let mut any = false;
        for member in &place.members {
            let before = lines.len();
            if any {
                lines.push(b',');
            }
            if self.put_place(member, format!("{path}.{}", member.name), batch, row, lines)? {
                any = true;
            } else {
                lines.truncate(before);
            }
        }
        if any {
            lines.push(b'}')
        } else {
            lines.truncate(start)
        }
        Ok(any)
    }

    /// Writes `"name":value` and the count beside it.
    fn put_member(
        &self,
        name: &str,
        path: &str,
        column: &ArrayRef,
        row: usize,
        lines: &mut Vec<u8>,
    ) -> Result<bool, ShippingError> {
        if path == "packetPos" {
            put_positions(column, row, lines)?;
            return Ok(true);
        }
        text(name, lines)?;
        lines.push(b':');
        self.put_value(path, column, row, lines)?;
        let suffix = match self.counts.get(path) {
            Some(Count::Cnt) => "Cnt",
            Some(Count::EcsCnt) => "-cnt",
            _ => return Ok(true),
        };
        let count = column.as_list_opt::<i32>().map_or(1, |list| list.value_length(row));
        lines.push(b',');
        text(&format!("{name}{suffix}"), lines)?;
        write!(lines, ":{count}")?;
        Ok(true)
    }

    fn put_value(
        &self,
        path: &str,
        column: &ArrayRef,
        row: usize,
        lines: &mut Vec<u8>,
    ) -> Result<(), ShippingError> {
        if column.is_null(row) {
            lines.extend_from_slice(b"null");
            return Ok(());
        }
        match column.data_type() {
            DataType::Int64 => write!(lines, "{}", column.as_primitive::<Int64Type>().value(row))?,
            DataType::Int32 => write!(lines, "{}", column.as_primitive::<Int32Type>().value(row))?,
            DataType::Float64 => {
                let number = column.as_primitive::<Float64Type>().value(row);
                // What is no number has no JSON.
                if number.is_finite() { write!(lines, "{number}")? } else { lines.extend_from_slice(b"null") }
            }
            DataType::Boolean => write!(lines, "{}", column.as_boolean().value(row))?,
            DataType::Utf8 => text(column.as_string::<i32>().value(row), lines)?,
            DataType::FixedSizeBinary(16) => {
                let bytes = sixteen(column, row)?;
                let shown = if IDS.contains(&path) { uuid_text(bytes) } else { address_text(bytes) };
                write!(lines, "\"{shown}\"")?;
            }
            DataType::List(_) => {
                let items = column.as_list::<i32>().value(row);
                lines.push(b'[');
                for at in 0..items.len() {
                    if at > 0 {
                        lines.push(b',');
                    }
                    self.put_value(path, &items, at, lines)?;
                }
                lines.push(b']');
            }
            DataType::Struct(fields) => {
                let members = column.as_struct();
                lines.push(b'{');
                let mut any = false;
                for (field, member) in fields.iter().zip(members.columns()) {
                    if member.is_null(row) {
                        continue;
                    }
                    if any {
                        lines.push(b',');
                    }
                    any = self.put_member(
                        field.name(),
                        &format!("{path}.{}", field.name()),
                        member,
                        row,
                        lines,
                    )?;
                }
                lines.push(b'}');
            }
            other => return Err(damaged(format!("the column {path} has the type {other}"))),
        }
        Ok(())
    }
}

/// Puts a column at its dotted path. Where a part of the path is a value already, the rest keeps its dots.
fn place(tree: &mut Vec<Place>, path: &str, column: usize) {
    let whole = |name: &str| Place { name: name.to_owned(), value: Some(column), members: Vec::new() };
    let Some((head, rest)) = path.split_once('.') else {
        tree.push(whole(path));
        return;
    };
    match tree.iter().position(|place| place.name == head) {
        Some(at) if tree[at].value.is_some() => tree.push(whole(path)),
        Some(at) => place(&mut tree[at].members, rest, column),
        None => {
            let mut members = Vec::new();
            place(&mut members, rest, column);
            tree.push(Place { name: head.to_owned(), value: None, members });
        }
    }
}

/// `"packetPos":[…],"packetLen":[…]`: the negative number of a file, then offsets into it.
fn put_positions(column: &ArrayRef, row: usize, lines: &mut Vec<u8>) -> Result<(), ShippingError> {
    let packed = column.as_binary_opt::<i32>().ok_or_else(|| damaged("packetPos holds no bytes"))?.value(row);
    let packets = positions::decode(packed).ok_or_else(|| damaged("packet positions do not read back"))?;
    lines.extend_from_slice(b"\"packetPos\":[");
    let mut file = None;
    for packet in &packets {
        if file != Some(packet.file) {
            if file.is_some() {
                lines.push(b',');
            }
            write!(lines, "-{}", packet.file)?;
            file = Some(packet.file);
        }
        write!(lines, ",{}", packet.offset)?;
    }
    lines.extend_from_slice(b"],\"packetLen\":[");
    for (at, packet) in packets.iter().enumerate() {
        write!(lines, "{}{}", if at > 0 { "," } else { "" }, packet.length)?;
    }
    lines.push(b']');
    Ok(())
}

/// `,"bytesAfter":{"p0":…}`: what a list of bytes after powers of two of packets holds, the last at the end.
fn put_bytes_after(column: &ArrayRef, row: usize, lines: &mut Vec<u8>) -> Result<(), ShippingError> {
    let list = column.as_list_opt::<i32>().ok_or_else(|| damaged("bytesByPacket holds no list"))?.value(row);
    lines.extend_from_slice(b",\"bytesAfter\":{");
    for at in 0..list.len() {
        let bytes = integer(&list, at).unwrap_or(0);
        write!(lines, "{}\"p{at}\":{bytes}", if at > 0 { "," } else { "" })?;
    }
    lines.push(b'}');
    Ok(())
}

fn text(value: &str, lines: &mut Vec<u8>) -> Result<(), ShippingError> {
    serde_json::to_writer(lines, value).map_err(damaged)
}

fn integer(column: &ArrayRef, row: usize) -> Option<i64> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Int64 => Some(column.as_primitive::<Int64Type>().value(row)),
        DataType::Int32 => Some(i64::from(column.as_primitive::<Int32Type>().value(row))),
        _ => None,
    }
}

fn sixteen(column: &ArrayRef, row: usize) -> Result<[u8; 16], ShippingError> {
    let values = column
        .as_fixed_size_binary_opt()
        .ok_or_else(|| damaged("a column of ids or addresses has another type"))?;
    <[u8; 16]>::try_from(values.value(row)).map_err(damaged)
}

fn hex(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn uuid_text(bytes: [u8; 16]) -> String {
    let digits = hex(bytes);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// As people write it: IPv4 dotted, IPv6 as RFC 5952 says.
fn address_text(bytes: [u8; 16]) -> String {
    match Ipv6Addr::from(bytes).to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => v6.to_string(),
    }
}

/// The bytes that a text gives in hex, where they are UTF-8.
fn decoded(column: &ArrayRef, row: usize) -> Option<String> {
    let digits = column.as_string_opt::<i32>()?.value(row);
    let byte = |at: usize| digits.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes = (0..digits.len() / 2).map(byte).collect::<Option<Vec<_>>>()?;
    String::from_utf8(bytes).ok()
}
