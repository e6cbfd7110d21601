//! Values of declared fields.

use crate::field::{FieldSpec, Shape};
use ahash::AHashSet;
use compact_str::CompactString;
use std::hash::Hash;

/// An address: 16 bytes in network order, IPv4 as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2).
pub type Address = [u8; 16];

/// Longest text kept of one value, in bytes; a longer one is cut at a character boundary.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;
/// Most values kept of one field of one session; later ones are dropped and counted in [`Fields::dropped`].
pub const MAX_VALUES_PER_FIELD: usize = 1_000;

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

/// One field and its value; `seen` holds hashes of long sets so that adding stays constant time.
#[derive(Clone, Debug)]
struct Entry {
    field: &'static FieldSpec,
    value: Value,
    seen: Option<Box<AHashSet<u64>>>,
}

/// The declared fields of one session (or of one object inside it), in order of first arrival.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    entries: Vec<Entry>,
    dropped: u32,
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.entries.len() == other.entries.len()
            && self
                .entries
                .iter()
                .zip(&other.entries)
                .all(|(a, b)| std::ptr::eq(a.field, b.field) && a.value == b.value)
    }
}

/// Fields that room is made for at once, at first (objects hold few). Doubling would leave half of a session's memory
/// unused.
const FEW_ENTRIES: usize = 6;
/// Sets longer than this are looked up by hash instead of by scanning.
const SCAN_LIMIT: usize = 16;

fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
    // Fixed keys: the set only speeds up a look-up that falls back to comparing on a hit.
    ahash::RandomState::with_seeds(1, 2, 3, 4).hash_one(value)
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

impl Fields {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }
    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
    /// Values refused because a field was full ([`MAX_VALUES_PER_FIELD`]).
    pub fn dropped(&self) -> u32 {
        self.dropped
    }
    /// Every field with its value, in order of first arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&'static FieldSpec, &Value)> {
        self.entries.iter().map(|entry| (entry.field, &entry.value))
    }
    /// The value of `field`, if it has one.
    pub fn get(&self, field: &'static FieldSpec) -> Option<&Value> {
        self.entries.iter().find(|entry| std::ptr::eq(entry.field, field)).map(|entry| &entry.value)
    }
    /// Removes `field`.
    pub fn remove(&mut self, field: &'static FieldSpec) -> Option<Value> {
        let at = self.entries.iter().position(|entry| std::ptr::eq(entry.field, field))?;
        Some(self.entries.remove(at).value)
    }
    /// A copy of the fields that carry over into the next segment of a flow.
    pub fn linked(&self) -> Self {
        let entries = self.entries.iter().filter(|entry| entry.field.linked).cloned().collect();
        Self { entries, dropped: 0 }
    }

    // Lists begin with room for one value: most fields of most sessions hold one.
    fn entry(&mut self, field: &'static FieldSpec, empty: impl FnOnce() -> Value) -> &mut Entry {
        let at = match self.entries.iter().position(|entry| std::ptr::eq(entry.field, field)) {
            Some(at) => at,
            None => {
                if self.entries.len() == self.entries.capacity() {
                    let more = if self.entries.len() < FEW_ENTRIES { FEW_ENTRIES } else { 2 * FEW_ENTRIES };
                    self.entries.reserve_exact(more);
                }
                self.entries.push(Entry { field, value: empty(), seen: None });
                self.entries.len() - 1
            }
        };
        &mut self.entries[at]
    }

    /// Adds a text, following the field's shape. Returns whether it is new.
    pub fn add_text(&mut self, field: &'static FieldSpec, text: &str) -> bool {
        let text = bounded(text);
        if field.shape == Shape::One {
            self.entry(field, || Value::Text(CompactString::default())).value = Value::Text(text.into());
            return true;
        }
        let entry = self.entry(field, || Value::Texts(Vec::with_capacity(1)));
        let Value::Texts(values) = &mut entry.value else { return false };
        if field.shape == Shape::Set && contains(values, &mut entry.seen, text, |value| value.as_str()) {
            return false;
        }
        if values.len() >= MAX_VALUES_PER_FIELD {
            self.dropped += 1;
            return false;
        }
        values.push(text.into());
        true
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
        if field.shape == Shape::One {
            self.entry(field, || Value::Integer(0)).value = Value::Integer(number);
            return true;
        }
        let entry = self.entry(field, || Value::Integers(Vec::with_capacity(1)));
        let Value::Integers(values) = &mut entry.value else { return false };
        if field.shape == Shape::Set && contains(values, &mut entry.seen, &number, |value| value) {
            return false;
        }
        if values.len() >= MAX_VALUES_PER_FIELD {
            self.dropped += 1;
            return false;
        }
        values.push(number);
        true
    }
    /// Adds `by` to a single whole number (absent counts as 0).
    pub fn increment(&mut self, field: &'static FieldSpec, by: i64) {
        if let Value::Integer(number) = &mut self.entry(field, || Value::Integer(0)).value {
            *number += by;
        }
    }
    /// Adds an address, following the field's shape. Returns whether it is new.
    pub fn add_ip(&mut self, field: &'static FieldSpec, address: Address) -> bool {
        if field.shape == Shape::One {
            self.entry(field, || Value::Ip([0; 16])).value = Value::Ip(address);
            return true;
        }
        let entry = self.entry(field, || Value::Ips(Vec::with_capacity(1)));
        let Value::Ips(values) = &mut entry.value else { return false };
        if field.shape == Shape::Set && contains(values, &mut entry.seen, &address, |value| value) {
            return false;
        }
        if values.len() >= MAX_VALUES_PER_FIELD {
            self.dropped += 1;
            return false;
        }
        values.push(address);
        true
    }
    /// Sets a single decimal number.
    pub fn set_float(&mut self, field: &'static FieldSpec, number: f64) {
        self.entry(field, || Value::Float(0.0)).value = Value::Float(number);
    }
    /// Sets a single yes or no.
    pub fn set_boolean(&mut self, field: &'static FieldSpec, yes: bool) {
        self.entry(field, || Value::Boolean(false)).value = Value::Boolean(yes);
    }
    /// Appends an object to an object list.
    pub fn add_object(&mut self, field: &'static FieldSpec, object: Fields) {
        let entry = self.entry(field, || Value::Objects(Vec::with_capacity(1)));
        let Value::Objects(values) = &mut entry.value else { return };
        if values.len() >= MAX_VALUES_PER_FIELD {
            self.dropped += 1;
            return;
        }
        values.push(object);
    }
    /// The objects of an object list, to change them in place.
    pub fn objects_mut(&mut self, field: &'static FieldSpec) -> Option<&mut Vec<Fields>> {
        self.entries.iter_mut().find(|entry| std::ptr::eq(entry.field, field)).and_then(|entry| {
            match &mut entry.value {
                Value::Objects(objects) => Some(objects),
                _ => None,
            }
        })
    }
}

fn contains<T, K: Hash + PartialEq + ?Sized>(
    values: &[T],
    seen: &mut Option<Box<AHashSet<u64>>>,
    key: &K,
    as_key: impl Fn(&T) -> &K,
) -> bool {
    if values.len() < SCAN_LIMIT {
        return values.iter().any(|value| as_key(value) == key);
    }
    let seen =
        seen.get_or_insert_with(|| Box::new(values.iter().map(|value| hash_of(as_key(value))).collect()));
    if seen.insert(hash_of(key)) { false } else { values.iter().any(|value| as_key(value) == key) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Kind;

    static WORDS: FieldSpec = FieldSpec::set("test", "t.words", "t.words", Kind::Term);
    static NUMBERS: FieldSpec = FieldSpec::list("test", "t.numbers", "t.numbers", Kind::Integer);

    #[test]
    fn a_set_keeps_first_arrivals_however_long_it_grows() {
        let mut fields = Fields::new();
        for round in 0..3 {
            for word in 0..200 {
                assert_eq!(fields.add_text(&WORDS, &format!("w{word}")), round == 0);
            }
        }
        assert_eq!(fields.get(&WORDS).map(Value::len), Some(200));
    }

    #[test]
    fn a_full_field_drops_and_counts() {
        let mut fields = Fields::new();
        for number in 0..(MAX_VALUES_PER_FIELD as i64 + 7) {
            fields.add_integer(&NUMBERS, number % 3);
        }
        assert_eq!(fields.get(&NUMBERS).map(Value::len), Some(MAX_VALUES_PER_FIELD));
        assert_eq!(fields.dropped(), 7);
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        let mut fields = Fields::new();
        fields.add_text(&WORDS, &"é".repeat(MAX_TEXT_BYTES));
        let Some(Value::Texts(texts)) = fields.get(&WORDS) else { unreachable!() };
        assert_eq!(texts[0].len(), MAX_TEXT_BYTES);
    }
}
