//! Rows of a segment as lines of bulk requests, made on threads of libuv's pool.

use crate::errors::{coded, contained};
use lookback_capture::memory;
use lookback_segment::{BulkLines, IndexPeriod, SegmentDocuments, ShippingError};
use napi::Task;
use napi::bindgen_prelude::{AsyncTask, Buffer, Env};
use napi_derive::napi;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// An index and the start of its period.
#[napi(object)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeIndexPeriod {
    pub start_ms: f64,
    pub index: String,
}

/// A row that is open or not the first version.
#[napi(object)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeVersionedRow {
    pub id: String,
    pub version: f64,
    pub index: String,
}

/// Lines of a bulk request.
#[napi(object)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeBulkLines {
    pub lines: Buffer,
    pub rows: f64,
    pub versioned: Vec<NativeVersionedRow>,
}

/// Has this process use small pages only, for less memory. Returns whether the kernel does so.
#[napi]
pub fn use_small_pages() -> bool {
    memory::use_small_pages()
}

type Shared = Arc<Mutex<Option<SegmentDocuments>>>;

fn to_napi(path: &str, error: &ShippingError) -> napi::Error {
    let details = serde_json::json!({ "path": path, "reason": error.to_string() });
    match error {
        // It is there, and may be read another time.
        ShippingError::Io(io) if io.kind() != std::io::ErrorKind::NotFound => {
            coded("UNAVAILABLE", &format!("the segment {path} cannot be read now: {error}"), &details)
        }
        _ => coded("STORE_DAMAGED", &format!("the segment {path} does not read back: {error}"), &details),
    }
}

/// The rows of one segment; `close` lets go of the file.
#[napi]
pub struct SegmentReader {
    path: String,
    documents: Shared,
}

#[napi]
impl SegmentReader {
    /// Opens a segment; `periods` say which index takes a row, `segment` how its documents name it.
    #[napi(constructor)]
    pub fn new(path: String, periods: Vec<NativeIndexPeriod>, segment: String) -> napi::Result<Self> {
        let periods = periods
            .into_iter()
            .map(|period| IndexPeriod { start_ms: period.start_ms as i64, index: period.index })
            .collect();
        let fields = lookback_engine::fields::declared();
        let documents = contained("the segment does not read back", || {
            SegmentDocuments::open(Path::new(&path), fields, periods, segment)
                .map_err(|error| to_napi(&path, &error))
        })?;
        Ok(Self { path, documents: Arc::new(Mutex::new(Some(documents))) })
    }

    /// The next lines, of about `maxBytes` at most; null at the end.
    #[napi(ts_return_type = "Promise<NativeBulkLines | null>")]
    pub fn next(&self, max_bytes: f64) -> AsyncTask<NextLines> {
        AsyncTask::new(NextLines {
            path: self.path.clone(),
            documents: Arc::clone(&self.documents),
            max_bytes: max_bytes as usize,
        })
    }

    /// Lets go of the file.
    #[napi]
    pub fn close(&self) {
        if let Ok(mut documents) = self.documents.lock() {
            *documents = None;
        }
    }
}

/// Makes lines on a thread of libuv's pool.
pub struct NextLines {
    path: String,
    documents: Shared,
    max_bytes: usize,
}

impl Task for NextLines {
    type Output = Option<BulkLines>;
    type JsValue = Option<NativeBulkLines>;

    fn compute(&mut self) -> napi::Result<Option<BulkLines>> {
        let closed = || coded("SHUTTING_DOWN", "this segment is closed", &serde_json::json!({}));
        let mut documents = self.documents.lock().map_err(|_| closed())?;
        let reader = documents.as_mut().ok_or_else(closed)?;
        contained("the segment does not read back", || {
            reader.next_lines(self.max_bytes).map_err(|error| to_napi(&self.path, &error))
        })
    }

    fn resolve(&mut self, _: Env, output: Option<BulkLines>) -> napi::Result<Option<NativeBulkLines>> {
        Ok(output.map(|BulkLines { lines, rows, versioned }| NativeBulkLines {
            lines: Buffer::from(lines),
            rows: rows as f64,
            versioned: versioned
                .into_iter()
                .map(|row| NativeVersionedRow { id: row.id, version: row.version as f64, index: row.index })
                .collect(),
        }))
    }
}
