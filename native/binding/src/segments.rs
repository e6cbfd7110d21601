//! Segments as JavaScript sees them.

use napi_derive::napi;

/// See `src/model/segment.ts`.
#[napi(object)]
#[allow(missing_docs, reason = "the fields are described in src/model/segment.ts")]
pub struct NativeSegment {
    pub path: String,
    pub day: String,
    pub level: u32,
    pub rows: f64,
    pub bytes: f64,
    pub first_ms: f64,
    pub min_last_ms: f64,
    pub last_ms: f64,
    pub columns: Vec<String>,
    pub open_rows: f64,
    pub total_packets: f64,
    pub total_bytes: f64,
}

impl From<&lookback_segment::SegmentInfo> for NativeSegment {
    fn from(segment: &lookback_segment::SegmentInfo) -> Self {
        Self {
            path: segment.path.clone(),
            day: segment.day.clone(),
            level: u32::from(segment.level),
            rows: segment.rows as f64,
            bytes: segment.bytes as f64,
            first_ms: segment.first_ms as f64,
            min_last_ms: segment.min_last_ms as f64,
            last_ms: segment.last_ms as f64,
            columns: segment.columns.clone(),
            open_rows: segment.open_rows as f64,
            total_packets: segment.total_packets as f64,
            total_bytes: segment.total_bytes as f64,
        }
    }
}
