//! A packet directory and the file that is being written in it, by a thread of its own.

use super::disk_thread::{DiskThread, Unanswered};
use super::packet_files::DirectoryChoice;
use crate::error::EngineError;
use crate::origins::OriginWriter;
use lookback_capture::Batch;
use lookback_pcapfile::Writer;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Records of packets that are written in one piece; a clone is cheap.
#[derive(Clone, Debug)]
pub enum Records {
    /// All of a batch.
    Batch(Batch),
    /// What a rule left of one.
    Chosen(Arc<Vec<u8>>),
}

impl Records {
    /// The records, as a packet file holds them.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Batch(batch) => batch.records(),
            Self::Chosen(records) => records,
        }
    }
}

/// From which packet of the file on packets came by which interface.
#[derive(Clone, Debug)]
pub struct OriginNote {
    /// Number of the packet in the file, from 0.
    pub packet: u64,
    /// The interface's origin.
    pub origin: u16,
    /// Its name.
    pub interface: String,
}

/// The file that is being written.
struct OpenWriter {
    writer: Writer,
    origins: OriginWriter,
    /// A handle of the list of interfaces that was not told yet.
    list: Option<File>,
}

impl OpenWriter {
    fn append(&mut self, records: &Records, note: Option<&OriginNote>) -> io::Result<Appended> {
        // A packet is not stored where it could not be said by which interface it came.
        if let Some(note) = note {
            let made = self.origins.note(note.packet, note.origin, &note.interface)?;
            self.list = made.or(self.list.take());
        }
        let offset = self.writer.append(records.bytes())?;
        Ok(Appended { offset, list: self.list.take() })
    }
}

/// What became of records that were appended.
pub struct Appended {
    /// Where in the file they begin.
    pub offset: u64,
    /// A handle of the list of interfaces, when it was made just now.
    pub list: Option<File>,
}

/// A directory of packet files. Whatever asks the disk may wait for `within`; after that the directory refuses until the
/// disk has answered.
pub struct PacketDirectory {
    path: PathBuf,
    within: Duration,
    thread: DiskThread<Option<OpenWriter>>,
    /// The disk has not made durable in time what is there.
    is_late: Arc<AtomicBool>,
}

impl PacketDirectory {
    /// Nothing is done before the first file.
    pub fn new(path: PathBuf, within: Duration) -> Self {
        let thread = DiskThread::new("packet-disk", within, None);
        Self { path, within, thread, is_late: Arc::default() }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says whether the disk is late in making durable what is there.
    pub fn lateness(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_late)
    }

    /// Whether the disk is late in making durable what is there: others take what comes, if there are any.
    pub fn is_late(&self) -> bool {
        self.is_late.load(Ordering::Relaxed)
    }

    /// Whether the disk did not answer when it was last asked.
    pub fn is_silent(&self) -> bool {
        self.thread.is_silent()
    }

    /// Makes `path` and writes to it from now on; the file before it is closed. Returns its size and a handle to make it
    /// durable by.
    ///
    /// # Errors
    /// The operating system's, with the path, also when it does not answer; no file stays behind.
    pub fn create(&mut self, path: &Path, link_type: u16, snaplen: u32) -> Result<(u64, File), EngineError> {
        let (made, undone) = (path.to_path_buf(), path.to_path_buf());
        let create = move |open: &mut Option<OpenWriter>| {
            *open = None;
            let writer = Writer::create(&made, link_type, snaplen)?;
            let told = (writer.position(), writer.handle()?);
            *open = Some(OpenWriter { writer, origins: OriginWriter::beside(&made), list: None });
            Ok(told)
        };
        let done = self.thread.ask(create, move |open, _: io::Result<_>| {
            if open.take().is_some() {
                // An empty file that stays is swept at start-up.
                let _ = std::fs::remove_file(&undone);
            }
        });
        self.answered(path, done)
    }

    /// Appends records to the file that was made last, which is `path`.
    ///
    /// # Errors
    /// As `create`; none of the records is in the file, or will be for long.
    pub fn append(
        &mut self,
        path: &Path,
        records: Records,
        note: Option<OriginNote>,
    ) -> Result<Appended, EngineError> {
        let append = move |open: &mut Option<OpenWriter>| match open {
            Some(open) => open.append(&records, note.as_ref()),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let done = self.thread.ask(append, |open, appended| {
            // The records are in another file by now. Nothing more comes into this one.
            if let (Some(mut open), Ok(appended)) = (open.take(), appended) {
                let _ = open.writer.cut_to(appended.offset);
            }
        });
        self.answered(path, done)
    }

    /// Closes the file that is open.
    pub fn close(&mut self) {
        // One that does not answer closes it with the next file that it is asked for.
        let _ = self.thread.ask(|open| *open = None, |_, ()| {});
    }

    /// How much is free, as `choice` counts it; 0 where the disk does not say.
    pub fn free(&mut self, choice: DirectoryChoice) -> u64 {
        let path = self.path.clone();
        let status = self.thread.ask(move |_| rustix::fs::statvfs(&path), |_, _| {});
        let Ok(Ok(status)) = status else { return 0 };
        match choice {
            DirectoryChoice::RoundRobin => 0,
            DirectoryChoice::MostBytesFree => status.f_bavail.saturating_mul(status.f_frsize),
            DirectoryChoice::MostPercentFree => {
                status.f_bavail.saturating_mul(1_000_000) / status.f_blocks.max(1)
            }
        }
    }

    /// Stops answering until what is returned is dropped.
    #[cfg(test)]
    pub fn freeze(&mut self) -> crossbeam_channel::Sender<()> {
        let (thaw, frozen) = crossbeam_channel::bounded(0);
        assert_eq!(self.thread.ask(move |_| frozen.recv().is_ok(), |_, _| {}), Err(Unanswered));
        thaw
    }

    fn answered<T>(&self, path: &Path, done: Result<io::Result<T>, Unanswered>) -> Result<T, EngineError> {
        done.unwrap_or_else(|Unanswered| Err(unanswered(self.within)))
            .map_err(|error| EngineError::io(path.to_path_buf(), error))
    }
}

/// The error of a disk that does not answer.
pub fn unanswered(within: Duration) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("the disk did not answer within {within:?}"))
}
