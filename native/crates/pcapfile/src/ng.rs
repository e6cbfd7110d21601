//! pcapng (draft-ietf-opsawg-pcapng): sections of blocks. Unknown blocks are skipped.

use crate::buffer::Buffer;
use crate::reader::{RawPacket, Step};
use crate::warning::Warnings;
use crate::MAX_RECORD_BYTES;

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
    units_per_second: u64,
    offset_seconds: i64,
}

/// State of reading a pcapng stream.
#[derive(Debug, Default)]
pub struct Ng {
    big_endian: bool,
    interfaces: Vec<Interface>,
    last_ns: i64,
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

    /// The next packet; other blocks are taken in or skipped on the way.
    ///
    /// # Errors
    /// The source's error.
    pub fn next(&mut self, buffer: &mut Buffer, warnings: &mut Warnings) -> std::io::Result<Step> {
        loop {
            let offset = buffer.offset();
            if !buffer.ensure(12)? {
                if buffer.available() > 0 {
                    warnings.count("truncated-record", offset);
                }
                return Ok(Step::End);
            }
            let head = buffer.bytes();
            let kind = self.word(head, 0);
            if kind == SECTION {
                self.big_endian = head.get(8..12) == Some(&BYTE_ORDER.to_be_bytes());
                if !self.big_endian && head.get(8..12) != Some(&BYTE_ORDER.to_le_bytes()) {
                    warnings.count("bad-section", offset);
                    return Ok(Step::End);
                }
                self.interfaces.clear();
            }
            let length = self.word(head, 4);
            if length < 12 || length % 4 != 0 || length > MAX_RECORD_BYTES {
                warnings.count("garbage-record-length", offset);
                return Ok(Step::End);
            }
            if !buffer.ensure(length as usize)? {
                warnings.count("truncated-record", offset);
                return Ok(Step::End);
            }
            let block = buffer.bytes().get(..length as usize).unwrap_or_default();
            let body = block.get(8..block.len() - 4).unwrap_or_default();
            let packet = match kind {
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
            match packet {
                Some(packet) => {
                    self.last_ns = packet.timestamp_ns;
                    return Ok(Step::Packet(packet));
                }
                None => buffer.consume(length as usize),
            }
        }
    }

    fn interface(&self, body: &[u8]) -> Interface {
        let mut interface = Interface {
            link_type: self.half(body, 0),
            snaplen: self.word(body, 4),
            units_per_second: 1_000_000,
            offset_seconds: 0,
        };
        let mut options = body.get(8..).unwrap_or_default();
        while options.len() >= 4 {
            let (code, length) = (self.half(options, 0), usize::from(self.half(options, 2)));
            let Some(value) = options.get(4..4 + length) else { break };
            match (code, value) {
                (0, _) => break,
                (OPTION_TIME_RESOLUTION, [resolution, ..]) => {
                    let exponent = u32::from(resolution & 0x7f);
                    let base: u64 = if resolution & 0x80 != 0 { 2 } else { 10 };
                    interface.units_per_second = base.checked_pow(exponent).unwrap_or(1_000_000_000);
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
    fn packet(&self, body: &[u8], number: u32, head: usize, offset: u64, length: u32, warnings: &mut Warnings) -> Option<RawPacket> {
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
        let units = u128::from(interface.units_per_second);
        let ns = u128::from(time) * 1_000_000_000 / units;
        let timestamp_ns = i64::try_from(ns)
            .unwrap_or(i64::MAX)
            .saturating_add(interface.offset_seconds.saturating_mul(1_000_000_000));
        Some(RawPacket {
            skip: 8 + head,
            captured,
            whole: length as usize,
            original_length: self.word(body, 16),
            timestamp_ns,
            link_type: interface.link_type,
            interface: number,
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
            interface: 0,
            offset,
        })
    }
}
