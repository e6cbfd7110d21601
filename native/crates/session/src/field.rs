//! Field declarations. A field is declared once, as a `static`, beside the code that fills it; its address
//! is its identity. The declarations of all crates together are the catalogue that
//! `schema/fields.json` is generated from.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Most fields that sessions can hold values of; those of a declaration beyond are dropped and counted.
pub const MAX_FIELDS: usize = 4_096;

/// The fields that hold values, by number.
static NUMBERED: [OnceLock<&'static FieldSpec>; MAX_FIELDS] = [const { OnceLock::new() }; MAX_FIELDS];
/// Number of the next field.
static NEXT: Mutex<u16> = Mutex::new(1);

/// What a value of the field means to a search expression (Arkime's field `type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A whole number. Column type: INT64.
    Integer,
    /// A decimal number. Column type: DOUBLE.
    Float,
    /// An address, 16 bytes, IPv4 mapped. Column type: UUID.
    Ip,
    /// A point in time, milliseconds since 1970. Column type: INT64.
    Seconds,
    /// An exact term, case kept. Column type: VARCHAR.
    Term,
    /// An exact term whose query value is lower-cased. Column type: VARCHAR.
    LowerTerm,
    /// An exact term whose query value is upper-cased. Column type: VARCHAR.
    UpperTerm,
    /// Text searched by its words. Column type: VARCHAR.
    Text,
    /// Yes or no. Column type: BOOLEAN.
    Boolean,
}

impl Kind {
    /// The name used in `schema/fields.json`: Arkime's type name.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Ip => "ip",
            Kind::Seconds => "seconds",
            Kind::Term => "termfield",
            Kind::LowerTerm => "lotermfield",
            Kind::UpperTerm => "uptermfield",
            Kind::Text => "lotextfield",
            Kind::Boolean => "boolean",
        }
    }
}

/// How many values a session may hold for the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// At most one value; a later value replaces an earlier one.
    One,
    /// Any number of values in order of arrival, duplicates kept.
    List,
    /// Any number of different values in order of first arrival.
    Set,
    /// A list of objects whose members are declared with `object` naming this field's path.
    Objects,
}

/// Whether a document shows, beside the field, how many values it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Count {
    /// No count.
    None,
    /// `<path>Cnt` in the document and `<expression>.cnt` in expressions.
    Cnt,
    /// `<path>-cnt` in the document and `<expression>.cnt` in expressions.
    EcsCnt,
}

/// One declared field.
#[derive(Debug)]
pub struct FieldSpec {
    /// Group in the catalogue, usually the protocol (`http`).
    pub group: &'static str,
    /// Name in search expressions (`host.http`). Empty: only in documents, not searchable.
    pub expression: &'static str,
    /// Other names accepted in expressions (`http.host`).
    pub aliases: &'static [&'static str],
    /// Path in the session document, and name of the Parquet column (`http.host`). For a member of an
    /// object list, the full path (`dns.host`, `dns.answers.ip`).
    pub path: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// One sentence on what the value is.
    pub help: &'static str,
    /// Meaning of a value.
    pub kind: Kind,
    /// How many values.
    pub shape: Shape,
    /// Whether a count is shown.
    pub count: Count,
    /// Path of the object list that this field is a member of (`dns`, `dns.answers`), or empty.
    pub object: &'static str,
    /// Whether the value carries over into the next segment of the same flow (Arkime's LINKED_SESSIONS).
    pub linked: bool,
    /// Given when a session first holds a value of it; 0 before.
    number: AtomicU16,
}

impl PartialEq for FieldSpec {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl FieldSpec {
    /// A field with one value and no count.
    pub const fn one(group: &'static str, expression: &'static str, path: &'static str, kind: Kind) -> Self {
        Self {
            group,
            expression,
            aliases: &[],
            path,
            name: "",
            help: "",
            kind,
            shape: Shape::One,
            count: Count::None,
            object: "",
            linked: false,
            number: AtomicU16::new(0),
        }
    }
    /// A field with a set of values and a `Cnt`.
    pub const fn set(group: &'static str, expression: &'static str, path: &'static str, kind: Kind) -> Self {
        let mut field = Self::one(group, expression, path, kind);
        field.shape = Shape::Set;
        field.count = Count::Cnt;
        field
    }
    /// A field with a list of values, duplicates kept, and a `Cnt`.
    pub const fn list(group: &'static str, expression: &'static str, path: &'static str, kind: Kind) -> Self {
        let mut field = Self::set(group, expression, path, kind);
        field.shape = Shape::List;
        field
    }
    /// A list of objects with a `Cnt`.
    pub const fn objects(group: &'static str, path: &'static str) -> Self {
        let mut field = Self::one(group, "", path, Kind::Term);
        field.shape = Shape::Objects;
        field.count = Count::Cnt;
        field
    }
    /// The same field under further expression names.
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }
    /// The same field with the name and the sentence shown to people.
    pub const fn doc(mut self, name: &'static str, help: &'static str) -> Self {
        self.name = name;
        self.help = help;
        self
    }
    /// The same field as a member of the object list at `object`.
    pub const fn member_of(mut self, object: &'static str) -> Self {
        self.object = object;
        self
    }
    /// The same field with another count.
    pub const fn counted(mut self, count: Count) -> Self {
        self.count = count;
        self
    }
    /// The same field, carried over into later segments of its flow.
    pub const fn linked(mut self) -> Self {
        self.linked = true;
        self
    }

    /// A small number that stands for the field inside this process: 1 to 4,095, or 0 when there are too many fields.
    /// It differs from run to run.
    #[inline]
    pub fn number(&'static self) -> u16 {
        match self.number.load(Ordering::Acquire) {
            0 => self.take_number(),
            number => number,
        }
    }
    /// The field of a number.
    #[inline]
    pub fn numbered(number: u16) -> Option<&'static FieldSpec> {
        NUMBERED.get(usize::from(number))?.get().copied()
    }
    #[cold]
    fn take_number(&'static self) -> u16 {
        let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.number.load(Ordering::Acquire);
        if number != 0 {
            return number;
        }
        let Some(place) = NUMBERED.get(usize::from(*next)) else { return 0 };
        let number = *next;
        place.get_or_init(|| self);
        self.number.store(number, Ordering::Release);
        *next += 1;
        number
    }
}
