//! Segments of one day merged into one, on a thread of libuv's pool.

use crate::errors::{coded, contained};
use crate::import::CancelFlag;
use crate::segments::NativeSegment;
use lookback_segment::{FlatColumn, FlatValues, Merge, MergeInput, SegmentError, SegmentInfo, merge};
use napi::Task;
use napi::bindgen_prelude::{AsyncTask, Buffer, Env};
use napi_derive::napi;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Bytes of a row id.
const ID_BYTES: usize = 16;

/// A segment to merge.
#[napi(object)]
#[allow(missing_docs, reason = "described in src/native/merge-types.ts")]
pub struct NativeMergeInput {
    pub path: String,
    pub hidden: Buffer,
}

/// A column for a member of a list of objects.
#[napi(object)]
#[allow(missing_docs, reason = "described in src/native/merge-types.ts")]
pub struct NativeFlatColumn {
    pub name: String,
    pub list: String,
    pub members: Vec<String>,
    #[napi(ts_type = "'integer' | 'float' | 'boolean' | 'text' | 'address'")]
    pub values: String,
}

/// What to merge.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/merge-types.ts")]
pub struct NativeMergeOptions {
    pub inputs: Vec<NativeMergeInput>,
    pub day: String,
    pub keep: Option<Buffer>,
    pub flat: Vec<NativeFlatColumn>,
    pub level: u32,
    pub id: String,
    pub output: String,
}

fn ids(packed: &[u8]) -> HashSet<[u8; ID_BYTES]> {
    packed.as_chunks().0.iter().copied().collect()
}

fn values_of(name: &str) -> FlatValues {
    match name {
        "integer" => FlatValues::Integer,
        "float" => FlatValues::Float,
        "boolean" => FlatValues::Boolean,
        "address" => FlatValues::Address,
        _ => FlatValues::Text,
    }
}

fn to_napi(error: &SegmentError) -> napi::Error {
    let (code, details) = match error {
        SegmentError::DiskFull { path } => ("DISK_FULL", serde_json::json!({ "path": path })),
        SegmentError::Io { path, .. } => ("INTERNAL", serde_json::json!({ "path": path })),
        SegmentError::Damaged { path, reason } => {
            ("STORE_DAMAGED", serde_json::json!({ "path": path, "reason": reason }))
        }
        SegmentError::Unlike { column, .. } => ("UNAVAILABLE", serde_json::json!({ "field": column })),
        SegmentError::Encoding(_) => ("INTERNAL", serde_json::json!({})),
        SegmentError::Cancelled => ("QUERY_CANCELLED", serde_json::json!({})),
    };
    // What the core writes into its logs begins with its own code.
    let text = error.to_string();
    let message = text.strip_prefix(error.code()).map_or(text.as_str(), |rest| rest.trim_start_matches(": "));
    coded(code, message, &details)
}

/// A merge on a thread of libuv's pool.
pub struct MergeTask {
    options: Merge,
    cancel: Arc<AtomicBool>,
}

impl Task for MergeTask {
    type Output = Option<SegmentInfo>;
    type JsValue = Option<NativeSegment>;

    fn compute(&mut self) -> napi::Result<Option<SegmentInfo>> {
        contained("nothing was merged", || {
            merge(&self.options, &self.cancel).map_err(|error| to_napi(&error))
        })
    }

    fn resolve(&mut self, _: Env, merged: Option<SegmentInfo>) -> napi::Result<Option<NativeSegment>> {
        Ok(merged.as_ref().map(NativeSegment::from))
    }
}

/// Merges segments into a file without a name of its own: the caller renames and commits it, or removes it. Null without rows.
#[napi(ts_return_type = "Promise<NativeSegment | null>")]
pub fn merge_segments(options: NativeMergeOptions, cancel: &CancelFlag) -> AsyncTask<MergeTask> {
    let inputs = options.inputs.into_iter();
    let flat = options.flat.into_iter();
    let options = Merge {
        inputs: inputs
            .map(|input| MergeInput { path: PathBuf::from(input.path), hidden: ids(&input.hidden) })
            .collect(),
        day: options.day,
        keep: options.keep.map(|packed| ids(&packed)),
        flat: flat
            .map(|column| FlatColumn {
                values: values_of(&column.values),
                name: column.name,
                list: column.list,
                members: column.members,
            })
            .collect(),
        level: u8::try_from(options.level).unwrap_or(u8::MAX),
        id: options.id,
        output: PathBuf::from(options.output),
    };
    AsyncTask::new(MergeTask { options, cancel: cancel.shared() })
}
