//! Where the rows of a segment come from and go to.

use std::path::Path;

/// Where segments go and what their rows have in common.
#[derive(Clone, Copy, Debug)]
pub struct SegmentTarget<'a> {
    /// The sessions directory; the folder of a day is made below it.
    pub directory: &'a Path,
    /// Compaction level: 0 as captured, higher after each merge.
    pub level: u8,
    /// Name of the capture node.
    pub node: &'a str,
    /// Identity of the stream that the sessions were seen in.
    pub stream: [u8; 16],
}
