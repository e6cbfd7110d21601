//! What became of the packets of each source.

use std::sync::atomic::AtomicU64;

/// Counts of the stream's thread for one source.
#[derive(Debug, Default)]
pub(super) struct Stores {
    pub(super) stored: AtomicU64,
    pub(super) by_rule: AtomicU64,
    pub(super) lost_to_disk: AtomicU64,
    /// Not stored, for the workers were gone.
    pub(super) lost: AtomicU64,
    /// Of the packets that reached the workers, those with a damaged header.
    pub(super) malformed: AtomicU64,
}
