//! Classic pcap files of our own, little-endian, append-only.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// A symbolic link in place of a file that is made is refused. Its number differs between kinds of processors.
pub const NO_LINKS: i32 = rustix::fs::OFlags::NOFOLLOW.bits() as i32;

/// First bytes of a file whose times have nanoseconds.
const NANOSECOND_MAGIC: u32 = 0xa1b2_3c4d;
/// Bytes of a record's header.
pub const RECORD_HEADER: usize = 16;

/// The header of a packet's record: seconds, nanoseconds, captured length, original length. Times before 1970 become
/// 1970, after 2106 wrap as the format's 32 bits do.
#[inline]
pub fn record_header(timestamp_ns: i64, original_length: u32, captured_length: u32) -> [u8; RECORD_HEADER] {
    let timestamp = timestamp_ns.max(0) as u64;
    let parts = [
        (timestamp / 1_000_000_000) as u32,
        (timestamp % 1_000_000_000) as u32,
        captured_length,
        original_length,
    ];
    let mut header = [0; RECORD_HEADER];
    for (place, part) in header.chunks_exact_mut(4).zip(parts) {
        place.copy_from_slice(&part.to_le_bytes());
    }
    header
}

/// Writes one file. What was appended is in the system's hands at once: other processes can read it, and it outlives
/// this one.
pub struct Writer {
    file: File,
    position: u64,
}

impl Writer {
    /// Creates a file that must not exist, mode 0640, and writes its header. Times have nanoseconds.
    ///
    /// # Errors
    /// The operating system's error; no file stays behind.
    pub fn create(path: &Path, link_type: u16, snaplen: u32) -> std::io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o640)
            .custom_flags(NO_LINKS)
            .open(path)?;
        let mut header = Vec::with_capacity(24);
        header.extend_from_slice(&NANOSECOND_MAGIC.to_le_bytes());
        header.extend_from_slice(&2u16.to_le_bytes());
        header.extend_from_slice(&4u16.to_le_bytes());
        header.extend_from_slice(&[0; 8]);
        header.extend_from_slice(&snaplen.to_le_bytes());
        header.extend_from_slice(&u32::from(link_type).to_le_bytes());
        let mut writer = Self { file, position: 0 };
        if let Err(error) = writer.append(&header) {
            // The error is the answer; an empty file that stays is swept at start-up.
            let _ = std::fs::remove_file(path);
            return Err(error);
        }
        Ok(writer)
    }

    /// Appends whole records; returns the offset of the first one's header.
    ///
    /// # Errors
    /// The operating system's error; the file then ends where it ended before.
    pub fn append(&mut self, records: &[u8]) -> std::io::Result<u64> {
        let offset = self.position;
        if let Err(error) = self.file.write_all_at(records, offset) {
            // Part of a record at the end would be read as damage. When even this fails, the next append overwrites it.
            let _ = self.file.set_len(offset);
            return Err(error);
        }
        self.position += records.len() as u64;
        Ok(offset)
    }

    /// Appends one packet; of many, a batch of records costs less.
    ///
    /// # Errors
    /// As `append`.
    pub fn write(&mut self, timestamp_ns: i64, original_length: u32, data: &[u8]) -> std::io::Result<u64> {
        let mut record = record_header(timestamp_ns, original_length, data.len() as u32).to_vec();
        record.extend_from_slice(data);
        self.append(&record)
    }

    /// Takes back what was appended behind `position`, where a record begins.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn cut_to(&mut self, position: u64) -> std::io::Result<()> {
        self.file.set_len(position)?;
        self.position = position;
        Ok(())
    }

    /// Size of the file.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Another handle of the file, to sync it by from another thread.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn handle(&self) -> std::io::Result<File> {
        self.file.try_clone()
    }

    /// The file itself, when nothing more is appended.
    pub fn into_file(self) -> File {
        self.file
    }

    /// Makes the file durable as it is.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn sync(&self) -> std::io::Result<()> {
        self.file.sync_data()
    }
}
