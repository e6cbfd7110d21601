//! Packets of a capture in order, whatever its format and compression.

use crate::USUAL_PACKET_BYTES;
use crate::buffer::Buffer;
use crate::chunk::Chunk;
use crate::classic::{Classic, is_classic};
use crate::compression::{decompress, is_damage, reason_unreadable};
use crate::error::CaptureError;
use crate::ng::{Ng, is_ng};
use crate::record::{RawPacket, Records, Step};
use crate::warning::{Warning, Warnings};
use std::fs::File;
use std::io::Read;
use std::path::Path;

enum Format {
    Classic(Classic),
    Ng(Ng),
}

/// One packet; borrowed until the next is asked for. To keep it, clone `chunk` and remember `start..end`.
#[derive(Clone, Copy, Debug)]
pub struct PacketRef<'a> {
    /// Captured bytes.
    pub data: &'a [u8],
    /// The chunk they lie in.
    pub chunk: &'a Chunk,
    /// Where they begin in it.
    pub start: u32,
    /// Where they end.
    pub end: u32,
    /// Nanoseconds since 1970.
    pub timestamp_ns: i64,
    /// Bytes on the wire.
    pub original_length: u32,
    /// pcap LINKTYPE.
    pub link_type: u16,
    /// Interface of the section (pcapng).
    pub interface: u32,
    /// Offset of the record's header or block in the decompressed file.
    pub offset: u64,
    /// Bytes of the record with its header, or of the block.
    pub record_length: u32,
}

/// Whether a decompressed file that begins with `head` (4 bytes or more) is a capture.
pub fn is_capture(head: &[u8]) -> bool {
    is_classic(head) || is_ng(head)
}

/// Reads a capture.
pub struct Reader {
    buffer: Buffer,
    format: Format,
    warnings: Warnings,
    seen: Seen,
}

/// What the reader knows of the packets before.
#[derive(Default)]
struct Seen {
    /// Bytes of the last, which is to be moved past.
    pending: usize,
    /// Nothing follows that can be read.
    ended: bool,
    last_ns: Option<i64>,
    /// The last packet.
    packet: RawPacket,
}

impl Reader {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened or is no capture.
    pub fn open(path: &Path) -> Result<Self, CaptureError> {
        Self::from_read(Box::new(File::open(path)?))
    }

    /// Reads a stream, plain or compressed.
    ///
    /// # Errors
    /// When it is no capture.
    pub fn from_read(source: Box<dyn Read + Send>) -> Result<Self, CaptureError> {
        Self::from_buffer(Buffer::new(decompress(source)?))
    }

    fn from_buffer(mut buffer: Buffer) -> Result<Self, CaptureError> {
        let mut warnings = Warnings::default();
        let long_enough = match buffer.ensure(24) {
            Ok(long_enough) => long_enough,
            Err(error) if is_damage(&error) && buffer.available() == 0 => {
                return Err(CaptureError::Compressed(error));
            }
            // What was decompressed before the damage is looked at as a file that ends there.
            Err(error) if is_damage(&error) => {
                warnings.count("damaged-compression", buffer.available() as u64);
                false
            }
            Err(error) => return Err(error.into()),
        };
        let head = buffer.bytes();
        let unreadable = |reason, head: &[u8]| CaptureError::Unreadable {
            offset: 0,
            first_bytes: head.iter().take(16).copied().collect(),
            reason,
        };
        let format = if is_ng(head) {
            Format::Ng(Ng::default())
        } else if is_classic(head) {
            if !long_enough {
                return Err(unreadable("the pcap file header is cut off", head));
            }
            match Classic::open(&mut buffer)? {
                Some(format) => Format::Classic(format),
                None => return Err(unreadable("the pcap file header is cut off", buffer.bytes())),
            }
        } else {
            return Err(unreadable(reason_unreadable(head), head));
        };
        Ok(Self { buffer, format, warnings, seen: Seen::default() })
    }

    /// `pcap` or `pcapng`.
    pub fn format(&self) -> &'static str {
        match self.format {
            Format::Classic(_) => "pcap",
            Format::Ng(_) => "pcapng",
        }
    }
    /// pcap LINKTYPE of every packet; none where each interface has its own (pcapng).
    pub fn link_type(&self) -> Option<u16> {
        match &self.format {
            Format::Classic(format) => Some(format.link_type),
            Format::Ng(_) => None,
        }
    }
    /// Oddities so far.
    pub fn warnings(&self) -> &[Warning] {
        self.warnings.list()
    }
    /// Bytes of the decompressed file read so far.
    pub fn bytes_read(&self) -> u64 {
        self.buffer.offset() + self.seen.pending as u64
    }

    /// The next packet; none at the end, or where the file is damaged (see [`Reader::warnings`]).
    ///
    /// # Errors
    /// The source's error before anything was read; a decompressor's error later ends the file with a warning. After
    /// `WouldBlock` of a source that is not compressed, the same may be asked again.
    #[inline]
    pub fn next_packet(&mut self) -> Result<Option<PacketRef<'_>>, CaptureError> {
        match self.next_step() {
            Ok(Step::Packet) => Ok(Some(self.seen.found(&self.buffer, &mut self.warnings))),
            Ok(Step::End) => Ok(None),
            Err(error) if is_damage(&error) => {
                self.warnings.count("damaged-compression", self.buffer.offset());
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    #[inline]
    fn next_step(&mut self) -> std::io::Result<Step> {
        let Self { buffer, format, warnings, seen } = self;
        match format {
            Format::Classic(format) => seen.step(format, buffer, warnings),
            Format::Ng(format) => seen.step(format, buffer, warnings),
        }
    }

    /// Hands the next packets to `take`, at most `most`, as long as they lie whole in the chunk of the last one: nothing is read
    /// from the source.
    ///
    /// Each format has its own loop: where both meet, what is known of a packet goes through memory, and who reads it there waits
    /// for all that was written before it.
    #[inline]
    pub fn packets_at_hand(&mut self, most: usize, mut take: impl FnMut(PacketRef<'_>)) {
        let Self { buffer, format, warnings, seen } = self;
        buffer.hold(true);
        match format {
            Format::Classic(format) => seen.each(most, format, buffer, warnings, &mut take),
            Format::Ng(format) => seen.each(most, format, buffer, warnings, &mut take),
        }
        buffer.hold(false);
    }
}

impl Seen {
    /// What comes after the last packet.
    #[inline(always)]
    fn step(
        &mut self,
        format: &mut impl Records,
        buffer: &mut Buffer,
        warnings: &mut Warnings,
    ) -> std::io::Result<Step> {
        buffer.consume(std::mem::take(&mut self.pending));
        if self.ended {
            return Ok(Step::End);
        }
        let step = format.next(buffer, warnings, &mut self.packet);
        self.ended = matches!(step, Ok(Step::End));
        step
    }

    /// Hands packets to `take`, see [`Reader::packets_at_hand`].
    #[inline(always)]
    fn each(
        &mut self,
        most: usize,
        format: &mut impl Records,
        buffer: &mut Buffer,
        warnings: &mut Warnings,
        take: &mut impl FnMut(PacketRef<'_>),
    ) {
        for _ in 0..most {
            // An end is told again, and what is not at hand is there when it is asked for otherwise.
            let Ok(Step::Packet) = self.step(format, buffer, warnings) else { break };
            take(self.found(buffer, warnings));
        }
    }

    /// Looks at a packet that was found.
    #[inline(always)]
    fn found<'a>(&mut self, buffer: &'a Buffer, warnings: &mut Warnings) -> PacketRef<'a> {
        let packet = &self.packet;
        self.pending = packet.whole;
        if packet.captured as u32 != packet.original_length || packet.captured == 0 {
            note_lengths(packet, warnings);
        }
        if packet.captured as u32 > USUAL_PACKET_BYTES {
            warnings.count("oversize-packet", packet.offset);
        }
        if self.last_ns.is_some_and(|last| packet.timestamp_ns < last) {
            warnings.count("timestamp-goes-back", packet.offset);
        }
        self.last_ns = Some(packet.timestamp_ns);
        let (chunk, at) = buffer.place();
        let (start, end) = (at + packet.skip, at + packet.skip + packet.captured);
        PacketRef {
            data: chunk.get(start..end).unwrap_or_default(),
            chunk,
            start: start as u32,
            end: end as u32,
            timestamp_ns: packet.timestamp_ns,
            original_length: packet.original_length,
            link_type: packet.link_type,
            interface: packet.interface,
            offset: packet.offset,
            record_length: packet.whole as u32,
        }
    }
}

#[cold]
fn note_lengths(packet: &RawPacket, warnings: &mut Warnings) {
    if packet.captured == 0 {
        warnings.count("zero-length-packet", packet.offset);
    }
    if (packet.captured as u32) < packet.original_length {
        warnings.count("packet-cut-by-snaplen", packet.offset);
    } else if packet.captured as u32 > packet.original_length {
        warnings.count("captured-more-than-original", packet.offset);
    }
}
