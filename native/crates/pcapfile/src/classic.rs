//! Classic pcap (draft-ietf-opsawg-pcap): a 24-byte header, then records of 16 bytes and the packet.

use crate::MAX_RECORD_BYTES;
use crate::buffer::Buffer;
use crate::record::{RawPacket, Records, Step};
use crate::warning::Warnings;

const HEADER_BYTES: usize = 24;
const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;
/// Kuznetzov's variant, whose record headers have 8 bytes more.
const MODIFIED: u32 = 0xa1b2_cd34;

/// A file's format.
#[derive(Clone, Copy, Debug)]
pub struct Classic {
    big_endian: bool,
    fraction_ns: i64,
    record_header: usize,
    /// LINKTYPE of every packet.
    pub link_type: u16,
}

fn word(bytes: &[u8], at: usize, big_endian: bool) -> u32 {
    match bytes.get(at..at + 4) {
        Some(&[a, b, c, d]) if big_endian => u32::from_be_bytes([a, b, c, d]),
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// Whether these are the first bytes of a classic pcap file.
pub fn is_classic(head: &[u8]) -> bool {
    [true, false]
        .iter()
        .any(|big| head.len() >= 4 && matches!(word(head, 0, *big), MICROSECONDS | NANOSECONDS | MODIFIED))
}

impl Classic {
    /// Reads the file header; none when it is not whole.
    ///
    /// # Errors
    /// The source's error.
    pub fn open(buffer: &mut Buffer) -> std::io::Result<Option<Self>> {
        if !buffer.ensure(HEADER_BYTES)? {
            return Ok(None);
        }
        let head = buffer.bytes();
        let big_endian = matches!(word(head, 0, true), MICROSECONDS | NANOSECONDS | MODIFIED);
        let magic = word(head, 0, big_endian);
        let format = Self {
            big_endian,
            fraction_ns: if magic == NANOSECONDS { 1 } else { 1000 },
            record_header: if magic == MODIFIED { 24 } else { 16 },
            // The upper bits carry the FCS length.
            link_type: (word(head, 20, big_endian) & 0xffff) as u16,
        };
        buffer.consume(HEADER_BYTES);
        Ok(Some(format))
    }

    /// Seconds, fraction, captured and original length of a record header.
    #[inline]
    fn record(&self, head: &[u8]) -> Option<[u32; 4]> {
        let words = head.first_chunk::<16>()?.as_chunks::<4>().0.first_chunk::<4>()?;
        Some(words.map(if self.big_endian { u32::from_be_bytes } else { u32::from_le_bytes }))
    }
}

impl Records for Classic {
    #[inline(always)]
    fn next(
        &mut self,
        buffer: &mut Buffer,
        warnings: &mut Warnings,
        packet: &mut RawPacket,
    ) -> std::io::Result<Step> {
        let offset = buffer.offset();
        if !buffer.ensure(self.record_header)? {
            if buffer.available() > 0 {
                warnings.count("truncated-record", offset);
            }
            return Ok(Step::End);
        }
        let Some([seconds, fraction, captured, original_length]) = self.record(buffer.bytes()) else {
            return Ok(Step::End);
        };
        if seconds | fraction | captured | original_length == 0 {
            // A file that was preallocated and not written to its end.
            warnings.count("zeroed-tail", offset);
            return Ok(Step::End);
        }
        if captured > MAX_RECORD_BYTES {
            warnings.count("garbage-record-length", offset);
            return Ok(Step::End);
        }
        let whole = self.record_header + captured as usize;
        if !buffer.ensure(whole)? {
            warnings.count("truncated-record", offset);
            return Ok(Step::End);
        }
        packet.skip = self.record_header;
        packet.captured = captured as usize;
        packet.whole = whole;
        packet.original_length = original_length;
        packet.timestamp_ns = i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * self.fraction_ns;
        packet.link_type = self.link_type;
        packet.interface = 0;
        packet.offset = offset;
        Ok(Step::Packet)
    }
}
