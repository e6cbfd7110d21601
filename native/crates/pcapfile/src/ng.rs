//! pcapng (draft-ietf-opsawg-pcapng): sections of blocks. Unknown blocks are skipped.

use crate::MAX_RECORD_BYTES;
use crate::buffer::Buffer;
use crate::record::{RawPacket, Records, Step};
use crate::warning::Warnings;

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// Most interfaces of one section.
const MAX_INTERFACES: usize = 65_536;
const OPTION_TIME_RESOLUTION: u16 = 9;
const OPTION_TIME_OFFSET: u16 = 14;

/// An interface of the present section.
#[derive(Clone, Copy, Debug)]
struct Interface {
    link_type: u16,
    snaplen: u32,
    resolution: Resolution,
    offset_seconds: i64,
}

/// Time of a packet per tick of its interface (`if_tsresol`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resolution {
    /// Ticks of `10^-n` seconds.
    Decimal(u8),
    /// Ticks of `2^-n` seconds.
    Binary(u8),
}

impl Resolution {
    /// The high bit of the option tells powers of two from powers of ten.
    fn of_option(byte: u8) -> Self {
        if byte & 0x80 == 0 { Self::Decimal(byte) } else { Self::Binary(byte & 0x7f) }
    }

    /// Nanoseconds since 1970 of `ticks` and `offset_seconds`, limited to what 64 bits hold.
    #[inline]
    fn nanoseconds(self, ticks: u64, offset_seconds: i64) -> i64 {
        match (self, offset_seconds) {
            (Self::Decimal(6), 0) if ticks < 1 << 53 => (ticks * 1000) as i64,
            (Self::Decimal(9), 0) if ticks < 1 << 63 => ticks as i64,
            _ => self.any_nanoseconds(ticks, offset_seconds),
        }
    }

    fn any_nanoseconds(self, ticks: u64, offset_seconds: i64) -> i64 {
        let ticks = u128::from(ticks);
        let nanoseconds = match self {
            Self::Decimal(n @ 0..=9) => ticks * 10u128.pow(u32::from(9 - n)),
            // With a divisor beyond 128 bits no number of ticks is a nanosecond.
            Self::Decimal(n) => 10u128.checked_pow(u32::from(n) - 9).map_or(0, |divisor| ticks / divisor),
            Self::Binary(n) => (ticks * 1_000_000_000).checked_shr(u32::from(n)).unwrap_or(0),
        };
        let total = i128::try_from(nanoseconds)
            .unwrap_or(i128::MAX)
            .saturating_add(i128::from(offset_seconds) * 1_000_000_000);
        i64::try_from(total).unwrap_or(if total < 0 { i64::MIN } else { i64::MAX })
    }
}

/// State of reading a pcapng stream.
#[derive(Debug, Default)]
pub struct Ng {
    big_endian: bool,
    interfaces: Vec<Interface>,
    /// Interfaces of the sections before.
    interfaces_before: u32,
    last_ns: i64,
    /// Offset of a block that is being passed over.
    passing: Option<u64>,
}

/// Whether these are the first bytes of a pcapng file.
pub fn is_ng(head: &[u8]) -> bool {
    head.get(..4) == Some(&SECTION.to_be_bytes())
}

impl Ng {
    fn word(&self, bytes: &[u8], at: usize) -> u32 {
        match bytes.get(at..at + 4) {
            Some(&[a, b, c, d]) if self.big_endian => u32::from_be_bytes([a, b, c, d]),
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => 0,
        }
    }
    fn half(&self, bytes: &[u8], at: usize) -> u16 {
        match bytes.get(at..at + 2) {
            Some(&[a, b]) if self.big_endian => u16::from_be_bytes([a, b]),
            Some(&[a, b]) => u16::from_le_bytes([a, b]),
            _ => 0,
        }
    }

    fn interface(&self, body: &[u8]) -> Interface {
        let mut interface = Interface {
            link_type: self.half(body, 0),
            snaplen: self.word(body, 4),
            resolution: Resolution::Decimal(6),
            offset_seconds: 0,
        };
        let mut options = body.get(8..).unwrap_or_default();
        // Each round takes four bytes or more of a block of bounded length.
        while options.len() >= 4 {
            let (code, length) = (self.half(options, 0), usize::from(self.half(options, 2)));
            let Some(value) = options.get(4..4 + length) else { break };
            match (code, value) {
                (0, _) => break,
                (OPTION_TIME_RESOLUTION, [resolution, ..]) => {
                    interface.resolution = Resolution::of_option(*resolution);
                }
                (OPTION_TIME_OFFSET, &[a, b, c, d, e, f, g, h]) => {
                    let bytes = [a, b, c, d, e, f, g, h];
                    interface.offset_seconds =
                        if self.big_endian { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) };
                }
                _ => {}
            }
            options = options.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        }
        interface
    }

    /// A packet block whose fixed part is `head` bytes with times at 4, lengths at 12.
    fn packet(
        &self,
        body: &[u8],
        number: u32,
        head: usize,
        offset: u64,
        length: u32,
        warnings: &mut Warnings,
    ) -> Option<RawPacket> {
        let Some(interface) = self.interfaces.get(number as usize) else {
            warnings.count("unknown-interface", offset);
            return None;
        };
        let time = u64::from(self.word(body, 4)) << 32 | u64::from(self.word(body, 8));
        let captured = self.word(body, 12) as usize;
        if body.len() < head || captured > body.len() - head {
            warnings.count("garbage-record-length", offset);
            return None;
        }
        let timestamp_ns = interface.resolution.nanoseconds(time, interface.offset_seconds);
        Some(RawPacket {
            skip: 8 + head,
            captured,
            whole: length as usize,
            original_length: self.word(body, 16),
            timestamp_ns,
            link_type: interface.link_type,
            interface: self.interfaces_before.saturating_add(number),
            offset,
        })
    }

    /// A simple packet has no time of its own: it takes the packet's before it.
    fn simple(&self, body: &[u8], offset: u64, length: u32, warnings: &mut Warnings) -> Option<RawPacket> {
        let Some(interface) = self.interfaces.first() else {
            warnings.count("unknown-interface", offset);
            return None;
        };
        let original_length = self.word(body, 0);
        let mut captured = original_length.min(body.len().saturating_sub(4) as u32);
        if interface.snaplen > 0 {
            captured = captured.min(interface.snaplen);
        }
        warnings.count("no-timestamp", offset);
        Some(RawPacket {
            skip: 12,
            captured: captured as usize,
            whole: length as usize,
            original_length,
            timestamp_ns: self.last_ns,
            link_type: interface.link_type,
            interface: self.interfaces_before,
            offset,
        })
    }
}

impl Records for Ng {
    /// Other blocks are taken in or skipped on the way.
    fn next(
        &mut self,
        buffer: &mut Buffer,
        warnings: &mut Warnings,
        packet: &mut RawPacket,
    ) -> std::io::Result<Step> {
        loop {
            if !buffer.ensure(12)? {
                let passing = self.passing.take().filter(|_| buffer.owes());
                let cut = passing.or((buffer.available() > 0).then(|| buffer.offset()));
                if let Some(offset) = cut {
                    warnings.count("truncated-record", offset);
                }
                return Ok(Step::End);
            }
            // Only now is the block before passed, if the source had none for a while.
            let offset = buffer.offset();
            let head = buffer.bytes();
            let kind = self.word(head, 0);
            if kind == SECTION {
                self.big_endian = head.get(8..12) == Some(&BYTE_ORDER.to_be_bytes());
                if !self.big_endian && head.get(8..12) != Some(&BYTE_ORDER.to_le_bytes()) {
                    warnings.count("bad-section", offset);
                    return Ok(Step::End);
                }
                self.interfaces_before = self.interfaces_before.saturating_add(self.interfaces.len() as u32);
                self.interfaces.clear();
            }
            let length = self.word(head, 4);
            if kind | length == 0 {
                // A file that was preallocated and not written to its end.
                warnings.count("zeroed-tail", offset);
                return Ok(Step::End);
            }
            let is_read = matches!(kind, INTERFACE | OLD_PACKET | SIMPLE_PACKET | ENHANCED_PACKET);
            if length < 12 || !length.is_multiple_of(4) || (is_read && length > MAX_RECORD_BYTES) {
                warnings.count("garbage-record-length", offset);
                return Ok(Step::End);
            }
            if !is_read {
                self.passing = Some(offset);
                if !buffer.discard(u64::from(length))? {
                    warnings.count("truncated-record", offset);
                    return Ok(Step::End);
                }
                continue;
            }
            if !buffer.ensure(length as usize)? {
                warnings.count("truncated-record", offset);
                return Ok(Step::End);
            }
            let block = buffer.bytes().get(..length as usize).unwrap_or_default();
            if self.word(block, block.len() - 4) != length {
                // The two lengths of a block disagree: where the next one begins is anybody's guess.
                warnings.count("garbage-record-length", offset);
                return Ok(Step::End);
            }
            let body = block.get(8..block.len() - 4).unwrap_or_default();
            let found = match kind {
                INTERFACE => {
                    let interface = self.interface(body);
                    if self.interfaces.len() < MAX_INTERFACES {
                        self.interfaces.push(interface);
                    } else {
                        warnings.count("too-many-interfaces", offset);
                    }
                    None
                }
                ENHANCED_PACKET => self.packet(body, self.word(body, 0), 20, offset, length, warnings),
                OLD_PACKET => self.packet(body, u32::from(self.half(body, 0)), 20, offset, length, warnings),
                SIMPLE_PACKET => self.simple(body, offset, length, warnings),
                _ => None,
            };
            match found {
                Some(found) => {
                    self.last_ns = found.timestamp_ns;
                    *packet = found;
                    return Ok(Step::Packet);
                }
                None => buffer.consume(length as usize),
            }
        }
    }
}

#[cfg(test)]
mod test {
    use super::Resolution;

    #[test]
    fn ticks_become_nanoseconds() {
        let cases = [
            (6, 1_500_000, 0, 1_500_000_000),
            (9, 1_500_000, 0, 1_500_000),
            (0, 7, 0, 7_000_000_000),
            (3, 7, -1, -993_000_000),
            (12, 1999, 0, 1),
            (0x80 | 1, 3, 0, 1_500_000_000),
            (0x80 | 32, 1 << 32, 0, 1_000_000_000),
            (0x7f, u64::MAX, 0, 0),
            (0xff, u64::MAX, 0, 0),
            (0, u64::MAX, 0, i64::MAX),
            (6, 0, i64::MIN, i64::MIN),
        ];
        for (option, ticks, offset_seconds, expected) in cases {
            assert_eq!(
                Resolution::of_option(option).nanoseconds(ticks, offset_seconds),
                expected,
                "{option} {ticks}"
            );
        }
    }
}
