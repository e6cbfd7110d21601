//! Values of declared fields.
//!
//! A session holds some thirty small values for as long as its flow is open, and there may be millions of flows: what
//! counts is bytes, and how many separate pieces of memory they lie in. So all values of a session lie one after the
//! other in one buffer, in order of arrival:
//!
//! ```text
//! value*
//!   u16 field         number of the field, and in its upper four bits the type of the value
//!   u16 length        bytes that follow; 65,535 says that a length of 32 bits comes first
//!   bytes             text as UTF-8; a whole number as up to 8 bytes, low first, without those that its sign tells; a
//!                     decimal number as 8 bytes; an address as 16; an object as its values
//! ```

use crate::encoding::{LONG_HEADER, NUMBER, Raw, header, integer, integer_length, kind};
use crate::field::{FieldSpec, Shape};
use crate::index::Index;
use compact_str::CompactString;

/// An address: 16 bytes in network order, IPv4 as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2).
pub type Address = [u8; 16];

/// Longest text kept of one value, in bytes; a longer one is cut at a character boundary.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;
/// Most values kept of one field of one session; later ones are dropped and counted in [`Fields::dropped`].
pub const MAX_VALUES_PER_FIELD: usize = 1_000;
/// Most bytes of all values of one session, or of one object before it is added; later ones are dropped and counted in
/// [`Fields::dropped`]. What moves them, as a value that grows does, takes less than a tenth of a millisecond.
pub const MAX_FIELDS_BYTES: usize = 1 << 20;

/// The value of one field in one session.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// One whole number.
    Integer(i64),
    /// One decimal number.
    Float(f64),
    /// One yes or no.
    Boolean(bool),
    /// One text.
    Text(CompactString),
    /// One address.
    Ip(Address),
    /// Several whole numbers.
    Integers(Vec<i64>),
    /// Several texts.
    Texts(Vec<CompactString>),
    /// Several addresses.
    Ips(Vec<Address>),
    /// Several objects, each with its members.
    Objects(Vec<Fields>),
}

impl Value {
    /// Number of values held.
    pub fn len(&self) -> usize {
        match self {
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Text(_) | Value::Ip(_) => 1,
            Value::Integers(v) => v.len(),
            Value::Texts(v) => v.len(),
            Value::Ips(v) => v.len(),
            Value::Objects(v) => v.len(),
        }
    }
    /// Whether a list is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One value as it lies in the buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item<'a> {
    /// A text: UTF-8, as it was added.
    Text(&'a [u8]),
    /// A whole number.
    Integer(i64),
    /// An address.
    Ip(&'a Address),
    /// A decimal number.
    Float(f64),
    /// A yes or no.
    Boolean(bool),
    /// An object with its members.
    Object(View<'a>),
}

/// Room that is made at first: what most flows need that nothing dissects, which is label, MACs and TTLs.
const FIRST_BYTES: usize = 64;
/// Room that is made next: what most dissected flows have.
const SECOND_BYTES: usize = 256;
/// With more values than this, whether one is there already is looked up by hash instead of by scanning.
const SCAN_LIMIT: usize = 96;

/// The declared fields of one session (or of one object inside it), in order of first arrival.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    bytes: Vec<u8>,
    index: Option<Box<Index>>,
    /// Values in `bytes`.
    items: u32,
    dropped: u32,
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.values() == other.values()
    }
}

fn bounded(text: &str) -> &str {
    if text.len() <= MAX_TEXT_BYTES {
        return text;
    }
    let mut end = MAX_TEXT_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Text of the buffer, which is UTF-8: it was added as such.
fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[inline]
fn item(head: u16, value: &[u8]) -> Item<'_> {
    let number = || value.first_chunk::<8>().copied().unwrap_or_default();
    match head & !NUMBER {
        kind::INTEGER => Item::Integer(integer(value)),
        kind::IP => value.first_chunk().map_or(Item::Text(value), Item::Ip),
        kind::FLOAT => Item::Float(f64::from_le_bytes(number())),
        kind::BOOLEAN => Item::Boolean(value.first() == Some(&1)),
        kind::OBJECT => Item::Object(View { bytes: value }),
        _ => Item::Text(value),
    }
}

impl Fields {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }
    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
    /// Values that were added.
    #[inline]
    pub fn len(&self) -> usize {
        self.items as usize
    }
    /// Bytes of the values.
    #[inline]
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }
    /// Bytes that it takes: the values, and what finds them when they are many.
    #[inline]
    pub fn held_bytes(&self) -> usize {
        self.bytes.len() + self.index.as_ref().map_or(0, |index| index.held_bytes())
    }
    /// Values refused because a field was full ([`MAX_VALUES_PER_FIELD`]), or all fields together ([`MAX_FIELDS_BYTES`]).
    pub fn dropped(&self) -> u32 {
        self.dropped
    }
    #[inline]
    fn raw(&self) -> Raw<'_> {
        Raw { bytes: &self.bytes, at: 0 }
    }
    /// The values, to be read.
    #[inline]
    pub fn view(&self) -> View<'_> {
        View { bytes: &self.bytes }
    }
    /// See [`View::items`].
    #[inline]
    pub fn items(&self) -> impl Iterator<Item = (u16, Item<'_>)> {
        self.view().items()
    }
    /// See [`View::has_text`].
    pub fn has_text(&self, field: &'static FieldSpec, text: &str) -> bool {
        self.view().has_text(field, text)
    }
    /// See [`View::text`].
    pub fn text(&self, field: &'static FieldSpec) -> Option<&str> {
        self.view().text(field)
    }
    /// See [`View::texts`].
    pub fn texts(&self, field: &'static FieldSpec) -> impl Iterator<Item = &str> {
        self.view().texts(field)
    }
    /// See [`View::objects`].
    pub fn objects(&self, field: &'static FieldSpec) -> impl Iterator<Item = View<'_>> {
        self.view().objects(field)
    }
    /// See [`View::values`].
    pub fn values(&self) -> Vec<(&'static FieldSpec, Value)> {
        self.view().values()
    }
    /// A copy of the value of `field`, if it has one.
    pub fn get(&self, field: &'static FieldSpec) -> Option<Value> {
        self.values().into_iter().find(|(of, _)| *of == field).map(|(_, value)| value)
    }
    /// A copy of the fields that carry over into the next segment of a flow.
    pub fn linked(&self) -> Self {
        let linked = |number| FieldSpec::numbered(number).is_some_and(|field| field.linked);
        let mut copy = Self::new();
        for (_, head, value) in self.raw().filter(|(_, head, _)| linked(head & NUMBER)) {
            copy.push(head, value);
        }
        copy
    }

    #[inline]
    fn push(&mut self, head: u16, value: &[u8]) {
        let (header, length) = header(head, value.len());
        if self.bytes.capacity() - self.bytes.len() < length + value.len() {
            self.grow(length + value.len());
        }
        self.bytes.extend_from_slice(&header[..length]);
        self.bytes.extend_from_slice(value);
        self.items += 1;
    }
    /// Makes room by halves: doubling would leave a third of it unused.
    #[cold]
    fn grow(&mut self, more: usize) {
        let room = self.bytes.capacity();
        let usual = if room == 0 { FIRST_BYTES } else { SECOND_BYTES };
        let needed = self.bytes.len() + more;
        let wanted = (room * 3 / 2).max(usual).min(MAX_FIELDS_BYTES).max(needed);
        self.bytes.reserve_exact(wanted - self.bytes.len());
    }

    /// Adds a value, following the field's shape. Whether it is new.
    fn add(&mut self, field: &'static FieldSpec, kind: u16, value: &[u8]) -> bool {
        let number = field.number();
        if number == 0 {
            self.drop_value();
            return false;
        }
        let head = number | kind;
        if field.shape == Shape::One {
            return self.set(head, value);
        }
        let distinct = field.shape == Shape::Set;
        if self.items as usize > SCAN_LIMIT {
            return self.add_to_many(head, value, distinct);
        }
        let mut count = 0;
        for (_, of, held) in self.raw() {
            if of == head {
                if distinct && held == value {
                    return false;
                }
                count += 1;
            }
        }
        self.push_within(count, head, value)
    }
    /// Adds a value that is one of many. Whether it is new.
    fn add_to_many(&mut self, head: u16, value: &[u8], distinct: bool) -> bool {
        let mut index = self.index.take().unwrap_or_else(|| Box::new(Index::of(&self.bytes)));
        let hash = distinct.then(|| index.hash_of(head, value));
        let is_new = hash.is_none_or(|hash| !index.has(&self.bytes, hash, head, value));
        let at = self.bytes.len();
        let is_added = is_new && self.push_within(index.count(head & NUMBER), head, value);
        if is_added {
            index.note(at, head & NUMBER, hash);
        }
        self.index = Some(index);
        is_added
    }
    /// Adds a value to a field that has `count` of them, if there is room. Whether there is.
    #[inline]
    fn push_within(&mut self, count: usize, head: u16, value: &[u8]) -> bool {
        if count >= MAX_VALUES_PER_FIELD || self.bytes.len() + LONG_HEADER + value.len() > MAX_FIELDS_BYTES {
            self.drop_value();
            return false;
        }
        self.push(head, value);
        true
    }
    /// Counts a value that somebody who adds to this left out for want of room.
    pub fn drop_value(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }
    /// Where the one value of a field is, its head and its bytes.
    fn single(&self, number: u16) -> Option<(usize, u16, &[u8])> {
        match &self.index {
            Some(index) => Raw { bytes: &self.bytes, at: index.first(number)? }.next(),
            None => self.raw().find(|(_, head, _)| head & NUMBER == number),
        }
    }
    /// Sets the one value of a field. Whether there is room.
    fn set(&mut self, head: u16, value: &[u8]) -> bool {
        if let Some((at, _, held)) = self.single(head & NUMBER) {
            let length = held.len();
            return self.replace(at, length, head, value);
        }
        let at = self.bytes.len();
        let is_added = self.push_within(0, head, value);
        if let Some(index) = self.index.as_mut().filter(|_| is_added) {
            index.note(at, head & NUMBER, None);
        }
        is_added
    }
    /// Puts a value in place of that of `length` bytes at `at`. Whether there is room.
    fn replace(&mut self, at: usize, length: usize, head: u16, value: &[u8]) -> bool {
        let before = self.bytes.len();
        let end = at + header(head, length).1 + length;
        let (header, header_length) = header(head, value.len());
        let new_end = at + header_length + value.len();
        if new_end > end && before + (new_end - end) > MAX_FIELDS_BYTES {
            self.drop_value();
            return false;
        }
        if new_end > end {
            let more = new_end - end;
            if self.bytes.capacity() - before < more {
                self.grow(more);
            }
            self.bytes.resize(before + more, 0);
        }
        if new_end != end {
            self.bytes.copy_within(end..before, new_end);
            self.bytes.truncate(before + new_end - end);
            if let Some(index) = &mut self.index {
                index.shift(end, new_end);
            }
        }
        let place =
            self.bytes.get_mut(at..new_end).and_then(|place| place.split_at_mut_checked(header_length));
        if let Some((new_header, new_value)) = place {
            new_header.copy_from_slice(&header[..header_length]);
            new_value.copy_from_slice(value);
        }
        true
    }

    /// Adds a text, following the field's shape. Returns whether it is new.
    pub fn add_text(&mut self, field: &'static FieldSpec, text: &str) -> bool {
        self.add(field, kind::TEXT, bounded(text).as_bytes())
    }
    /// Adds bytes as text; bytes that are no UTF-8 become U+FFFD.
    pub fn add_bytes(&mut self, field: &'static FieldSpec, bytes: &[u8]) -> bool {
        let bytes = &bytes[..bytes.len().min(MAX_TEXT_BYTES)];
        match std::str::from_utf8(bytes) {
            Ok(text) => self.add_text(field, text),
            Err(_) => self.add_text(field, &String::from_utf8_lossy(bytes)),
        }
    }
    /// Adds a whole number, following the field's shape. Returns whether it is new.
    pub fn add_integer(&mut self, field: &'static FieldSpec, number: i64) -> bool {
        self.add(field, kind::INTEGER, &number.to_le_bytes()[..integer_length(number)])
    }
    /// Adds `by` to a single whole number (absent counts as 0).
    pub fn increment(&mut self, field: &'static FieldSpec, by: i64) {
        let held = self.single(field.number()).map_or(0, |(_, head, value)| match item(head, value) {
            Item::Integer(number) => number,
            _ => 0,
        });
        self.add_integer(field, held.saturating_add(by));
    }
    /// Adds an address, following the field's shape. Returns whether it is new.
    pub fn add_ip(&mut self, field: &'static FieldSpec, address: Address) -> bool {
        self.add(field, kind::IP, &address)
    }
    /// Sets a single decimal number.
    pub fn set_float(&mut self, field: &'static FieldSpec, number: f64) {
        self.add(field, kind::FLOAT, &number.to_le_bytes());
    }
    /// Sets a single yes or no.
    pub fn set_boolean(&mut self, field: &'static FieldSpec, yes: bool) {
        self.add(field, kind::BOOLEAN, &[u8::from(yes)]);
    }
    /// Appends an object to an object list. Whether there was room.
    pub fn add_object(&mut self, field: &'static FieldSpec, object: &Fields) -> bool {
        self.dropped = self.dropped.saturating_add(object.dropped);
        self.add(field, kind::OBJECT, &object.bytes)
    }
    /// The latest object of a list that `wanted` holds for.
    pub fn latest_object(
        &self,
        field: &'static FieldSpec,
        wanted: impl Fn(View<'_>) -> bool,
    ) -> Option<ObjectPlace> {
        let head = field.number() | kind::OBJECT;
        let of_list = self.raw().filter(|(_, of, value)| *of == head && wanted(View { bytes: value }));
        of_list.last().map(|(at, ..)| ObjectPlace(at))
    }
    /// The object at a place.
    pub fn object_at(&self, place: ObjectPlace) -> Option<View<'_>> {
        let (_, head, value) = Raw { bytes: &self.bytes, at: place.0 }.next()?;
        (head & !NUMBER == kind::OBJECT).then_some(View { bytes: value })
    }
    /// Changes the object at a place: a copy, as long as it is changed. Whether it is changed, for which it must have room.
    pub fn change_object(&mut self, place: ObjectPlace, change: impl FnOnce(&mut Fields)) -> bool {
        let Some((at, head, value)) = (Raw { bytes: &self.bytes, at: place.0 }).next() else { return false };
        if head & !NUMBER != kind::OBJECT {
            return false;
        }
        let length = value.len();
        let items = Raw { bytes: value, at: 0 }.count() as u32;
        let mut bytes = Vec::with_capacity(length + length.clamp(FIRST_BYTES, SECOND_BYTES));
        bytes.extend_from_slice(value);
        let mut object = Self { bytes, index: None, items, dropped: 0 };
        change(&mut object);
        self.dropped = self.dropped.saturating_add(object.dropped);
        self.replace(at, length, head, &object.bytes)
    }
    /// Changes every object of a list, in order. The values of other fields stay as they are.
    pub fn change_objects(&mut self, field: &'static FieldSpec, mut change: impl FnMut(&mut Fields)) {
        let head = field.number() | kind::OBJECT;
        if !self.raw().any(|(_, of, _)| of == head) {
            return;
        }
        let mut changed = Self { dropped: self.dropped, ..Self::new() };
        for (_, of, value) in self.raw() {
            if of == head {
                let mut object = View { bytes: value }.to_fields();
                change(&mut object);
                changed.dropped += object.dropped;
                changed.push(of, &object.bytes);
            } else {
                changed.push(of, value);
            }
        }
        *self = changed;
    }
}

/// Where an object is, until a value of its session changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectPlace(usize);

impl AsMut<Fields> for Fields {
    fn as_mut(&mut self) -> &mut Fields {
        self
    }
}

/// Values that lie somewhere, to be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View<'a> {
    bytes: &'a [u8],
}

impl<'a> View<'a> {
    /// Every value with the number of its field ([`FieldSpec::number`]), in order of arrival.
    #[inline]
    pub fn items(self) -> impl Iterator<Item = (u16, Item<'a>)> {
        Raw { bytes: self.bytes, at: 0 }.map(|(_, head, value)| (head & NUMBER, item(head, value)))
    }
    fn items_of(self, field: &'static FieldSpec) -> impl Iterator<Item = Item<'a>> {
        let number = field.number();
        self.items().filter(move |(of, _)| *of == number && number != 0).map(|(_, item)| item)
    }
    /// Whether `field` has the text.
    pub fn has_text(self, field: &'static FieldSpec, text: &str) -> bool {
        let head = field.number() | kind::TEXT;
        let mut raw = Raw { bytes: self.bytes, at: 0 };
        raw.any(|(_, of, value)| of == head && value == text.as_bytes())
    }
    /// The first text of `field`.
    pub fn text(self, field: &'static FieldSpec) -> Option<&'a str> {
        self.texts(field).next()
    }
    /// The addresses of `field`, in order of arrival.
    pub fn ips(self, field: &'static FieldSpec) -> impl Iterator<Item = Address> + use<'a> {
        self.items_of(field).filter_map(|item| match item {
            Item::Ip(address) => Some(*address),
            _ => None,
        })
    }
    /// The texts of `field`, in order of arrival.
    pub fn texts(self, field: &'static FieldSpec) -> impl Iterator<Item = &'a str> {
        self.items_of(field).filter_map(|item| match item {
            Item::Text(text) => Some(text_of(text)),
            _ => None,
        })
    }
    /// The objects of an object list, in order of arrival.
    pub fn objects(self, field: &'static FieldSpec) -> impl Iterator<Item = View<'a>> {
        self.items_of(field).filter_map(|item| match item {
            Item::Object(object) => Some(object),
            _ => None,
        })
    }
    fn to_fields(self) -> Fields {
        let items = self.items().count() as u32;
        Fields { bytes: self.bytes.to_vec(), index: None, items, dropped: 0 }
    }
    /// Every field with its value, in order of first arrival: a copy, for those who want them by field.
    pub fn values(self) -> Vec<(&'static FieldSpec, Value)> {
        let mut values: Vec<(&'static FieldSpec, Value)> = Vec::new();
        for (number, item) in self.items() {
            let Some(field) = FieldSpec::numbered(number) else { continue };
            let held = values.iter_mut().find(|(of, _)| *of == field).map(|(_, value)| value);
            match (held, item) {
                (Some(Value::Integers(held)), Item::Integer(number)) => held.push(number),
                (Some(Value::Texts(held)), Item::Text(text)) => held.push(text_of(text).into()),
                (Some(Value::Ips(held)), Item::Ip(address)) => held.push(*address),
                (Some(Value::Objects(held)), Item::Object(object)) => held.push(object.to_fields()),
                // A field that is declared as one type and given another keeps what came first.
                (Some(_), _) => {}
                (None, item) => values.push((field, first_value(field, item))),
            }
        }
        values
    }
}

fn first_value(field: &'static FieldSpec, item: Item<'_>) -> Value {
    match (item, field.shape) {
        (Item::Integer(number), Shape::One) => Value::Integer(number),
        (Item::Integer(number), _) => Value::Integers(vec![number]),
        (Item::Text(text), Shape::One) => Value::Text(text_of(text).into()),
        (Item::Text(text), _) => Value::Texts(vec![text_of(text).into()]),
        (Item::Ip(address), Shape::One) => Value::Ip(*address),
        (Item::Ip(address), _) => Value::Ips(vec![*address]),
        (Item::Float(number), _) => Value::Float(number),
        (Item::Boolean(yes), _) => Value::Boolean(yes),
        (Item::Object(object), _) => Value::Objects(vec![object.to_fields()]),
    }
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
