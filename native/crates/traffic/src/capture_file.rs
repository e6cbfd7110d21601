//! Capture files: classic pcap and pcapng, microseconds, Ethernet.

use std::io::{self, Write};

/// Kind of capture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Classic pcap, magic `a1b2c3d4`.
    Pcap,
    /// pcapng with one section and one interface (IETF draft-ietf-opsawg-pcapng).
    Pcapng,
}

const LINKTYPE_ETHERNET: u32 = 1;
const SNAP_LENGTH: u32 = 262_144;
const BUFFER: usize = 1 << 20;

/// Writes records in big pieces.
pub struct CaptureFile<W: Write> {
    out: W,
    format: Format,
    buffer: Vec<u8>,
    written: u64,
    packets: u64,
}

impl<W: Write> CaptureFile<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(out: W, format: Format) -> io::Result<Self> {
        let mut buffer = Vec::with_capacity(BUFFER + (SNAP_LENGTH as usize));
        match format {
            Format::Pcap => {
                for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, SNAP_LENGTH, LINKTYPE_ETHERNET] {
                    buffer.extend_from_slice(&u32::to_le_bytes(word));
                }
            }
            Format::Pcapng => {
                let section = [0x0a0d_0d0a, 28, 0x1a2b_3c4d, 0x0000_0001, u32::MAX, u32::MAX, 28];
                let interface = [1, 20, LINKTYPE_ETHERNET, SNAP_LENGTH, 20];
                for word in section.into_iter().chain(interface) {
                    buffer.extend_from_slice(&u32::to_le_bytes(word));
                }
            }
        }
        Ok(Self { out, format, buffer, written: 0, packets: 0 })
    }

    /// Appends a packet taken at `time_us` microseconds since 1970; `build` puts its bytes at the end of the buffer.
    ///
    /// # Errors
    /// Those of the file.
    pub fn packet(&mut self, time_us: u64, build: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let start = self.buffer.len();
        let header = match self.format {
            Format::Pcap => 16,
            Format::Pcapng => 28,
        };
        self.buffer.resize(start + header, 0);
        build(&mut self.buffer);
        let length = (self.buffer.len() - start - header) as u32;
        let words: [u32; 7] = match self.format {
            Format::Pcap => {
                [(time_us / 1_000_000) as u32, (time_us % 1_000_000) as u32, length, length, 0, 0, 0]
            }
            Format::Pcapng => {
                let total = 32 + length.next_multiple_of(4);
                self.buffer.resize(start + total as usize - 4, 0);
                self.buffer.extend_from_slice(&total.to_le_bytes());
                [6, total, 0, (time_us >> 32) as u32, time_us as u32, length, length]
            }
        };
        for (slot, word) in self.buffer[start..start + header].chunks_exact_mut(4).zip(words) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        self.packets += 1;
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Bytes of the file so far.
    pub fn length(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }
    /// Packets so far.
    pub fn packets(&self) -> u64 {
        self.packets
    }
    /// Writes what is left; gives back the output.
    ///
    /// # Errors
    /// Those of the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        self.out.flush()?;
        Ok(self.out)
    }
}
