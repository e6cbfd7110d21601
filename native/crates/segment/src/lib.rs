//! Session rows out: as columns of immutable Parquet segments, and as JSON documents.
//!
//! * [`writer`]: [`SegmentWriter`] partitions rows by day and writes each part as one file.
//! * [`layout`]: which columns a segment has, and how each is typed.
//! * [`columns`]: all of them, that rows are appended to; [`column`]: one.
//! * [`encoding`]: how each is encoded.
//! * [`row_groups`]: the file that they go to, column by column.
//! * [`merge`](mod@merge): segments of a day as one.
//! * [`document`](mod@document): one session as a nested JSON document.
//! * [`shipping`]: the rows of a segment as lines of bulk requests.
//! * [`catalogue`]: the declared fields as JSON, from which `schema/fields.json` is made.
//!
//! It knows no packets, no threads and no catalogue database: what it wrote, it returns.

pub mod catalogue;
mod column;
mod columns;
pub mod document;
mod encoding;
mod layout;
pub mod merge;
mod record_columns;
mod row_groups;
mod shape;
pub mod shipping;
pub mod target;
pub mod writer;

pub use catalogue::field_catalogue_json;
pub use document::{DocumentOptions, document};
pub use encoding::SCHEMA_VERSION;
pub use merge::{FlatColumn, FlatValues, Merge, MergeInput, merge};
pub use shipping::{BulkLines, IndexPeriod, SegmentDocuments, ShippingError, VersionedRow};
pub use target::SegmentTarget;
pub use writer::{SegmentError, SegmentInfo, SegmentWriter};
