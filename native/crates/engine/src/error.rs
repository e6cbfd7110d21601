//! What can go wrong while capturing, with the codes that TypeScript knows.

use lookback_pcapfile::CaptureError;
use lookback_segment::SegmentError;
use std::path::PathBuf;

/// An error of the core; `code` is stable.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The source is no capture.
    #[error("{path}: not a capture file that can be read ({reason}{})", place(*.offset, .first_bytes))]
    Unreadable {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
        /// Where.
        offset: u64,
        /// First bytes, in hex; empty when there are none, or none that say something.
        first_bytes: String,
    },
    /// No room on the device.
    #[error("{path}: no space left on the device; free some or lower freeSpaceG's demand, then run it again")]
    DiskFull {
        /// What was being written.
        path: String,
    },
    /// Another failure of the operating system.
    #[error("{path}: {source}")]
    Io {
        /// What was being read or written.
        path: String,
        /// Its error.
        source: std::io::Error,
    },
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
    /// A worker failed; nothing it made is used.
    #[error("a worker stopped unexpectedly: {0}")]
    Worker(String),
}

impl EngineError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            EngineError::Unreadable { .. } => "CAPTURE_UNREADABLE",
            EngineError::DiskFull { .. } => "DISK_FULL",
            EngineError::Io { .. } | EngineError::Worker(_) => "INTERNAL",
            EngineError::Cancelled => "QUERY_CANCELLED",
        }
    }
    /// From an error of the operating system about `path`.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into().display().to_string();
        if is_full(&source) { Self::DiskFull { path } } else { Self::Io { path, source } }
    }
    /// From an error of the capture reader about `path`.
    pub fn capture(path: &str, error: CaptureError) -> Self {
        match error {
            CaptureError::Unreadable { offset, first_bytes, reason } => Self::Unreadable {
                path: path.to_owned(),
                reason: reason.to_string(),
                offset,
                first_bytes: hex(&first_bytes),
            },
            error @ CaptureError::Compressed(_) => Self::Unreadable {
                path: path.to_owned(),
                reason: error.to_string(),
                offset: 0,
                first_bytes: String::new(),
            },
            CaptureError::Io(source) if is_full(&source) => Self::io(path, source),
            // Not there, not ours to read, or a device that fails: it cannot be read, and the next file may.
            CaptureError::Io(source) => Self::Unreadable {
                path: path.to_owned(),
                reason: source.to_string(),
                offset: 0,
                first_bytes: String::new(),
            },
        }
    }
}

/// Bytes in hex, with spaces between.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// Where something is wrong with bytes; nothing when it is not about these.
fn place(offset: u64, first_bytes: &str) -> String {
    if first_bytes.is_empty() {
        return String::new();
    }
    format!(" at offset {offset}; it begins with {first_bytes}")
}

/// Whether the device, or the quota of whoever writes, has no room left.
fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

impl From<SegmentError> for EngineError {
    fn from(error: SegmentError) -> Self {
        match error {
            SegmentError::DiskFull { path } => Self::DiskFull { path: path.display().to_string() },
            SegmentError::Io { path, source } => Self::io(path, source),
            other => Self::Worker(other.to_string()),
        }
    }
}
