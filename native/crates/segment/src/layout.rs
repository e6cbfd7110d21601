//! Which columns a segment has: the record's fixed ones, its optional ones where used, and one for every
//! declared field that some row of the segment uses.

use crate::column::{Column, Member};
use arrow_schema::{DataType, FieldRef, Schema};
use lookback_session::{FieldSpec, Fields, Kind, Session, Shape, Value};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Version of the columns' names and types, kept in each segment under the key `lookback.schema`.
pub const SCHEMA_VERSION: u32 = 1;
/// Rows of a row group: the unit that readers skip and that DuckDB gives to a thread (its own is 122,880).
pub(crate) const ROWS_PER_GROUP: usize = 122_880;
/// Bytes of a row group before compression, so that rows with much text bound memory too.
const BYTES_PER_GROUP: usize = 128 << 20;
/// Chance that a Bloom filter says "maybe" for a value that is not there.
const BLOOM_FALSE_POSITIVE: f64 = 0.02;

/// Hashes an address of a static, which is all that its maps have as keys.
#[derive(Default)]
pub(crate) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    fn write_usize(&mut self, address: usize) {
        let mixed = (address as u64 >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

type ByAddress<T> = HashMap<usize, T, BuildHasherDefault<AddressHasher>>;

/// The address of a declaration, which is its identity.
pub(crate) fn address_of(field: &'static FieldSpec) -> usize {
    std::ptr::from_ref(field) as usize
}

/// The declared fields of one segment and the members of their objects.
pub(crate) struct Layout {
    /// Fields with a column of their own, in order of first use.
    fields: Vec<&'static FieldSpec>,
    columns: ByAddress<usize>,
    by_path: HashMap<&'static str, usize>,
    /// Members of object lists by path of the list, declared or seen.
    members: HashMap<&'static str, Vec<&'static FieldSpec>>,
}

impl Layout {
    /// No columns; `declared` gives the members of every object list, whether a row uses them or not.
    pub fn new(declared: &[&'static FieldSpec]) -> Self {
        let mut members: HashMap<_, Vec<_>> = HashMap::new();
        for &field in declared.iter().filter(|field| !field.object.is_empty()) {
            members.entry(field.object).or_default().push(field);
        }
        Self { fields: Vec::new(), columns: HashMap::default(), by_path: HashMap::new(), members }
    }

    /// Gives every field that `session` uses a column.
    pub fn include(&mut self, session: &Session) {
        for (field, value) in session.fields.iter() {
            if !self.columns.contains_key(&address_of(field)) {
                // Two declarations of one path share its column.
                let next = self.fields.len();
                let at = *self.by_path.entry(field.path).or_insert(next);
                if at == next {
                    self.fields.push(field);
                }
                self.columns.insert(address_of(field), at);
            }
            self.include_members(field, value);
        }
    }

    fn include_members(&mut self, list: &'static FieldSpec, value: &Value) {
        let Value::Objects(objects) = value else { return };
        for (field, value) in objects.iter().flat_map(Fields::iter) {
            let members = self.members.entry(list.path).or_default();
            if !members.iter().any(|member| std::ptr::eq(*member, field)) {
                members.push(field);
            }
            self.include_members(field, value);
        }
    }

    /// Where the column of `field` is.
    #[inline]
    pub fn column_of(&self, field: &'static FieldSpec) -> Option<usize> {
        self.columns.get(&address_of(field)).copied()
    }

    /// Empty columns of the declared fields.
    pub fn build(&self) -> Vec<Column> {
        self.fields.iter().map(|field| self.build_column(field, field.path)).collect()
    }

    fn build_column(&self, field: &'static FieldSpec, name: &str) -> Column {
        match field.shape {
            Shape::One => scalar(field.kind, name),
            Shape::List | Shape::Set => Column::list(name, scalar(field.kind, "element")),
            Shape::Objects => {
                let members = self.members.get(field.path).map_or(&[][..], Vec::as_slice);
                let members = members
                    .iter()
                    .map(|&member| Member {
                        field: member,
                        column: self.build_column(member, member_name(member)),
                    })
                    .collect();
                Column::list(name, Column::structure("element", members))
            }
        }
    }
}

/// Name of a member inside its object: its path without that of the list.
pub(crate) fn member_name(field: &'static FieldSpec) -> &'static str {
    let inside = field.path.strip_prefix(field.object).and_then(|rest| rest.strip_prefix('.'));
    inside.unwrap_or_else(|| field.path.rsplit('.').next().unwrap_or(field.path))
}

fn scalar(kind: Kind, name: &str) -> Column {
    match kind {
        Kind::Integer | Kind::Seconds => Column::integer(name, true),
        Kind::Float => Column::float(name, true),
        Kind::Boolean => Column::boolean(name, true),
        Kind::Ip => Column::uuid(name, true),
        Kind::Term | Kind::LowerTerm | Kind::UpperTerm | Kind::Text => Column::text(name, true),
    }
}

/// Columns whose values rarely repeat: a dictionary would only be built to be thrown away.
const DISTINCT: &[&str] = &["id", "rootId", "packetPos", "network.community_id"];
/// Whole numbers that rise along the rows or spread widely: differences pack better than a dictionary.
const SPREAD: &[&str] =
    &["firstPacket", "lastPacket", "packetRange.gte", "packetRange.lte", "tcpseq.src", "tcpseq.dst"];
/// Columns looked up by equality.
const LOOKED_UP: &[&str] = &["id", "source.ip", "destination.ip", "network.community_id"];

/// How the columns of `schema` are encoded in a segment with `rows` rows.
pub(crate) fn properties(rows: usize, schema: &Schema) -> WriterProperties {
    let path = |name: &str| ColumnPath::from(vec![name.to_owned()]);
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("lookback ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_max_row_group_bytes(Some(BYTES_PER_GROUP))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_key_value_metadata(Some(vec![KeyValue::new(
            "lookback.schema".to_owned(),
            SCHEMA_VERSION.to_string(),
        )]));
    for name in DISTINCT {
        builder = builder.set_column_dictionary_enabled(path(name), false);
    }
    for name in SPREAD {
        builder = builder
            .set_column_dictionary_enabled(path(name), false)
            .set_column_encoding(path(name), Encoding::DELTA_BINARY_PACKED);
    }
    // Least and greatest element of a list let no reader skip anything.
    let single = |field: &&FieldRef| !matches!(field.data_type(), DataType::List(_) | DataType::Binary);
    for field in schema.fields().iter().filter(single) {
        builder = builder.set_column_statistics_enabled(path(field.name()), EnabledStatistics::Page);
    }
    for name in LOOKED_UP {
        builder = builder
            .set_column_bloom_filter_enabled(path(name), true)
            .set_column_bloom_filter_fpp(path(name), BLOOM_FALSE_POSITIVE)
            .set_column_bloom_filter_max_ndv(path(name), rows.clamp(1, ROWS_PER_GROUP) as u64);
    }
    builder.build()
}
