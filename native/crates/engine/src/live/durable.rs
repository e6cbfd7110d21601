//! Making packet files durable, those of each directory by a thread of its own.

use super::LiveFile;
use super::disk_thread::DiskThread;
use super::packet_directory::unanswered;
use crate::error::EngineError;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A disk that needs longer to make packets durable does not answer: their rows wait no longer, and later packets go to
/// another directory if there is one.
pub const DURABLE_WITHIN: Duration = Duration::from_secs(20);

/// A packet directory whose files are made durable.
pub struct DurableDirectory {
    path: PathBuf,
    within: Duration,
    thread: DiskThread<()>,
    /// Set while the disk is late, or after it failed; whoever writes packets looks at it.
    is_late: Arc<AtomicBool>,
}

impl DurableDirectory {
    /// Sets `is_late` when the disk answers later than `within`, and unsets it when it has answered.
    pub fn new(path: PathBuf, within: Duration, is_late: Arc<AtomicBool>) -> Self {
        Self { path, within, thread: DiskThread::new("durable", within, ()), is_late }
    }

    /// Makes files durable. Returns what a disk says that does not: what is in the files may not survive a crash of the
    /// system, and asking again would not change that.
    fn sync(&mut self, files: Vec<(LiveFile, File)>) -> Option<EngineError> {
        let path = files.first().map_or_else(|| self.path.clone(), |(info, _)| info.path.clone());
        let is_late = Arc::clone(&self.is_late);
        let sync = move |_: &mut ()| {
            files.iter().find_map(|(info, file)| {
                file.sync_data().err().map(|error| EngineError::io(info.path.clone(), error))
            })
        };
        let failure = self
            .thread
            .ask(sync, move |(), failure| is_late.store(failure.is_some(), Ordering::Relaxed))
            .unwrap_or_else(|_| Some(EngineError::io(path, unanswered(self.within))));
        self.is_late.store(failure.is_some(), Ordering::Relaxed);
        failure
    }
}

/// Makes `files` durable, each in the directory of the list that it is in. Returns what the first disk says that does not.
pub fn sync_all(
    directories: &mut [DurableDirectory],
    mut files: Vec<(LiveFile, File)>,
) -> Option<EngineError> {
    let mut first = None;
    for directory in directories {
        let (here, elsewhere) = files
            .into_iter()
            .partition(|(info, _)| info.path.parent().is_some_and(|parent| parent == directory.path));
        files = elsewhere;
        let here: Vec<_> = here;
        if !here.is_empty() {
            first = first.or(directory.sync(here));
        }
    }
    first
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
        };
        (info, file)
    }

    #[test]
    fn a_disk_that_is_late_is_told_of_and_no_other_waits_for_it() {
        let scratch = std::env::temp_dir().join(format!("lookback-durable-{}", std::process::id()));
        let [slow, good] = ["slow", "good"].map(|name| scratch.join(name));
        for path in [&slow, &good] {
            std::fs::create_dir_all(path).expect("a directory");
        }
        let late: [Arc<AtomicBool>; 2] = Default::default();
        let within = Duration::from_millis(20);
        let mut directories: Vec<_> = [&slow, &good]
            .into_iter()
            .zip(&late)
            .map(|(path, late)| DurableDirectory::new(path.clone(), within, Arc::clone(late)))
            .collect();
        let is_late = || late.each_ref().map(|late| late.load(Ordering::Relaxed));
        let files = || vec![file(slow.join("1.pcap")), file(good.join("1.pcap"))];

        let (thaw, frozen) = crossbeam_channel::bounded::<()>(0);
        assert!(directories[0].thread.ask(move |()| frozen.recv().is_ok(), |(), _| {}).is_err());
        let told = sync_all(&mut directories, files()).expect("what the slow disk says").to_string();
        assert!(told.contains("slow/1.pcap: the disk did not answer within 20ms"), "{told}");
        assert_eq!(is_late(), [true, false]);

        drop(thaw);
        while sync_all(&mut directories, files()).is_some() {
            std::thread::yield_now();
        }
        assert_eq!(is_late(), [false, false]);
        std::fs::remove_dir_all(scratch).expect("the directory");
    }

    #[test]
    fn what_was_late_is_not_late_any_more_once_it_is_done() {
        let within = Duration::from_millis(20);
        let late = Arc::new(AtomicBool::new(true));
        let path = std::env::temp_dir().join(format!("lookback-durable-late-{}.pcap", std::process::id()));
        let mut directory = DurableDirectory::new(std::env::temp_dir(), within, Arc::clone(&late));
        assert!(directory.sync(vec![file(path.clone())]).is_none());
        assert!(!late.load(Ordering::Relaxed));
        std::fs::remove_file(path).expect("the file");
    }
}
