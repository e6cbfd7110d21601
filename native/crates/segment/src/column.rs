//! Columns that grow row by row and become Arrow arrays.

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, FixedSizeBinaryArray, Float64Array, Int32Array, Int64Array,
    ListArray, StringArray, StructArray,
};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::extension::Uuid;
use arrow_schema::{ArrowError, DataType, Field, FieldRef};
use lookback_session::{FieldSpec, Item, View};
use std::collections::HashSet;
use std::sync::Arc;

/// Most bytes of text that one column gathers before its rows are written; a value beyond is left out and
/// counted. Offsets are 32 bits wide.
pub(crate) const MAX_TEXT_PER_BATCH: usize = 1 << 30;

/// Values of a column that are looked at to tell whether they repeat.
const SAMPLE: usize = 256;
/// Fewer tell nothing.
const MIN_SAMPLE: usize = 32;

/// No place of a member; a list has fewer members.
const NO_MEMBER: u8 = u8::MAX;

/// What a column holds, without its nulls.
pub(crate) enum Values {
    Integer32(Vec<i32>),
    Integer(Vec<i64>),
    Float(Vec<f64>),
    Boolean(BooleanBufferBuilder),
    Text {
        ends: Vec<i32>,
        bytes: Vec<u8>,
    },
    Binary {
        ends: Vec<i32>,
        bytes: Vec<u8>,
    },
    Uuid(Vec<u8>),
    List {
        ends: Vec<i32>,
        child: Box<Column>,
    },
    Struct {
        members: Vec<Member>,
        /// Where the member of a field's number is; [`NO_MEMBER`] for other fields.
        places: Vec<u8>,
    },
}

/// What a column holds of a segment's rows.
#[derive(Clone, Copy, Default)]
pub(crate) struct Size {
    pub values: usize,
    pub bytes: usize,
}

/// One member of an object list.
pub(crate) struct Member {
    pub field: &'static FieldSpec,
    pub column: Column,
}

/// A growing column with its name and type.
pub(crate) struct Column {
    field: FieldRef,
    values: Values,
    length: usize,
    /// Made at the first null; until then every row has a value.
    valid: Option<BooleanBufferBuilder>,
    /// Values left out, see [`MAX_TEXT_PER_BATCH`].
    left_out: u64,
}

/// The Arrow type of an address or id: 16 bytes that Parquet knows as UUID, so that order is that of the bytes.
pub(crate) fn uuid_field(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::FixedSizeBinary(16), nullable).with_extension_type(Uuid)
}

impl Column {
    pub fn integer32(name: &str) -> Self {
        Self::new(Field::new(name, DataType::Int32, false), Values::Integer32(Vec::new()))
    }
    pub fn integer(name: &str, nullable: bool) -> Self {
        Self::new(Field::new(name, DataType::Int64, nullable), Values::Integer(Vec::new()))
    }
    pub fn float(name: &str, nullable: bool) -> Self {
        Self::new(Field::new(name, DataType::Float64, nullable), Values::Float(Vec::new()))
    }
    pub fn boolean(name: &str, nullable: bool) -> Self {
        Self::new(
            Field::new(name, DataType::Boolean, nullable),
            Values::Boolean(BooleanBufferBuilder::new(0)),
        )
    }
    pub fn text(name: &str, nullable: bool) -> Self {
        Self::new(
            Field::new(name, DataType::Utf8, nullable),
            Values::Text { ends: vec![0], bytes: Vec::new() },
        )
    }
    pub fn binary(name: &str) -> Self {
        Self::new(
            Field::new(name, DataType::Binary, false),
            Values::Binary { ends: vec![0], bytes: Vec::new() },
        )
    }
    pub fn uuid(name: &str, nullable: bool) -> Self {
        Self::new(uuid_field(name, nullable), Values::Uuid(Vec::new()))
    }
    /// A list of what `child` holds; the child is renamed to Parquet's `element`.
    pub fn list(name: &str, mut child: Column) -> Self {
        let element = child.field.as_ref().clone().with_name("element").with_nullable(false);
        child.field = Arc::new(element);
        let field = Field::new(name, DataType::List(child.field.clone()), true);
        Self::new(field, Values::List { ends: vec![0], child: Box::new(child) })
    }
    pub fn structure(name: &str, members: Vec<Member>) -> Self {
        let fields = members.iter().map(|member| member.column.field.clone()).collect();
        let mut places = Vec::new();
        for (place, member) in members.iter().enumerate() {
            let number = usize::from(member.field.number());
            if places.len() <= number {
                places.resize(number + 1, NO_MEMBER);
            }
            places[number] = u8::try_from(place).unwrap_or(NO_MEMBER);
        }
        Self::new(Field::new(name, DataType::Struct(fields), true), Values::Struct { members, places })
    }

    fn new(field: Field, values: Values) -> Self {
        Self { field: Arc::new(field), values, length: 0, valid: None, left_out: 0 }
    }

    /// Name and type.
    pub fn field(&self) -> &FieldRef {
        &self.field
    }
    /// Values left out for want of room, here and below.
    pub fn left_out(&self) -> u64 {
        self.left_out
            + match &self.values {
                Values::List { child, .. } => child.left_out(),
                Values::Struct { members, .. } => members.iter().map(|member| member.column.left_out()).sum(),
                _ => 0,
            }
    }

    /// The columns of values in this one, itself or those inside, with their paths in Parquet.
    pub fn leaves(&self) -> Vec<(Vec<String>, &Column)> {
        let name = self.field.name();
        let mut leaves = match &self.values {
            Values::List { child, .. } => child.leaves(),
            Values::Struct { members, .. } => members.iter().flat_map(|one| one.column.leaves()).collect(),
            _ => vec![(Vec::new(), self)],
        };
        let between = matches!(self.values, Values::List { .. }).then_some("list");
        for (path, _) in &mut leaves {
            path.splice(0..0, [name.as_str()].into_iter().chain(between).map(str::to_owned));
        }
        leaves
    }
    /// Whether it holds whole numbers.
    pub fn is_integer(&self) -> bool {
        matches!(self.values, Values::Integer32(_) | Values::Integer(_))
    }
    /// Whether its texts, addresses or ids are nearly all different, by some of those that are in it.
    pub fn is_distinct(&self) -> bool {
        let value = |row: usize| match &self.values {
            Values::Text { ends, bytes } | Values::Binary { ends, bytes } => {
                bytes.get(*ends.get(row)? as usize..*ends.get(row + 1)? as usize)
            }
            Values::Uuid(values) => values.get(16 * row..16 * (row + 1)),
            _ => None,
        };
        let is_valid = |row: &usize| self.valid.as_ref().is_none_or(|valid| valid.get_bit(*row));
        let step = self.length.div_ceil(SAMPLE).max(1);
        let sample: Vec<&[u8]> = (0..self.length).step_by(step).filter(is_valid).filter_map(value).collect();
        let different = sample.iter().collect::<HashSet<_>>().len();
        // Of 256 among 4,096 values so many are different when each comes five times.
        sample.len() >= MIN_SAMPLE && different * 8 > sample.len() * 7
    }

    /// Makes room for `rows` rows that hold `size` in one piece: a buffer that grows is copied again and again, each time
    /// to memory that the system has to clear.
    pub fn reserve(&mut self, rows: usize, size: Size) {
        let bytes_of_all = size.bytes.min(MAX_TEXT_PER_BATCH);
        match &mut self.values {
            Values::Integer32(values) => values.reserve_exact(rows),
            Values::Integer(values) => values.reserve_exact(rows),
            Values::Float(values) => values.reserve_exact(rows),
            Values::Boolean(values) => values.reserve(rows),
            Values::Text { ends, bytes } | Values::Binary { ends, bytes } => {
                ends.reserve_exact(rows);
                bytes.reserve_exact(bytes_of_all);
            }
            Values::Uuid(values) => values.reserve_exact(16 * rows),
            Values::List { ends, child } => {
                ends.reserve_exact(rows);
                child.reserve(size.values, size);
            }
            // What the members hold is not known beforehand.
            Values::Struct { .. } => {}
        }
    }

    /// Counts a row that has a value.
    #[inline]
    fn mark(&mut self) {
        if let Some(bits) = &mut self.valid {
            bits.append(true);
        }
        self.length += 1;
    }

    pub fn append_null(&mut self) {
        self.append_nulls(1);
    }
    fn append_nulls(&mut self, count: usize) {
        match &mut self.values {
            Values::Integer32(values) => values.resize(values.len() + count, 0),
            Values::Integer(values) => values.resize(values.len() + count, 0),
            Values::Float(values) => values.resize(values.len() + count, 0.0),
            Values::Boolean(values) => values.append_n(count, false),
            Values::Text { ends, bytes } | Values::Binary { ends, bytes } => {
                ends.resize(ends.len() + count, bytes.len() as i32);
            }
            Values::Uuid(values) => values.resize(values.len() + 16 * count, 0),
            Values::List { ends, child } => ends.resize(ends.len() + count, child.length as i32),
            Values::Struct { members, .. } => {
                members.iter_mut().for_each(|member| member.column.append_nulls(count));
            }
        }
        let length = self.length;
        let valid = self.valid.get_or_insert_with(|| {
            let mut bits = BooleanBufferBuilder::new(length + count + 64);
            bits.append_n(length, true);
            bits
        });
        valid.append_n(count, false);
        self.length += count;
    }
    /// Appends nulls until the column has `rows` rows.
    #[inline]
    pub fn pad_to(&mut self, rows: usize) {
        if self.length < rows {
            self.append_nulls(rows - self.length);
        }
    }
    #[inline]
    pub fn append_integer32(&mut self, number: i32) {
        if let Values::Integer32(values) = &mut self.values {
            values.push(number);
            self.mark();
        } else {
            self.append_null();
        }
    }
    #[inline]
    pub fn append_integer(&mut self, number: i64) {
        if let Values::Integer(values) = &mut self.values {
            values.push(number);
            self.mark();
        } else {
            self.append_null();
        }
    }
    pub fn append_float(&mut self, number: f64) {
        if let Values::Float(values) = &mut self.values {
            values.push(number);
            self.mark();
        } else {
            self.append_null();
        }
    }
    #[inline]
    pub fn append_boolean(&mut self, yes: bool) {
        if let Values::Boolean(values) = &mut self.values {
            values.append(yes);
            self.mark();
        } else {
            self.append_null();
        }
    }
    #[inline]
    pub fn append_uuid(&mut self, id: &[u8; 16]) {
        if let Values::Uuid(values) = &mut self.values {
            values.extend_from_slice(id);
            self.mark();
        } else {
            self.append_null();
        }
    }
    #[inline]
    pub fn append_text(&mut self, text: &[u8]) {
        if let Values::Text { ends, bytes } = &mut self.values {
            if bytes.len() + text.len() > MAX_TEXT_PER_BATCH {
                ends.push(bytes.len() as i32);
                self.left_out += 1;
            } else {
                bytes.extend_from_slice(text);
                ends.push(bytes.len() as i32);
            }
            self.mark();
        } else {
            self.append_null();
        }
    }
    #[inline]
    pub fn append_binary(&mut self, value: &[u8]) {
        if let Values::Binary { ends, bytes } = &mut self.values {
            if bytes.len() + value.len() > MAX_TEXT_PER_BATCH {
                self.left_out += 1;
            } else {
                bytes.extend_from_slice(value);
            }
            ends.push(bytes.len() as i32);
            self.mark();
        } else {
            self.append_null();
        }
    }
    /// Appends a list of `numbers`.
    pub fn append_integers(&mut self, numbers: impl Iterator<Item = i64>) {
        self.append_list(|child| numbers.for_each(|number| child.append_integer(number)));
    }

    fn append_list(&mut self, fill: impl FnOnce(&mut Column)) {
        if let Values::List { ends, child } = &mut self.values {
            fill(child);
            ends.push(child.length as i32);
            self.mark();
        } else {
            self.append_null();
        }
    }

    /// Appends a value of a declared field as row `row`, with nulls before it where the column is behind. A second
    /// value for the same row extends a list and is left out otherwise.
    #[inline]
    pub fn append_item(&mut self, row: usize, item: Item<'_>) {
        self.pad_to(row);
        let again = self.length > row;
        if let Values::List { ends, child } = &mut self.values {
            child.append_single(item);
            let end = child.length as i32;
            match ends.last_mut() {
                Some(last) if again => *last = end,
                _ => {
                    ends.push(end);
                    self.mark();
                }
            }
        } else if again {
            self.left_out += 1;
        } else {
            self.append_single(item);
        }
    }

    #[inline]
    fn append_single(&mut self, item: Item<'_>) {
        match item {
            Item::Text(text) => self.append_text(text),
            Item::Integer(number) => self.append_integer(number),
            Item::Ip(address) => self.append_uuid(address),
            Item::Float(number) => self.append_float(number),
            Item::Boolean(yes) => self.append_boolean(yes),
            Item::Object(object) => self.append_object(object),
        }
    }

    fn append_object(&mut self, object: View<'_>) {
        let row = self.length;
        let Values::Struct { members, places } = &mut self.values else {
            self.append_null();
            return;
        };
        for (number, item) in object.items() {
            let place = places.get(usize::from(number)).copied().unwrap_or(NO_MEMBER);
            match members.get_mut(usize::from(place)) {
                Some(member) => member.column.append_item(row, item),
                None => self.left_out += 1,
            }
        }
        members.iter_mut().for_each(|member| member.column.pad_to(row + 1));
        self.mark();
    }

    /// The rows so far as an Arrow array; the column is empty afterwards and can be filled again, and has room for as much
    /// unless these `are_last`.
    pub fn finish(&mut self, are_last: bool) -> Result<ArrayRef, ArrowError> {
        let nulls = self.valid.take().map(|mut bits| NullBuffer::new(bits.finish()));
        let length = std::mem::take(&mut self.length);
        Ok(match &mut self.values {
            Values::Integer32(values) => {
                Arc::new(Int32Array::try_new(renew(values, are_last).into(), nulls)?)
            }
            Values::Integer(values) => Arc::new(Int64Array::try_new(renew(values, are_last).into(), nulls)?),
            Values::Float(values) => Arc::new(Float64Array::try_new(renew(values, are_last).into(), nulls)?),
            Values::Boolean(values) => Arc::new(BooleanArray::new(values.finish(), nulls)),
            Values::Text { ends, bytes } => Arc::new(StringArray::try_new(
                take_offsets(ends, are_last),
                Buffer::from_vec(renew(bytes, are_last)),
                nulls,
            )?),
            Values::Binary { ends, bytes } => Arc::new(BinaryArray::try_new(
                take_offsets(ends, are_last),
                Buffer::from_vec(renew(bytes, are_last)),
                nulls,
            )?),
            Values::Uuid(values) => {
                Arc::new(FixedSizeBinaryArray::try_new(16, Buffer::from_vec(renew(values, are_last)), nulls)?)
            }
            Values::List { ends, child } => {
                let offsets = take_offsets(ends, are_last);
                Arc::new(ListArray::try_new(child.field.clone(), offsets, child.finish(are_last)?, nulls)?)
            }
            Values::Struct { members, .. } => {
                let fields = members.iter().map(|member| member.column.field.clone()).collect();
                let arrays = members
                    .iter_mut()
                    .map(|member| member.column.finish(are_last))
                    .collect::<Result<Vec<_>, _>>()?;
                Arc::new(StructArray::try_new_with_length(fields, arrays, nulls, length)?)
            }
        })
    }
}

fn take_offsets(ends: &mut Vec<i32>, are_last: bool) -> OffsetBuffer<i32> {
    let offsets = renew(ends, are_last);
    ends.push(0);
    // Ends only grow and start at 0, which is what the constructor checks.
    OffsetBuffer::new(ScalarBuffer::from(offsets))
}

/// Takes what `values` holds and leaves room for as much again, for the next batch is about as large; none after the last.
fn renew<T>(values: &mut Vec<T>, are_last: bool) -> Vec<T> {
    let room = if are_last { Vec::new() } else { Vec::with_capacity(values.len()) };
    std::mem::replace(values, room)
}
