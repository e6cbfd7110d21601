//! Classic pcap files of our own, little-endian, append-only.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Bytes gathered before a write.
const BUFFER_BYTES: usize = 256 << 10;
/// Linux `O_NOFOLLOW`: a symbolic link in place of the file is refused.
const O_NOFOLLOW: i32 = 0o400_000;

/// Writes one file.
pub struct Writer {
    file: File,
    buffer: Vec<u8>,
    position: u64,
    nanosecond: bool,
}

impl Writer {
    /// Creates a file that must not exist, mode 0640, and gathers its header.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn create(path: &Path, link_type: u16, snaplen: u32, nanosecond: bool) -> std::io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o640)
            .custom_flags(O_NOFOLLOW)
            .open(path)?;
        let mut buffer = Vec::with_capacity(BUFFER_BYTES + (64 << 10));
        let magic: u32 = if nanosecond { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
        buffer.extend_from_slice(&magic.to_le_bytes());
        buffer.extend_from_slice(&2u16.to_le_bytes());
        buffer.extend_from_slice(&4u16.to_le_bytes());
        buffer.extend_from_slice(&[0; 8]);
        buffer.extend_from_slice(&snaplen.to_le_bytes());
        buffer.extend_from_slice(&u32::from(link_type).to_le_bytes());
        let position = buffer.len() as u64;
        Ok(Self { file, buffer, position, nanosecond })
    }

    /// Appends a packet; returns the offset of its record's header. Times before 1970 become 1970, after 2106 wrap as the
    /// format's 32 bits do.
    ///
    /// # Errors
    /// The operating system's error; the record then is not part of the file.
    pub fn write(&mut self, timestamp_ns: i64, original_length: u32, data: &[u8]) -> std::io::Result<u64> {
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        let offset = self.position;
        let timestamp = timestamp_ns.max(0) as u64;
        let fraction = (timestamp % 1_000_000_000) as u32;
        let fraction = if self.nanosecond { fraction } else { fraction / 1000 };
        self.buffer.extend_from_slice(&((timestamp / 1_000_000_000) as u32).to_le_bytes());
        self.buffer.extend_from_slice(&fraction.to_le_bytes());
        self.buffer.extend_from_slice(&(data.len() as u32).to_le_bytes());
        self.buffer.extend_from_slice(&original_length.to_le_bytes());
        self.buffer.extend_from_slice(data);
        self.position += 16 + data.len() as u64;
        Ok(offset)
    }

    /// Size of the file once everything is written.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Hands what is gathered to the operating system.
    ///
    /// # Errors
    /// The operating system's error; what was not written stays gathered.
    pub fn flush(&mut self) -> std::io::Result<()> {
        let mut written = 0;
        while let Some(rest) = self.buffer.get(written..).filter(|rest| !rest.is_empty()) {
            match self.file.write(rest) {
                Ok(0) => break,
                Ok(count) => written += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.buffer.drain(..written);
                    return Err(error);
                }
            }
        }
        self.buffer.drain(..written);
        Ok(())
    }

    /// Makes the file durable as it is.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn sync(&mut self) -> std::io::Result<()> {
        self.flush()?;
        self.file.sync_data()
    }
}
