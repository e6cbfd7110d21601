//! The members of a document: where each column's value stands, under which name, and how it is written as JSON.
//!
//! What a segment's schema decides is worked out once: names in quotes, counts beside lists, the kind of each column.

use super::{ShippingError, damaged};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, ListArray, RecordBatch};
use arrow_schema::{DataType, Field, FieldRef};
use lookback_session::{Count, positions};
use std::collections::HashMap;
use std::io::Write;
use std::net::{IpAddr, Ipv6Addr};
use std::ops::Range;
use std::sync::Arc;

/// Columns of 16 bytes that are ids and no addresses.
const IDS: [&str; 3] = ["id", "rootId", "stream"];

/// How the values of a column are written.
enum Kind {
    /// Packed packet positions: two members without the column's own name.
    Positions,
    Int64,
    Int32,
    Float64,
    Boolean,
    Text,
    Uuid,
    Address,
    List(Box<Kind>),
    Struct(Vec<Named>),
}

/// A value under a name.
struct Named {
    /// `"name":`
    key: Vec<u8>,
    /// `,"nameCnt":` where the field is counted.
    count_key: Option<Vec<u8>>,
    kind: Kind,
}

enum Place {
    Column { at: usize, value: Arc<Named> },
    Object { key: Arc<[u8]>, members: Vec<Member> },
}

/// A member of the document: a column's value, or an object of more.
pub(super) struct Member {
    name: String,
    place: Place,
}

fn quoted(name: &str) -> Vec<u8> {
    // Names of columns come from a file: whatever they hold, they become a text of JSON.
    serde_json::Value::from(name).to_string().into_bytes()
}

impl Kind {
    fn of(path: &str, data_type: &DataType, counts: &HashMap<String, Count>) -> Result<Self, ShippingError> {
        Ok(match data_type {
            DataType::Int64 => Self::Int64,
            DataType::Int32 => Self::Int32,
            DataType::Float64 => Self::Float64,
            DataType::Boolean => Self::Boolean,
            DataType::Utf8 => Self::Text,
            DataType::Binary if path == "packetPos" => Self::Positions,
            DataType::FixedSizeBinary(16) if IDS.contains(&path) => Self::Uuid,
            DataType::FixedSizeBinary(16) => Self::Address,
            DataType::List(item) => Self::List(Box::new(Self::of(path, item.data_type(), counts)?)),
            DataType::Struct(fields) => {
                let named = |field: &FieldRef| {
                    Named::of(&format!("{path}.{}", field.name()), field.name(), field.data_type(), counts)
                };
                Self::Struct(fields.iter().map(named).collect::<Result<_, _>>()?)
            }
            other => return Err(damaged(format!("the column {path} has the type {other}"))),
        })
    }

    fn put(&self, column: &ArrayRef, row: usize, lines: &mut Vec<u8>) -> Result<(), ShippingError> {
        if column.is_null(row) {
            lines.extend_from_slice(b"null");
            return Ok(());
        }
        match self {
            Self::Int64 => put_number(column.as_primitive::<Int64Type>().value(row), lines)?,
            Self::Int32 => put_number(column.as_primitive::<Int32Type>().value(row), lines)?,
            Self::Float64 => {
                let number = column.as_primitive::<Float64Type>().value(row);
                // What is no number has no JSON.
                if number.is_finite() { write!(lines, "{number}")? } else { lines.extend_from_slice(b"null") }
            }
            Self::Boolean => {
                let value = column.as_boolean().value(row);
                lines.extend_from_slice(if value { b"true" } else { b"false" });
            }
            Self::Text => put_text(column.as_string::<i32>().value(row), lines)?,
            Self::Uuid => {
                lines.push(b'"');
                put_uuid(sixteen(column, row)?, lines);
                lines.push(b'"');
            }
            Self::Address => put_address(sixteen(column, row)?, lines)?,
            Self::Positions => put_positions(column, row, lines)?,
            Self::List(item) => {
                let list = column.as_list::<i32>();
                lines.push(b'[');
                for (number, at) in items(list, row).enumerate() {
                    if number > 0 {
                        lines.push(b',');
                    }
                    item.put(list.values(), at, lines)?;
                }
                lines.push(b']');
            }
            Self::Struct(members) => {
                lines.push(b'{');
                let mut any = false;
                for (member, column) in members.iter().zip(column.as_struct().columns()) {
                    if column.is_null(row) {
                        continue;
                    }
                    if any {
                        lines.push(b',');
                    }
                    member.put(column, row, lines)?;
                    any = true;
                }
                lines.push(b'}');
            }
        }
        Ok(())
    }
}

impl Named {
    fn of(
        path: &str,
        name: &str,
        data_type: &DataType,
        counts: &HashMap<String, Count>,
    ) -> Result<Self, ShippingError> {
        let suffix = match counts.get(path) {
            Some(Count::Cnt) => Some("Cnt"),
            Some(Count::EcsCnt) => Some("-cnt"),
            _ => None,
        };
        let key = |name: &str| [&quoted(name)[..], b":"].concat();
        let count_key = suffix.map(|suffix| [b",", &key(&format!("{name}{suffix}"))[..]].concat());
        Ok(Self { key: key(name), count_key, kind: Kind::of(path, data_type, counts)? })
    }

    /// Writes `"name":value` and the count beside it.
    fn put(&self, column: &ArrayRef, row: usize, lines: &mut Vec<u8>) -> Result<(), ShippingError> {
        if !matches!(self.kind, Kind::Positions) {
            lines.extend_from_slice(&self.key);
        }
        self.kind.put(column, row, lines)?;
        if let Some(key) = &self.count_key {
            let count = column.as_list_opt::<i32>().map_or(1, |list| list.value_length(row));
            lines.extend_from_slice(key);
            put_number(count, lines)?;
        }
        Ok(())
    }
}

impl Member {
    /// The members that columns make, each at its dotted path; `counts` says which fields show how many values they have.
    pub(super) fn tree<'a>(
        columns: impl Iterator<Item = (usize, &'a Arc<Field>)>,
        counts: &HashMap<String, Count>,
    ) -> Result<Vec<Self>, ShippingError> {
        let mut tree = Vec::new();
        for (at, field) in columns {
            Self::place(&mut tree, field.name(), (at, field), counts)?;
        }
        Ok(tree)
    }

    /// Puts a column at a path. Where a part of the path is a value already, the rest keeps its dots.
    fn place(
        tree: &mut Vec<Self>,
        path: &str,
        column: (usize, &Field),
        counts: &HashMap<String, Count>,
    ) -> Result<(), ShippingError> {
        let (at, field) = column;
        let whole = || -> Result<Self, ShippingError> {
            let value = Arc::new(Named::of(field.name(), path, field.data_type(), counts)?);
            Ok(Self { name: path.to_owned(), place: Place::Column { at, value } })
        };
        let Some((head, rest)) = path.split_once('.') else {
            tree.push(whole()?);
            return Ok(());
        };
        match tree.iter_mut().find(|member| member.name == head) {
            Some(Self { place: Place::Object { members, .. }, .. }) => {
                Self::place(members, rest, column, counts)
            }
            Some(_) => {
                tree.push(whole()?);
                Ok(())
            }
            None => {
                let mut members = Vec::new();
                Self::place(&mut members, rest, column, counts)?;
                let key = [&quoted(head)[..], b":{"].concat().into();
                tree.push(Self { name: head.to_owned(), place: Place::Object { key, members } });
                Ok(())
            }
        }
    }

    /// Those of `members` that any row of a batch has: most of some hundred columns are empty in most batches.
    pub(super) fn present(members: &[Self], batch: &RecordBatch) -> Vec<Self> {
        let present = |member: &Self| {
            let place = match &member.place {
                Place::Column { at, value } => {
                    let column = batch.column(*at);
                    (column.null_count() < column.len())
                        .then(|| Place::Column { at: *at, value: Arc::clone(value) })?
                }
                Place::Object { key, members } => {
                    let members = Self::present(members, batch);
                    (!members.is_empty()).then(|| Place::Object { key: Arc::clone(key), members })?
                }
            };
            Some(Self { name: member.name.clone(), place })
        };
        members.iter().filter_map(present).collect()
    }

    /// Writes what the row has of this member. Returns whether anything was written.
    pub(super) fn put(
        &self,
        columns: &[ArrayRef],
        row: usize,
        lines: &mut Vec<u8>,
    ) -> Result<bool, ShippingError> {
        let (key, members) = match &self.place {
            Place::Column { at, value } => {
                let column = &columns[*at];
                let has = column.is_valid(row);
                if has {
                    value.put(column, row, lines)?;
                }
                return Ok(has);
            }
            Place::Object { key, members } => (key, members),
        };
        let start = lines.len();
        lines.extend_from_slice(key);
        let mut any = false;
        for member in members {
            let before = lines.len();
            if any {
                lines.push(b',');
            }
            if member.put(columns, row, lines)? {
                any = true;
            } else {
                lines.truncate(before);
            }
        }
        if any {
            lines.push(b'}');
        } else {
            lines.truncate(start);
        }
        Ok(any)
    }
}

/// Where the items of a row's list stand in its values.
pub(super) fn items(list: &ListArray, row: usize) -> Range<usize> {
    let offsets = list.value_offsets();
    offsets[row] as usize..offsets[row + 1] as usize
}

/// `"packetPos":[…],"packetLen":[…]`: the negative number of a file, then offsets into it.
fn put_positions(column: &ArrayRef, row: usize, lines: &mut Vec<u8>) -> Result<(), ShippingError> {
    let packed = column.as_binary_opt::<i32>().ok_or_else(|| damaged("packetPos holds no bytes"))?.value(row);
    let packets = positions::decode(packed).ok_or_else(|| damaged("packet positions do not read back"))?;
    lines.extend_from_slice(b"\"packetPos\":[");
    let mut file = None;
    for packet in &packets {
        if file != Some(packet.file) {
            lines.extend_from_slice(if file.is_some() { &b",-"[..] } else { b"-" });
            put_number(packet.file, lines)?;
            file = Some(packet.file);
        }
        lines.push(b',');
        put_number(packet.offset, lines)?;
    }
    lines.extend_from_slice(b"],\"packetLen\":[");
    for (at, packet) in packets.iter().enumerate() {
        if at > 0 {
            lines.push(b',');
        }
        put_number(packet.length, lines)?;
    }
    lines.push(b']');
    Ok(())
}

/// A text in quotes.
pub(super) fn put_text(value: &str, lines: &mut Vec<u8>) -> Result<(), ShippingError> {
    serde_json::to_writer(lines, value).map_err(damaged)
}

/// A whole number in decimal.
pub(super) fn put_number(
    value: impl Into<serde_json::Number>,
    lines: &mut Vec<u8>,
) -> Result<(), ShippingError> {
    serde_json::to_writer(lines, &value.into()).map_err(damaged)
}

/// The 16 bytes of an id or address.
pub(super) fn sixteen(column: &ArrayRef, row: usize) -> Result<[u8; 16], ShippingError> {
    let values = column
        .as_fixed_size_binary_opt()
        .ok_or_else(|| damaged("a column of ids or addresses has another type"))?;
    <[u8; 16]>::try_from(values.value(row)).map_err(damaged)
}

/// Two digits for each byte.
pub(super) fn put_hex(bytes: &[u8], lines: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    lines.extend(
        bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
    );
}

/// As RFC 9562 writes it: 8, 4, 4, 4 and 12 digits.
pub(super) fn put_uuid(bytes: [u8; 16], lines: &mut Vec<u8>) {
    for (at, part) in [0..4, 4..6, 6..8, 8..10, 10..16].into_iter().enumerate() {
        if at > 0 {
            lines.push(b'-');
        }
        put_hex(&bytes[part], lines);
    }
}

/// In quotes, as people write it: IPv4 dotted, IPv6 as RFC 5952 says.
fn put_address(bytes: [u8; 16], lines: &mut Vec<u8>) -> Result<(), ShippingError> {
    match Ipv6Addr::from(bytes).to_canonical() {
        IpAddr::V4(v4) => write!(lines, "\"{v4}\"")?,
        IpAddr::V6(v6) => write!(lines, "\"{v6}\"")?,
    }
    Ok(())
}
