//! What a format finds next in the bytes at hand.

use crate::buffer::Buffer;
use crate::warning::Warnings;

/// A format, as far as it was read.
pub trait Records {
    /// Finds the next packet: it is checked, lies whole in the bytes at hand, and is described by `packet` then. That is written
    /// value by value where a format can: who copies a whole that was just made of parts waits for all that was written before.
    ///
    /// # Errors
    /// The source's error.
    fn next(
        &mut self,
        buffer: &mut Buffer,
        warnings: &mut Warnings,
        packet: &mut RawPacket,
    ) -> std::io::Result<Step>;
}

/// Where the next packet lies in the bytes at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawPacket {
    pub(crate) skip: usize,
    pub(crate) captured: usize,
    pub(crate) whole: usize,
    pub(crate) original_length: u32,
    pub(crate) timestamp_ns: i64,
    pub(crate) link_type: u16,
    pub(crate) interface: u32,
    pub(crate) offset: u64,
}

/// What a format found next.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// A packet, whole and at hand.
    Packet,
    /// Nothing more that can be read.
    End,
}
