//! Rows of one worker into segments.

use crate::error::EngineError;
use crate::fields;
use crate::worker::RowSink;
use lookback_flow::identity::StreamIdentity;
use lookback_segment::{SegmentInfo, SegmentTarget, SegmentWriter};
use lookback_session::Session;
use std::path::PathBuf;

/// Writes rows to segments as they come.
pub struct SegmentSink {
    directory: PathBuf,
    node: String,
    stream: StreamIdentity,
    writer: SegmentWriter,
    /// Segments written: complete files that no catalogue knows yet.
    pub segments: Vec<SegmentInfo>,
    /// Rows in them.
    pub rows: u64,
}

impl SegmentSink {
    /// For rows of a stream of a node.
    pub fn new(directory: PathBuf, node: String, stream: StreamIdentity) -> Self {
        Self {
            directory,
            node,
            stream,
            writer: SegmentWriter::new(fields::declared()),
            segments: Vec::new(),
            rows: 0,
        }
    }
}

impl RowSink for SegmentSink {
    fn rows(&mut self, rows: &mut Vec<Session>) -> Result<(), EngineError> {
        let target =
            SegmentTarget { directory: &self.directory, node: &self.node, stream: self.stream, level: 0 };
        self.segments.extend(self.writer.write(rows, &target)?);
        self.rows += rows.len() as u64;
        rows.clear();
        Ok(())
    }
}
