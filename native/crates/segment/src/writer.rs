//! Writes rows as Parquet segments, one or more a day.

use crate::columns::Columns;
use crate::encoding::{captured, properties};
use crate::layout::ROWS_PER_GROUP;
use crate::row_groups::RowGroups;
use crate::shape::by_shape;
use crate::target::SegmentTarget;
use arrow_schema::{ArrowError, Schema, SchemaRef};
use lookback_session::{FieldSpec, Session, SessionId};
use parquet::errors::ParquetError;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::hash::Hasher;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use twox_hash::XxHash64;

/// Rows turned into columns at a time.
const ROWS_PER_BATCH: usize = 8_192;
/// Bytes of values that the rows of a segment hold at most, unless one row alone holds more: no column of a batch can come
/// to [`MAX_TEXT_PER_BATCH`](crate::column) then.
const BYTES_PER_SEGMENT: usize = 512 << 20;
const DAY_MS: i64 = 86_400_000;

/// A segment that is in place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentInfo {
    /// Path below the sessions directory: `YYYY-MM-DD/<level>-<firstMs>-<lastMs>-<id>.parquet`.
    pub path: String,
    /// UTC day of every row's last packet, `YYYY-MM-DD`.
    pub day: String,
    /// Compaction level.
    pub level: u8,
    /// Rows.
    pub rows: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Earliest time of any row, milliseconds since 1970: of its flow's first packet, its last packet, or in its id.
    pub first_ms: i64,
    /// Latest of these times. A packet may be stamped earlier than the one before it, and so a session's last earlier than its first.
    pub last_ms: i64,
    /// Earliest last packet, milliseconds since 1970.
    pub min_last_ms: i64,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows that a later version will replace.
    pub open_rows: u64,
    /// Packets of all rows.
    pub total_packets: u64,
    /// Captured bytes of all rows.
    pub total_bytes: u64,
    /// Values left out because a batch of rows held too much text, or a row had two values for one single field.
    pub left_out: u64,
    /// Whether a file of the same content was there and is replaced by this one.
    pub replaced: bool,
}

/// Why a segment was not written. Nothing of it is visible then.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// No space left on the device, or a quota is used up.
    #[error("DISK_FULL: no space left to write {path}")]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// Another failure of the file system.
    #[error("SEGMENT_IO: {path}: {source}")]
    Io {
        /// What was being written.
        path: PathBuf,
        /// The failure.
        source: io::Error,
    },
    /// Columns could not be encoded.
    #[error("SEGMENT_ENCODING: {0}")]
    Encoding(String),
    /// A segment to merge is none, or a damaged one.
    #[error(
        "STORE_DAMAGED: the segment {path} does not read back: {reason}; lookback rebuild makes the index anew from the packets"
    )]
    Damaged {
        /// What was being read.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Segments to merge have a column with values of types that no one type takes.
    #[error(
        "UNAVAILABLE: segments whose column {column} holds values of {one} and of {other} stay apart; lookback rebuild makes the index anew from the packets"
    )]
    Unlike {
        /// Name of the column.
        column: String,
        /// One type.
        one: String,
        /// The other.
        other: String,
    },
    /// The caller wanted it to end.
    #[error("QUERY_CANCELLED: the merge was cancelled")]
    Cancelled,
}

impl SegmentError {
    /// Stable code, for the boundary to Node.
    pub fn code(&self) -> &'static str {
        match self {
            SegmentError::DiskFull { .. } => "DISK_FULL",
            SegmentError::Io { .. } => "SEGMENT_IO",
            SegmentError::Encoding(_) => "SEGMENT_ENCODING",
            SegmentError::Damaged { .. } => "STORE_DAMAGED",
            SegmentError::Unlike { .. } => "UNAVAILABLE",
            SegmentError::Cancelled => "QUERY_CANCELLED",
        }
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                SegmentError::DiskFull { path: path.to_owned() }
            }
            _ => SegmentError::Io { path: path.to_owned(), source },
        }
    }

    pub(crate) fn parquet(path: &Path, error: ParquetError) -> Self {
        match error {
            ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(source) => SegmentError::io(path, *source),
                Err(source) => SegmentError::Encoding(source.to_string()),
            },
            error => SegmentError::Encoding(error.to_string()),
        }
    }
}

impl From<ArrowError> for SegmentError {
    fn from(error: ArrowError) -> Self {
        SegmentError::Encoding(error.to_string())
    }
}

/// Turns rows into segments.
pub struct SegmentWriter {
    declared: Vec<&'static FieldSpec>,
}

impl SegmentWriter {
    /// A writer of rows with `declared` fields, and such others as rows bring.
    pub fn new(declared: impl IntoIterator<Item = &'static FieldSpec>) -> Self {
        Self { declared: declared.into_iter().collect() }
    }

    /// Writes `sessions`, one segment for each UTC day of last packets. Rows that use the same fields lie together, each lot
    /// sorted by last packet and id.
    ///
    /// A segment is written under a name that starts with `.tmp-`, synced, renamed, and its directory synced: it is
    /// visible whole or not at all. It is named by its bytes, so writing the same rows in the same way again replaces a segment by
    /// its equal, and nothing else takes its place. When one day fails, the segments of earlier days stay in place and are not reported: give
    /// every batch again, or let the caller's catalogue, which never heard of them, remove them.
    ///
    /// # Errors
    /// [`SegmentError::DiskFull`], [`SegmentError::Io`], or [`SegmentError::Encoding`].
    pub fn write(
        &self,
        sessions: &[Session],
        target: &SegmentTarget<'_>,
    ) -> Result<Vec<SegmentInfo>, SegmentError> {
        let mut rows: Vec<&Session> = sessions.iter().collect();
        newest_only(&mut rows);
        rows.sort_unstable_by_key(|session| (last_ms(session), session.id, session.row_version));
        let mut segments = Vec::new();
        for day in rows.chunk_by(|a, b| last_ms(a).div_euclid(DAY_MS) == last_ms(b).div_euclid(DAY_MS)) {
            for rows in bounded(day, BYTES_PER_SEGMENT, |session| session.fields.byte_len()) {
                segments.push(self.write_day(rows, target)?);
            }
        }
        Ok(segments)
    }

    fn write_day(&self, rows: &[&Session], target: &SegmentTarget<'_>) -> Result<SegmentInfo, SegmentError> {
        let mut info = describe(rows, target);
        let folder = target.directory.join(&info.day);
        fs::create_dir_all(&folder).map_err(|error| SegmentError::io(&folder, error))?;
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let temporary = Temporary(folder.join(format!(".tmp-{}-{number}", std::process::id())));
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&temporary.0)
            .map_err(|error| SegmentError::io(&temporary.0, error))?;

        let out = Digesting { out: BufWriter::with_capacity(1 << 20, file), hash: XxHash64::with_seed(0) };
        let (out, columns, left_out) = self.write_rows(&by_shape(rows), target, out, &temporary.0)?;
        let Digesting { out, hash } = out;
        info.path = segment_path(
            &info.day,
            info.level,
            [info.first_ms, info.last_ms],
            &format!("{:016x}", hash.finish()),
        );
        let file = out.into_inner().map_err(|error| SegmentError::io(&temporary.0, error.into_error()))?;
        file.sync_all().map_err(|error| SegmentError::io(&temporary.0, error))?;
        info.bytes = file.metadata().map_err(|error| SegmentError::io(&temporary.0, error))?.len();
        info.columns = columns;
        info.left_out = left_out;
        drop(file);
        let final_path = target.directory.join(&info.path);
        info.replaced = final_path.exists();
        fs::rename(&temporary.0, &final_path).map_err(|error| SegmentError::io(&final_path, error))?;
        for directory in [&folder, target.directory] {
            File::open(directory)
                .and_then(|file| file.sync_all())
                .map_err(|error| SegmentError::io(directory, error))?;
        }
        Ok(info)
    }

    /// Encodes `rows` into `out`; gives back `out`, the names of the columns and the number of values left out.
    fn write_rows<W: Write + Send>(
        &self,
        rows: &[&Session],
        target: &SegmentTarget<'_>,
        out: W,
        path: &Path,
    ) -> Result<(W, Vec<String>, u64), SegmentError> {
        let mut columns = Columns::of(&self.declared, rows, ROWS_PER_BATCH);
        let schema: SchemaRef =
            Arc::new(Schema::new(columns.iter().map(|column| column.field().clone()).collect::<Vec<_>>()));
        columns.append(rows.get(..ROWS_PER_BATCH.min(rows.len())).unwrap_or_default(), target);
        let encoding = properties(rows.len(), target.level, &schema);
        let encoding = if target.level == 0 { captured(encoding, columns.iter()) } else { encoding };

        let mut groups = RowGroups::new(out, schema.clone(), encoding.build())
            .map_err(|error| SegmentError::parquet(path, error))?;
        let batches = rows.chunks(ROWS_PER_GROUP).flat_map(|group| {
            let last = group.len().div_ceil(ROWS_PER_BATCH);
            group.chunks(ROWS_PER_BATCH).zip(1..).map(move |(batch, number)| (batch, number == last))
        });
        for (batch, is_last) in batches {
            // The first is in them already.
            if columns.is_empty() {
                columns.append(batch, target);
            }
            let arrays = columns.finish(is_last);
            groups.add(arrays, is_last).map_err(|error| SegmentError::parquet(path, error))?;
        }
        let out = groups.finish().map_err(|error| SegmentError::parquet(path, error))?;
        let names = schema.fields().iter().map(|field| field.name().clone()).collect();
        Ok((out, names, columns.left_out()))
    }
}

/// A file that is removed unless it was renamed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone after the rename; otherwise a leftover that start-up would remove as well.
        let _ = fs::remove_file(&self.0);
    }
}

/// Leaves the highest version of each row. Rows of an open session wait together where an earlier one could not be written,
/// and of a segment a version is hidden by its id: all that have it.
fn newest_only(rows: &mut Vec<&Session>) {
    if rows.iter().all(|row| row.is_final) {
        return;
    }
    let mut newest: HashMap<SessionId, u32> = HashMap::with_capacity(rows.len());
    for row in rows.iter() {
        let version = newest.entry(row.id).or_default();
        *version = row.row_version.max(*version);
    }
    rows.retain(|row| newest.get(&row.id) == Some(&row.row_version));
}

fn last_ms(session: &Session) -> i64 {
    session.last_packet_us.div_euclid(1_000)
}

/// The rows of a day in lots of which none holds more than `most_bytes`, unless it is a row alone.
fn bounded<T>(rows: &[T], most_bytes: usize, bytes_of: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let mut bytes = 0_usize;
        let fitting = rest.iter().take_while(|row| {
            bytes = bytes.saturating_add(bytes_of(row));
            bytes <= most_bytes
        });
        let count = fitting.count().max(1).min(rest.len());
        let (lot, others) = rest.split_at_checked(count)?;
        rest = others;
        (!lot.is_empty()).then_some(lot)
    })
}

/// Digests what is written.
struct Digesting<W> {
    out: W,
    hash: XxHash64,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hash.write(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The times of a row that a segment's range must hold: those of its packets, and the one in its id.
fn times_of(session: &Session) -> [i64; 3] {
    [session.first_packet_us.div_euclid(1_000), last_ms(session), id_ms(&session.id)]
}

/// The time in an id: its first 48 bits, milliseconds since 1970.
pub(crate) fn id_ms(id: &[u8; 16]) -> i64 {
    id.iter().take(6).fold(0, |time, byte| time << 8 | i64::from(*byte))
}

/// All that is known of a segment before its bytes. `rows` are sorted by last packet and not empty.
fn describe(rows: &[&Session], target: &SegmentTarget<'_>) -> SegmentInfo {
    let times = || rows.iter().copied().flat_map(times_of);
    let min_last_ms = rows.first().map_or(0, |session| last_ms(session));
    SegmentInfo {
        day: day_text(min_last_ms.div_euclid(DAY_MS)),
        level: target.level,
        rows: rows.len() as u64,
        first_ms: times().min().unwrap_or(0),
        last_ms: times().max().unwrap_or(0),
        min_last_ms,
        open_rows: rows.iter().filter(|session| !session.is_final).count() as u64,
        total_packets: rows.iter().flat_map(|session| session.packets).sum(),
        total_bytes: rows.iter().flat_map(|session| session.bytes).sum(),
        ..SegmentInfo::default()
    }
}

/// Where a segment lies below the sessions directory; `id` tells it from others of its times.
pub(crate) fn segment_path(day: &str, level: u8, [first_ms, last_ms]: [i64; 2], id: &str) -> String {
    format!("{day}/{level}-{first_ms}-{last_ms}-{id}.parquet")
}

/// `YYYY-MM-DD` of a day counted from 1970-01-01 in the proleptic Gregorian calendar.
fn day_text(day: i64) -> String {
    // Counted from 0000-03-01, a year ends with February and a 400-year cycle has 146,097 days.
    let shifted = day + 719_468;
    let cycle = shifted.div_euclid(146_097);
    let day_of_cycle = shifted.rem_euclid(146_097);
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = 400 * cycle + year_of_cycle + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (day, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_781, "2026-11-24"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
            (106_751, "2262-04-11"),
        ] {
            assert_eq!(day_text(day), text);
        }
    }

    #[test]
    fn lots_hold_what_fits_and_a_row_that_fits_nowhere_is_alone() {
        let lots =
            |rows: &[usize]| bounded(rows, 10, |bytes| *bytes).map(<[usize]>::to_vec).collect::<Vec<_>>();
        assert_eq!(lots(&[4, 6, 1, 11, 10, 0, 3]), [vec![4, 6], vec![1], vec![11], vec![10, 0], vec![3]]);
        assert!(lots(&[]).is_empty());
    }

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let path = Path::new("x");
        let full = ParquetError::External(Box::new(io::Error::from(io::ErrorKind::StorageFull)));
        assert_eq!(SegmentError::parquet(path, full).code(), "DISK_FULL");
        let refused = ParquetError::External(Box::new(io::Error::from(io::ErrorKind::PermissionDenied)));
        assert_eq!(SegmentError::parquet(path, refused).code(), "SEGMENT_IO");
        assert_eq!(SegmentError::io(path, io::Error::from_raw_os_error(28)).code(), "DISK_FULL");
    }
}
