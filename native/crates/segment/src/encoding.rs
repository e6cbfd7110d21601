//! How the columns of a segment are encoded: dictionaries, differences, statistics, Bloom filters, compression.

use crate::column::Column;
use crate::layout::ROWS_PER_GROUP;
use arrow_schema::{DataType, Schema};
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

/// Version of the columns' names and types, kept in each segment under the key `lookback.schema`.
pub const SCHEMA_VERSION: u32 = 1;
/// Chance that a Bloom filter says "maybe" for a value that is not there.
const BLOOM_FALSE_POSITIVE: f64 = 0.02;

/// Columns whose values rarely repeat: a dictionary would only be built to be thrown away.
const DISTINCT: &[&str] = &["id", "rootId", "packetPos", "network.community_id"];
/// Whole numbers that rise along the rows or spread widely: differences pack better than a dictionary.
const SPREAD: &[&str] =
    &["firstPacket", "lastPacket", "packetRange.gte", "packetRange.lte", "tcpseq.src", "tcpseq.dst"];
/// What a segment that is merged soon is passed over by.
const TIMES: &[&str] = &["firstPacket", "lastPacket"];
/// Columns looked up by equality.
const LOOKED_UP: &[&str] = &["id", "source.ip", "destination.ip", "network.community_id"];

/// How the columns of `schema` are encoded in a segment with `rows` rows of compaction level `level`.
pub(crate) fn properties(rows: usize, level: u8, schema: &Schema) -> WriterPropertiesBuilder {
    // What was just captured is merged soon, and compressed then; compressing it twice costs a tenth of an import. What is
    // merged is read again and again, and half of a query's time went into zstd.
    let compression = if level == 0 { Compression::UNCOMPRESSED } else { Compression::LZ4_RAW };
    let path = |name: &str| ColumnPath::from(vec![name.to_owned()]);
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("lookback ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(compression)
        // Readers skip by row group; an index of pages, for columns of one or two pages each, would only be written.
        .set_offset_index_disabled(true)
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
    for field in schema.fields() {
        let column = path(field.name());
        match field.data_type() {
            // Least and greatest element of a list let no reader skip anything.
            DataType::List(_) | DataType::Binary => {}
            _ if level > 0 || TIMES.contains(&field.name().as_str()) => {
                builder = builder.set_column_statistics_enabled(column.clone(), EnabledStatistics::Chunk);
            }
            _ => {}
        }
    }
    // Rows that are merged soon are looked up in one segment among many, which its times rule out mostly.
    for name in LOOKED_UP.iter().filter(|_| level > 0) {
        builder = builder
            .set_column_bloom_filter_enabled(path(name), true)
            .set_column_bloom_filter_fpp(path(name), BLOOM_FALSE_POSITIVE)
            .set_column_bloom_filter_max_ndv(path(name), rows.clamp(1, ROWS_PER_GROUP) as u64);
    }
    builder
}

/// The same of a segment as captured, whose first rows `columns` hold: what takes least work, and not much more room. Usually
/// those are all; a column that has none of its values yet keeps its dictionary.
pub(crate) fn captured<'c>(
    mut builder: WriterPropertiesBuilder,
    columns: impl Iterator<Item = &'c Column>,
) -> WriterPropertiesBuilder {
    for (path, leaf) in columns.flat_map(Column::leaves) {
        let path = ColumnPath::from(path);
        // Of few rows a dictionary takes longer than differences, and no less room.
        if leaf.is_integer() {
            builder = builder.set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED);
        } else if !leaf.is_distinct() {
            continue;
        }
        builder = builder.set_column_dictionary_enabled(path, false);
    }
    builder
}
