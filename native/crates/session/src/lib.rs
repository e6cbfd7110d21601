//! The session record: what capture knows about one segment of one flow.
//!
//! Flow tables fill it, dissectors add typed fields to it, and the segment writer turns it into
//! columns. It holds plain data; it parses nothing and does no I/O.
//!
//! * [`field`]: how a field is declared ([`FieldSpec`]), the unit of the field catalogue.
//! * [`value`]: the typed values of the declared fields ([`Fields`], [`Value`]).
//! * [`positions`]: where the packets of a session are stored, packed ([`Positions`]).
//! * [`assignment`]: values that an operator gives to sessions.
//! * [`record`]: the general part that every session has ([`Session`]).
//! * [`core_fields`]: the declarations of the general part.

pub mod assignment;
pub mod core_fields;
mod encoding;
pub mod field;
mod index;
pub mod positions;
pub mod record;
pub mod value;

pub use assignment::Assignment;
pub use field::{Count, FieldSpec, Kind, Shape};
pub use positions::{PacketPosition, Positions};
pub use record::{Ends, Session, SessionId, TcpFlagCounts};
pub use value::{
    Address, Fields, Item, MAX_FIELDS_BYTES, MAX_TEXT_BYTES, MAX_VALUES_PER_FIELD, ObjectPlace, Value, View,
};
