//! Segments of one day become one, in order of last packet and id, in bounded memory.
//!
//! Only ids and times are held for all rows. From their order it is known where each row goes; then one column after the
//! other is read from all segments, put in order and encoded before the next is touched ([`crate::row_groups`]). A sort
//! of whole rows held everything at once: a gigabyte for a quarter of a million rows.
//!
//! * [`input`]: a segment, of which single columns and leaves are read.
//! * [`union`]: the columns of the result, and values of one type as another.
//! * [`flatten`]: members of objects as columns of their own.

mod flatten;
mod input;
mod union;

use crate::column::uuid_field;
use crate::encoding::properties;
use crate::layout::ROWS_PER_GROUP;
use crate::row_groups::RowGroups;
use crate::writer::{SegmentError, SegmentInfo, id_ms, segment_path};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, new_null_array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema};
use arrow_select::interleave::interleave;
use input::Input;
use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::BufWriter;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use union::Union;

/// Bytes that the rows of a row group have at most before they are encoded, as far as their average tells.
const BYTES_PER_GROUP: u64 = 256 << 20;
/// Bytes of the buffer before the file.
const BUFFER_BYTES: usize = 1 << 20;

/// A segment to merge, and the rows of it to leave out.
#[derive(Debug)]
pub struct MergeInput {
    /// Where the segment lies.
    pub path: PathBuf,
    /// Ids of rows that later versions replaced.
    pub hidden: HashSet<[u8; 16]>,
}

/// A column that holds a member of all objects of a row as one list.
#[derive(Clone, Debug)]
pub struct FlatColumn {
    /// Name of the column: the path of the member.
    pub name: String,
    /// Name of the column of the list of objects.
    pub list: String,
    /// The member, or lists of objects inside and at last the member.
    pub members: Vec<String>,
    /// What its values are, for the column of a member that no row has: a reader need not look for it in the objects.
    pub values: FlatValues,
}

/// What the values of a flat column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlatValues {
    /// Whole numbers.
    Integer,
    /// Fractions.
    Float,
    /// Yes or no.
    Boolean,
    /// Text.
    Text,
    /// Addresses.
    Address,
}

impl FlatValues {
    fn field(self) -> Field {
        let named = |data_type| Field::new("element", data_type, false);
        match self {
            Self::Integer => named(DataType::Int64),
            Self::Float => named(DataType::Float64),
            Self::Boolean => named(DataType::Boolean),
            Self::Text => named(DataType::Utf8),
            Self::Address => uuid_field("element", false),
        }
    }
}

/// What to merge.
#[derive(Debug)]
pub struct Merge {
    /// Segments of one day.
    pub inputs: Vec<MergeInput>,
    /// That day, `YYYY-MM-DD`.
    pub day: String,
    /// Ids of the only rows to keep; all that are not hidden when none are given.
    pub keep: Option<HashSet<[u8; 16]>>,
    /// Members to make columns of.
    pub flat: Vec<FlatColumn>,
    /// Compaction level of the result.
    pub level: u8,
    /// What tells the result from other segments of its times.
    pub id: String,
    /// The file to write. It is synced and has no name that a reader knows: the caller gives it its own.
    pub output: PathBuf,
}

/// Where a row comes from, in the order of the result.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    last_ms: i64,
    id: [u8; 16],
    input: u32,
    row: u32,
}

/// Rows of a row group: the stretch of each segment to read, and for each row the segment and the place in its stretch.
struct Group {
    stretches: Vec<Option<Range<usize>>>,
    order: Vec<(usize, usize)>,
}

/// Merges the segments; nothing is written when there are no rows.
///
/// # Errors
/// [`SegmentError::Damaged`] names the segment that does not read back, [`SegmentError::Unlike`] a column whose types
/// cannot be one; [`SegmentError::Cancelled`] when `cancel` was set; and those of writing a segment. What was written by
/// then is left at [`Merge::output`] for the caller to remove.
pub fn merge(merge: &Merge, cancel: &AtomicBool) -> Result<Option<SegmentInfo>, SegmentError> {
    let mut inputs: Vec<Input> = Vec::new();
    let mut places = Vec::new();
    for given in &merge.inputs {
        looked_at(cancel)?;
        let input = Input::open(&given.path)?;
        let before = places.len();
        add_places(&mut places, inputs.len() as u32, &input, given, merge.keep.as_ref())?;
        // A segment that gives no row is not needed any more: there may be thousands.
        if places.len() > before {
            inputs.push(input);
        }
    }
    places.sort_unstable();
    let [Some(earliest), Some(latest)] = [places.first(), places.last()] else { return Ok(None) };
    let union = Union::of(&inputs, &merge.flat)?;
    let schema = Arc::new(Schema::new(union.fields().cloned().collect::<Vec<_>>()));
    let mut merged = SegmentInfo {
        day: merge.day.clone(),
        level: merge.level,
        rows: places.len() as u64,
        first_ms: places.iter().map(|place| place.last_ms.min(id_ms(&place.id))).min().unwrap_or(0),
        min_last_ms: earliest.last_ms,
        last_ms: places.iter().map(|place| id_ms(&place.id)).fold(latest.last_ms, i64::max),
        columns: schema.fields().iter().map(|field| field.name().clone()).collect(),
        ..SegmentInfo::default()
    };

    let path = &merge.output;
    let io = |error| SegmentError::io(path, error);
    let file = OpenOptions::new().write(true).create_new(true).open(path).map_err(io)?;
    let out = BufWriter::with_capacity(BUFFER_BYTES, file);
    let encoding = properties(places.len(), merge.level, &schema).build();
    let parquet = |error| SegmentError::parquet(path, error);
    let mut groups = RowGroups::new(out, schema.clone(), encoding).map_err(parquet)?;
    for group in places.chunks(rows_per_group(&inputs)) {
        let group = Group::of(group, inputs.len());
        // What fails while a column is read is kept here: the writer knows only errors of its own kind.
        let mut failure = None;
        let arrays = union.columns().map(|column| {
            let array = looked_at(cancel).and_then(|()| column_of(column, &inputs, &group));
            array.map_err(|error| {
                let told = ArrowError::ExternalError(error.to_string().into());
                failure.get_or_insert(error);
                told
            })
        });
        let arrays = arrays.zip(schema.fields()).map(|(array, field)| {
            if let Ok(array) = &array {
                count(&mut merged, field, array);
            }
            array
        });
        let added = groups.add(arrays, true);
        if let Some(error) = failure {
            return Err(error);
        }
        added.map_err(parquet)?;
    }
    let out = groups.finish().map_err(parquet)?;
    let file = out.into_inner().map_err(|error| io(error.into_error()))?;
    file.sync_all().map_err(io)?;
    merged.bytes = file.metadata().map_err(io)?.len();
    merged.path = segment_path(&merge.day, merge.level, [merged.first_ms, merged.last_ms], &merge.id);
    Ok(Some(merged))
}

fn looked_at(cancel: &AtomicBool) -> Result<(), SegmentError> {
    if cancel.load(Ordering::Relaxed) { Err(SegmentError::Cancelled) } else { Ok(()) }
}

fn add_places(
    places: &mut Vec<Place>,
    number: u32,
    input: &Input,
    given: &MergeInput,
    keep: Option<&HashSet<[u8; 16]>>,
) -> Result<(), SegmentError> {
    let all = 0..input.rows();
    let missing = |name: &str| input.damaged(format!("the column {name} is missing"));
    let ids = input.column("id", &all)?.ok_or_else(|| missing("id"))?;
    let times = input.column("lastPacket", &all)?.ok_or_else(|| missing("lastPacket"))?;
    let ids = ids.as_fixed_size_binary_opt().ok_or_else(|| input.damaged("its ids are no ids"))?;
    let times =
        times.as_primitive_opt::<Int64Type>().ok_or_else(|| input.damaged("its times are no times"))?;
    for (row, (id, last_ms)) in (0..).zip(ids.iter().zip(times)) {
        let id = id.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        let (Some(id), Some(last_ms)) = (id, last_ms) else {
            return Err(input.damaged(format!("the row {row} has no id or no time")));
        };
        if !given.hidden.contains(&id) && keep.is_none_or(|kept| kept.contains(&id)) {
            places.push(Place { last_ms, id, input: number, row });
        }
    }
    Ok(())
}

/// Rows of a row group, fewer where they are long.
fn rows_per_group(inputs: &[Input]) -> usize {
    let rows: usize = inputs.iter().map(Input::rows).sum();
    let bytes: u64 = inputs.iter().map(Input::bytes).sum();
    let mean = (bytes / rows.max(1) as u64).max(1);
    ROWS_PER_GROUP.min(usize::try_from(BYTES_PER_GROUP / mean).unwrap_or(ROWS_PER_GROUP)).max(1)
}

impl Group {
    fn of(places: &[Place], inputs: usize) -> Self {
        let mut stretches: Vec<Option<Range<usize>>> = vec![None; inputs];
        for place in places {
            let row = place.row as usize;
            if let Some(stretch) = stretches.get_mut(place.input as usize) {
                let (start, end) = stretch.as_ref().map_or((row, row + 1), |known| (known.start, known.end));
                *stretch = Some(start.min(row)..end.max(row + 1));
            }
        }
        // Segments without rows here are not read, so the numbers close up.
        let mut numbers = Vec::with_capacity(inputs);
        let mut next = 0;
        for stretch in &stretches {
            numbers.push((next, stretch.as_ref().map_or(0, |stretch| stretch.start)));
            next += usize::from(stretch.is_some());
        }
        let order = places.iter().filter_map(|place| {
            let (number, start) = numbers.get(place.input as usize)?;
            Some((*number, place.row as usize - start))
        });
        Self { order: order.collect(), stretches }
    }
}

/// The values of one column in their order.
fn column_of(column: &union::Column, inputs: &[Input], group: &Group) -> Result<ArrayRef, SegmentError> {
    let target = column.field.data_type();
    let mut parts = Vec::new();
    for (input, stretch) in inputs.iter().zip(&group.stretches) {
        let Some(stretch) = stretch else { continue };
        let read = match input.column(column.field.name(), stretch)? {
            Some(values) => Some(values),
            None => match &column.flat {
                Some(flat) => input.flat_column(flat, stretch)?,
                None => None,
            },
        };
        parts.push(match read {
            Some(values) => union::adapted(&values, target).map_err(|error| input.damaged(error))?,
            None => new_null_array(target, stretch.len()),
        });
    }
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    Ok(interleave(&parts, &group.order)?)
}

/// Adds to `segment` what a column says of the whole.
fn count(segment: &mut SegmentInfo, field: &FieldRef, values: &ArrayRef) {
    let numbers = || values.as_primitive_opt::<Int64Type>().into_iter().flatten().flatten();
    let sum = || numbers().filter_map(|number| u64::try_from(number).ok()).sum::<u64>();
    match field.name().as_str() {
        "firstPacket" => {
            segment.first_ms = numbers().fold(segment.first_ms, i64::min);
            segment.last_ms = numbers().fold(segment.last_ms, i64::max);
        }
        "final" => {
            let is_final = values.as_boolean_opt().into_iter().flatten();
            segment.open_rows += is_final.filter(|value| *value == Some(false)).count() as u64;
        }
        "network.packets" => segment.total_packets += sum(),
        "network.bytes" => segment.total_bytes += sum(),
        _ => {}
    }
}

/// The one name of elements of lists, whatever a file calls them.
fn element(of: &Field) -> Field {
    of.clone().with_name("element")
}
