//! Capture files: classic pcap and pcapng readers, a pcap writer, the identity of a capture.
//!
//! * [`reader`]: packets of a file or stream, plain or compressed, in order.
//! * [`classic`], [`ng`]: the two formats.
//! * [`buffer`]: large reads into chunks ([`chunk`]) that packets are ranges of.
//! * [`compression`]: gzip, zstd and LZ4 by their magic numbers.
//! * [`identity`]: which capture this is, whatever its path.
//! * [`writer`]: classic pcap files of our own.
//! * [`warning`]: what was odd about a file, counted.

pub mod buffer;
pub mod chunk;
pub mod classic;
pub mod compression;
pub mod error;
pub mod identity;
pub mod ng;
pub mod reader;
pub mod record;
pub mod warning;
pub mod writer;

pub use chunk::Chunk;
pub use compression::{compression_of, decompress, is_damage};
pub use error::CaptureError;
pub use identity::identity_of_file;
pub use reader::{PacketRef, Reader, is_capture};
pub use warning::Warning;
pub use writer::{NO_LINKS, RECORD_HEADER, Writer, record_header};

/// Longest packet taken as usual; a longer one is kept and counted.
pub const USUAL_PACKET_BYTES: u32 = 65_535;
/// Longest record that is believed; a longer one is garbage, and reading stops there.
pub const MAX_RECORD_BYTES: u32 = 16 << 20;
