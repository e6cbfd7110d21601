//! Pieces of a stream.

use std::sync::Arc;

/// Bytes that packets point into.
pub type Chunk = Arc<Vec<u8>>;

/// Size of a chunk: what was read stays in the L2 cache until its packets are handled.
pub(crate) const CHUNK_BYTES: usize = 1 << 17;
