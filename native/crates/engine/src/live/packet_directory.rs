//! A packet directory and the file that is being written in it, by a thread of its own.

use super::disk_thread::{DiskThread, Unanswered};
use super::lateness::Lateness;
use crate::error::EngineError;
use crate::origins::OriginWriter;
use lookback_capture::Batch;
use lookback_pcapfile::Writer;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

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
}

impl OpenWriter {
    fn append(&mut self, records: &Records, note: Option<&OriginNote>) -> io::Result<Appended> {
        // A packet is not stored where it could not be said by which interface it came.
        if let Some(note) = note {
            self.origins.note(note.packet, note.origin, &note.interface)?;
        }
        let offset = self.writer.append(records.bytes())?;
        Ok(Appended { offset, list: self.origins.take_handle() })
    }
}

/// What became of records that were appended.
pub struct Appended {
    /// Where in the file they begin.
    pub offset: u64,
    /// A handle of the list of interfaces, when it is new.
    pub list: Option<File>,
}

/// Room on a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Bytes free for us.
    pub bytes: u64,
    /// The same as millionths of all.
    pub millionths: u64,
}

/// A directory of packet files. Whatever asks the disk waits until a deadline; after that the directory refuses until the
/// disk has answered.
pub struct PacketDirectory {
    path: PathBuf,
    thread: DiskThread<Option<OpenWriter>>,
    lateness: Arc<Lateness>,
}

impl PacketDirectory {
    /// Nothing is done before the first file.
    pub fn new(path: PathBuf) -> Self {
        Self { path, thread: DiskThread::new("packet-disk", None), lateness: Arc::default() }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is told whether what is here becomes durable.
    pub fn lateness(&self) -> &Arc<Lateness> {
        &self.lateness
    }

    /// Whether others should take what comes, if there are any: the disk is late in making durable what is there.
    pub fn is_late(&self) -> bool {
        self.lateness.is_late()
    }

    /// Whether the disk did not answer when it was last asked.
    pub fn is_silent(&self) -> bool {
        self.thread.is_silent()
    }

    /// Whether a disk that did not answer has by now; it is not waited for, only its thread.
    pub fn answers(&mut self) -> bool {
        self.thread.ask(Instant::now() + Duration::from_secs(1), |_| {}, |_, ()| {}).is_ok()
    }

    /// Makes `path` and writes to it from now on; the file before it is closed. Returns its size and a handle to make it
    /// durable by.
    ///
    /// # Errors
    /// The operating system's, with the path, also when it does not answer; no file stays behind.
    pub fn create(
        &mut self,
        deadline: Instant,
        path: &Path,
        link_type: u16,
        snaplen: u32,
    ) -> Result<(u64, File), EngineError> {
        let (made, undone) = (path.to_path_buf(), path.to_path_buf());
        let create = move |open: &mut Option<OpenWriter>| {
            *open = None;
            let writer = Writer::create(&made, link_type, snaplen)?;
            let handle = writer.handle().inspect_err(|_| {
                // As below.
                let _ = std::fs::remove_file(&made);
            })?;
            let told = (writer.position(), handle);
            *open = Some(OpenWriter { writer, origins: OriginWriter::beside(&made) });
            Ok(told)
        };
        let done = self.thread.ask(deadline, create, move |open, _: io::Result<_>| {
            if open.take().is_some() {
                // One that stays has no packet, and goes with the next start.
                let _ = std::fs::remove_file(&undone);
            }
        });
        answered(path, done)
    }

    /// Appends records to the file that was made last, which is `path`.
    ///
    /// # Errors
    /// As `create`; none of the records is in the file, or will be for long.
    pub fn append(
        &mut self,
        deadline: Instant,
        path: &Path,
        records: Records,
        note: Option<OriginNote>,
    ) -> Result<Appended, EngineError> {
        let append = move |open: &mut Option<OpenWriter>| match open {
            Some(open) => open.append(&records, note.as_ref()),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let done = self.thread.ask(deadline, append, |open, appended| {
            // The records are in another file by now. Nothing more comes into this one.
            if let (Some(mut open), Ok(appended)) = (open.take(), appended) {
                let _ = open.writer.cut_to(appended.offset);
            }
        });
        answered(path, done)
    }

    /// Closes the file that is open.
    pub fn close(&mut self, deadline: Instant) {
        // One that does not answer closes it with the next file that it is asked for.
        let _ = self.thread.ask(deadline, |open| *open = None, |_, ()| {});
    }

    /// How much is free; nothing where the disk does not say.
    pub fn room(&mut self, deadline: Instant) -> Room {
        let path = self.path.clone();
        let status = self.thread.ask(deadline, move |_| rustix::fs::statvfs(&path), |_, _| {});
        let Ok(Ok(status)) = status else { return Room::default() };
        Room {
            bytes: status.f_bavail.saturating_mul(status.f_frsize),
            millionths: status.f_bavail.saturating_mul(1_000_000) / status.f_blocks.max(1),
        }
    }

    /// Stops answering until what is returned is dropped.
    #[cfg(test)]
    pub fn freeze(&mut self) -> crossbeam_channel::Sender<()> {
        let (thaw, frozen) = crossbeam_channel::bounded(0);
        let soon = Instant::now() + Duration::from_millis(20);
        assert_eq!(self.thread.ask(soon, move |_| frozen.recv().is_ok(), |_, _| {}), Err(Unanswered::Late));
        thaw
    }
}

/// Makes a directory, and those above it, where they are not there, and looks into it.
///
/// # Errors
/// The operating system's, or that the disk does not answer until `deadline`.
pub fn make_directory(path: &Path, deadline: Instant) -> io::Result<()> {
    let made = path.to_path_buf();
    let make = move |(): &mut ()| {
        std::fs::create_dir_all(&made)?;
        std::fs::read_dir(&made)?.next().transpose().map(drop)
    };
    DiskThread::new("packet-disk", ()).ask(deadline, make, |(), _| {}).unwrap_or_else(|why| Err(why.into()))
}

fn answered<T>(path: &Path, done: Result<io::Result<T>, Unanswered>) -> Result<T, EngineError> {
    done.unwrap_or_else(|why| Err(why.into())).map_err(|error| EngineError::io(path.to_path_buf(), error))
}
