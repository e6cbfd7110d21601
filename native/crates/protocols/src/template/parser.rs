//! The syntax of the template protocol: two bytes of magic, a length of one byte, a name of that length.
//! A parser is a function of bytes: it keeps no state and knows no session.

use crate::bytes::Reader;

/// First bytes of every message.
pub const MAGIC: &[u8] = b"\xfeT";

/// What the front of a buffer holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Front<'a> {
    /// A whole message: its name and the bytes it takes.
    Message(&'a [u8], usize),
    /// The beginning of one.
    Partial,
    /// Something else.
    Other,
}

/// Looks at the front of `data`.
pub fn front(data: &[u8]) -> Front<'_> {
    let head = data.get(..data.len().min(MAGIC.len())).unwrap_or_default();
    if !MAGIC.starts_with(head) {
        return Front::Other;
    }
    let mut reader = Reader::new(data);
    match (reader.take(MAGIC.len()), reader.vector8()) {
        (Some(_), Some(name)) => Front::Message(name.rest(), data.len() - reader.rest().len()),
        _ => Front::Partial,
    }
}
