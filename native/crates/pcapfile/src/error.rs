//! Errors of reading a capture.

/// Why a capture cannot be read at all. Damage after the first record is no error but a warning.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// Not a capture.
    #[error("{reason} at offset {offset}")]
    Unreadable {
        /// Byte offset of what is wrong.
        offset: u64,
        /// The first bytes, at most 16.
        first_bytes: Vec<u8>,
        /// What is wrong.
        reason: &'static str,
    },
    /// The compressed data is damaged, or too large to decompress, before anything came out of it.
    #[error("the compressed data does not read: {0}")]
    Compressed(std::io::Error),
    /// The operating system's error.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
