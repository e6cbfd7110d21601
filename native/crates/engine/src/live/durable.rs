//! Making packet files durable, those of each directory by a thread of its own.

use super::LiveFile;
use super::disk_thread::{Begun, DiskThread};
use super::lateness::Lateness;
use crate::error::EngineError;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A disk that needs longer to make packets durable does not answer: their rows wait no longer, and later packets go to
/// another directory if there is one.
pub const DURABLE_WITHIN: Duration = Duration::from_secs(10);

/// Files of one directory that wait for a disk that is silent, at most: its open one, and those that were closed since, each flush
/// anew until it is given up.
const MOST_WAITING: usize = 256;

/// A packet directory whose files are made durable.
pub struct DurableDirectory {
    path: PathBuf,
    thread: DiskThread<()>,
    /// Files that its thread is to make durable. What is in them is closed by it as well: closing a file of NFS or FUSE waits for
    /// its disk.
    waiting: Arc<Mutex<Vec<(LiveFile, File)>>>,
    /// Where those who write packets see it.
    lateness: Arc<Lateness>,
}

/// Adds files to those that wait. A disk that was away for so long that too many wait has them closed by a thread of their own.
fn put(waiting: &Mutex<Vec<(LiveFile, File)>>, files: Vec<(LiveFile, File)>) {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.len() + files.len() > MOST_WAITING {
        close_apart(std::mem::take(&mut *waiting));
    }
    waiting.extend(files);
}

/// Closes files by a thread of their own. Where the system has none they are closed here, which takes as long as the disk does.
fn close_apart(files: Vec<(LiveFile, File)>) {
    if !files.is_empty() {
        let _ = std::thread::Builder::new().name("durable".to_owned()).spawn(move || drop(files));
    }
}

impl Drop for DurableDirectory {
    fn drop(&mut self) {
        close_apart(std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner)));
    }
}

/// Files that a disk is making durable: the first of them, and what comes of it.
type Syncing = (PathBuf, Begun<Option<EngineError>>);

impl DurableDirectory {
    /// Tells `lateness` what its disk does.
    pub fn new(path: PathBuf, lateness: Arc<Lateness>) -> Self {
        Self { path, thread: DiskThread::new("durable", ()), waiting: Arc::default(), lateness }
    }

    /// Begins with files, at least one.
    fn begin(&mut self, files: Vec<(LiveFile, File)>, deadline: Instant) -> Result<Syncing, EngineError> {
        let path = files.first().map_or_else(|| self.path.clone(), |(info, _)| info.path.clone());
        let lateness = Arc::clone(&self.lateness);
        let waiting = Arc::clone(&self.waiting);
        put(&self.waiting, files);
        let sync = move |(): &mut ()| {
            let files = std::mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner));
            // One that fails keeps none of the others from being made durable.
            let failures: Vec<EngineError> = files
                .iter()
                .filter_map(|(info, file)| Some(EngineError::io(info.path.clone(), file.sync_data().err()?)))
                .collect();
            failures.into_iter().next()
        };
        let late = move |(): &mut (), failure: Option<EngineError>| lateness.answered(failure.is_none());
        match self.thread.begin(deadline, sync, late) {
            Ok(begun) => Ok((path, begun)),
            Err(why) => Err(EngineError::io(path, why.into())),
        }
    }

    fn end(&mut self, (path, begun): Syncing, deadline: Instant) -> Option<EngineError> {
        let lateness = &self.lateness;
        match self.thread.end(begun, deadline, || lateness.waits()) {
            Ok(failure) => {
                lateness.answered(failure.is_none());
                failure
            }
            Err(why) => Some(EngineError::io(path, why.into())),
        }
    }
}

/// Makes `files` durable, each in the directory of the list that it is in, all directories side by side, `within` a time.
/// Returns what the disks say that do not: what is in their files may not survive a crash of the system, and asking again would
/// not change that.
pub fn sync_all(
    directories: &mut [DurableDirectory],
    mut files: Vec<(LiveFile, File)>,
    within: Duration,
) -> Vec<EngineError> {
    let deadline = Instant::now() + within;
    let mut begun = Vec::new();
    for directory in directories {
        let here = |info: &LiveFile| info.path.parent().is_some_and(|parent| parent == directory.path);
        let of: Vec<_> = files.extract_if(.., |(info, _)| here(info)).collect();
        if !of.is_empty() {
            let syncing = directory.begin(of, deadline);
            begun.push((directory, syncing));
        }
    }
    begun
        .into_iter()
        .filter_map(|(directory, syncing)| match syncing {
            Ok(syncing) => directory.end(syncing, deadline),
            Err(error) => Some(error),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: PathBuf) -> (LiveFile, File) {
        let file = File::create(&path).expect("a file");
        let info = LiveFile {
            file: 1,
            path,
            packets: 0,
            bytes: 24,
            first_ns: 0,
            last_ns: 0,
            first_ordinal: 0,
            open: true,
            given_up: false,
        };
        (info, file)
    }

    #[test]
    fn disks_that_are_late_are_told_of_and_waited_for_together() {
        let scratch = std::env::temp_dir().join(format!("lookback-durable-{}", std::process::id()));
        let paths = ["slow", "good", "slower"].map(|name| scratch.join(name));
        let mut directories = Vec::new();
        for path in &paths {
            std::fs::create_dir_all(path).expect("a directory");
            directories.push(DurableDirectory::new(path.clone(), Arc::default()));
        }
        let files = || paths.iter().map(|path| file(path.join("1.pcap"))).collect();
        let within = Duration::from_millis(200);
        let mut thaw = Vec::new();
        for at in [0, 2] {
            let (hold, frozen) = crossbeam_channel::bounded::<()>(0);
            let soon = Instant::now() + Duration::from_millis(20);
            let frozen = directories[at].thread.ask(soon, move |()| frozen.recv().is_ok(), |(), _| {});
            assert!(frozen.is_err());
            thaw.push(hold);
        }
        let told: Vec<String> =
            sync_all(&mut directories, files(), within).iter().map(ToString::to_string).collect();
        assert!(
            matches!(&*told, [slow, slower] if slow.contains("slow/1.pcap: the disk does not answer")
                && slower.contains("slower/1.pcap: the disk does not answer")),
            "{told:?}"
        );
        // Whoever asks closes nothing of a disk that does not answer: on some that waits, too.
        let waiting = |directory: &DurableDirectory| directory.waiting.lock().expect("a list").len();
        assert_eq!(directories.iter().map(waiting).collect::<Vec<_>>(), [1, 0, 1]);
        for _ in 0..MOST_WAITING {
            put(&directories[0].waiting, vec![file(paths[0].join("1.pcap"))]);
        }
        assert_eq!(waiting(&directories[0]), 1);
        drop(thaw);
        while !sync_all(&mut directories, files(), within).is_empty() {
            std::thread::yield_now();
        }
        assert_eq!(directories.iter().map(waiting).collect::<Vec<_>>(), [0, 0, 0]);
        std::fs::remove_dir_all(scratch).expect("the directory");
    }

    #[test]
    fn what_was_late_is_not_late_any_more_once_it_is_done() {
        let late: Arc<Lateness> = Arc::default();
        let mut directory = DurableDirectory::new(std::env::temp_dir(), Arc::clone(&late));
        let (thaw, frozen) = crossbeam_channel::bounded::<()>(0);
        let (done, seen) = crossbeam_channel::bounded(1);
        let lateness = Arc::clone(&late);
        let begun = directory
            .thread
            .begin(
                Instant::now() + Duration::from_secs(60),
                move |()| {
                    let _ = frozen.recv();
                    None
                },
                move |(), failure: Option<EngineError>| {
                    lateness.answered(failure.is_none());
                    assert!(done.send(()).is_ok());
                },
            )
            .expect("begun");
        assert!(directory.end((PathBuf::from("1.pcap"), begun), Instant::now()).is_some());
        assert!(late.is_late());
        drop(thaw);
        assert!(seen.recv().is_ok() && !late.is_late());
    }
}
