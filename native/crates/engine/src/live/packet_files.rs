//! Our own packet files: classic pcap with nanosecond times, appended to a batch at a time.

use super::LiveFile;
use super::day_name::day_name;
use super::file_numbers::FileNumbers;
use super::lateness::Lateness;
use super::packet_directory::{Appended, OriginNote, PacketDirectory, Records, Room};
use super::patience::{LEAST_WAIT, Patience};
use crate::error::EngineError;
use lookback_capture::batch::records;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How the directory of the next packet file is chosen (`pcapDirAlgorithm`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DirectoryChoice {
    /// One after the other.
    #[default]
    RoundRobin,
    /// The one whose file system has most bytes free.
    MostBytesFree,
    /// The one whose file system has the largest part free.
    MostPercentFree,
}

/// Where packet files go and when one is full.
#[derive(Clone, Debug)]
pub struct PacketFileOptions {
    /// Directories, at least one.
    pub directories: Vec<PathBuf>,
    /// Which of them gets the next file.
    pub choice: DirectoryChoice,
    /// First part of every name.
    pub node: String,
    /// pcap LINKTYPE.
    pub link_type: u16,
    /// Longest captured packet.
    pub snaplen: u32,
    /// Numbers of the files.
    pub numbers: FileNumbers,
    /// Size at which a file is closed, bytes; it may be a batch longer.
    pub max_bytes: u64,
    /// Age at which it is closed, seconds of packet time; 0 for never.
    pub max_seconds: i64,
    /// Names of the interfaces by origin from 1, where it is kept by which of them packets came.
    pub interfaces: Vec<String>,
    /// A disk that answers later than this is passed over until it has answered.
    pub answer: Duration,
    /// The same where there is no other directory.
    pub answer_alone: Duration,
}

/// Numbers that are tried for one file, when files are there already that have them.
const MOST_NUMBERS_TRIED: u32 = 100;
/// Time between two files that are left because they take nothing although there is room, where there is no other directory: a disk
/// that fails each time gets few of them.
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// Longest time that writing may wait for disks between two flushes, together: whoever flushes waits for less than a minute.
const WAITED_BETWEEN_FLUSHES: Duration = Duration::from_secs(40);

struct OpenFile {
    /// Which of the directories it is in.
    directory: usize,
    /// Whether that was late already when the file was made: no other took it.
    made_late: bool,
    /// To make it durable by.
    handle: File,
    /// To make the list of interfaces beside it durable by, when there is one.
    list: Option<File>,
    info: LiveFile,
}

/// The packet files of a stream: one open, those closed since they were last asked for.
pub struct PacketFiles {
    options: PacketFileOptions,
    directories: Vec<PacketDirectory>,
    current: Option<OpenFile>,
    closed: Vec<(LiveFile, File)>,
    /// Closed, but a disk that does not answer may still have more in them than was told; with their directory.
    given_up: Vec<(usize, LiveFile, File)>,
    numbers: FileNumbers,
    next_directory: usize,
    /// By directory, why it refused since this was last asked for.
    refusals: BTreeMap<usize, String>,
    /// Time that went into writing since the last flush.
    waited: Duration,
    /// When a file that took nothing was left for another one in the same directory.
    renewed: Option<Instant>,
}

impl PacketFiles {
    /// None is open; the first batch makes one.
    pub fn new(options: PacketFileOptions) -> Self {
        Self {
            numbers: options.numbers.clone(),
            directories: options.directories.iter().cloned().map(PacketDirectory::new).collect(),
            options,
            current: None,
            closed: Vec::new(),
            given_up: Vec::new(),
            next_directory: 0,
            refusals: BTreeMap::new(),
            waited: Duration::ZERO,
            renewed: None,
        }
    }

    /// By directory: where it is told whether its packets become durable.
    pub fn lateness(&self) -> Vec<(PathBuf, Arc<Lateness>)> {
        self.directories.iter().map(|one| (one.path().to_path_buf(), Arc::clone(one.lateness()))).collect()
    }

    /// Where the numbers of files come from.
    pub fn numbers(&mut self) -> &mut FileNumbers {
        &mut self.numbers
    }

    /// Appends records; returns the file's number and where in it they begin. A directory that takes nothing, or does not
    /// answer, is passed over as long as another takes them. On an error none of the records is in a file.
    ///
    /// # Errors
    /// `DISK_FULL`, or another failure of the operating system.
    pub fn append(
        &mut self,
        records_of: &Records,
        ordinal: u64,
        origin: u16,
    ) -> Result<(u32, u64), EngineError> {
        let begun = Instant::now();
        let place = self.append_within(&self.patience(), records_of, ordinal, origin);
        self.waited += begun.elapsed();
        place
    }

    fn append_within(
        &mut self,
        patience: &Patience,
        records_of: &Records,
        ordinal: u64,
        origin: u16,
    ) -> Result<(u32, u64), EngineError> {
        let Some(first) = records(records_of.bytes()).next() else { return Ok((0, 0)) };
        if self.is_due(first.timestamp_ns) || self.should_leave() {
            self.rotate(patience);
        }
        let mut refusing = vec![false; self.directories.len()];
        loop {
            let open = match self.current.take() {
                Some(open) => open,
                None => self.create(patience, first.timestamp_ns, ordinal, &mut refusing)?,
            };
            let directory = open.directory;
            match self.append_to(patience, open, records_of, origin) {
                Ok(place) => return Ok(place),
                // What is in the file stays as it is. With one directory it is tried again: there may be room by then.
                Err(error) if self.directories.len() == 1 && !self.is_silent(directory) => {
                    if matches!(error, EngineError::DiskFull { .. }) || !self.may_renew() {
                        return Err(error);
                    }
                    // Its path may be well again where the file is not: a file system that was mounted anew.
                    self.rotate(patience);
                }
                Err(error) => {
                    self.refusals.insert(directory, error.to_string());
                    self.rotate(patience);
                    refusing[directory] = true;
                    if !refusing.contains(&false) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Appends records to a file, which is the open one afterwards.
    fn append_to(
        &mut self,
        patience: &Patience,
        mut open: OpenFile,
        records_of: &Records,
        origin: u16,
    ) -> Result<(u32, u64), EngineError> {
        let interface = usize::from(origin).checked_sub(1).and_then(|at| self.options.interfaces.get(at));
        let note =
            interface.map(|name| OriginNote { packet: open.info.packets, origin, interface: name.clone() });
        let appended = match self.directories.get_mut(open.directory) {
            Some(directory) => {
                directory.append(patience.deadline(), &open.info.path, records_of.clone(), note)
            }
            None => Err(no_directory()),
        };
        let place = appended.map(|Appended { offset, list }| {
            open.list = list.or(open.list.take());
            open.info.bytes = offset + records_of.bytes().len() as u64;
            for record in records(records_of.bytes()) {
                open.info.packets += 1;
                open.info.last_ns = open.info.last_ns.max(record.timestamp_ns);
            }
            (open.info.file, offset)
        });
        self.current = Some(open);
        place
    }

    /// Whether a file that takes nothing may be left for another one in the same directory.
    fn may_renew(&mut self) -> bool {
        let may = self.renewed.is_none_or(|at| at.elapsed() >= RENEW_EVERY);
        if may {
            self.renewed = Some(Instant::now());
        }
        may
    }

    fn is_due(&self, timestamp_ns: i64) -> bool {
        self.is_old(timestamp_ns)
            || self.current.as_ref().is_some_and(|open| open.info.bytes >= self.options.max_bytes)
    }

    fn is_old(&self, now_ns: i64) -> bool {
        let seconds = |open: &OpenFile| now_ns.saturating_sub(open.info.first_ns) / 1_000_000_000;
        self.options.max_seconds > 0
            && self.current.as_ref().is_some_and(|open| seconds(open) >= self.options.max_seconds)
    }

    /// Whether the open file's directory has become late where another is not.
    fn should_leave(&self) -> bool {
        let open = self.current.as_ref().filter(|open| !open.made_late);
        open.and_then(|open| self.directories.get(open.directory)).is_some_and(PacketDirectory::is_late)
            && !self.directories.iter().all(PacketDirectory::is_late)
    }

    fn is_silent(&self, directory: usize) -> bool {
        self.directories.get(directory).is_some_and(PacketDirectory::is_silent)
    }

    /// Makes a file in the first directory that takes one, of those that are not `refusing`; adds those that do not.
    fn create(
        &mut self,
        patience: &Patience,
        timestamp_ns: i64,
        ordinal: u64,
        refusing: &mut [bool],
    ) -> Result<OpenFile, EngineError> {
        let mut failure = None;
        for at in self.order(patience) {
            if refusing[at] {
                continue;
            }
            match self.create_in(at, patience, timestamp_ns, ordinal) {
                Ok(open) => return Ok(open),
                Err(error) => {
                    self.refusals.insert(at, error.to_string());
                    // One that is full may be helped.
                    if !matches!(failure, Some(EngineError::DiskFull { .. })) {
                        failure = Some(error);
                    }
                }
            }
            refusing[at] = true;
        }
        Err(failure.unwrap_or_else(no_directory))
    }

    /// Makes a file in one directory, with the next number that no file there has.
    fn create_in(
        &mut self,
        at: usize,
        patience: &Patience,
        timestamp_ns: i64,
        ordinal: u64,
    ) -> Result<OpenFile, EngineError> {
        let directory = self.directories.get_mut(at).ok_or_else(no_directory)?;
        let (link_type, snaplen) = (self.options.link_type, self.options.snaplen);
        let mut tries = 0;
        loop {
            let file = self
                .numbers
                .peek()
                .ok_or_else(|| EngineError::Worker("the numbers of packet files are used up".to_owned()))?;
            let name = format!("{}-{}-{file:08}.pcap", self.options.node, day_name(timestamp_ns));
            let path = directory.path().join(name);
            match directory.create(patience.deadline(), &path, link_type, snaplen) {
                Ok((bytes, handle)) => {
                    self.numbers.take();
                    let info = LiveFile {
                        file,
                        path,
                        packets: 0,
                        bytes,
                        first_ns: timestamp_ns,
                        last_ns: timestamp_ns,
                        first_ordinal: ordinal,
                        open: true,
                        given_up: false,
                    };
                    let made_late = directory.is_late();
                    return Ok(OpenFile { directory: at, made_late, handle, list: None, info });
                }
                // Nobody knew of the file that has it.
                Err(EngineError::Io { source, .. })
                    if source.kind() == ErrorKind::AlreadyExists && tries < MOST_NUMBERS_TRIED =>
                {
                    self.numbers.take();
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The directories in the order in which the next file tries them: those that are late come last.
    fn order(&mut self, patience: &Patience) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.directories.len()).collect();
        let mut most_first = |measure: fn(Room) -> u64| {
            let room: Vec<u64> =
                self.directories.iter_mut().map(|one| measure(one.room(patience.deadline()))).collect();
            order.sort_by_key(|at| Reverse(room.get(*at).copied()));
        };
        match self.options.choice {
            DirectoryChoice::RoundRobin => {
                let turn = self.next_directory % order.len().max(1);
                order.rotate_left(turn);
            }
            DirectoryChoice::MostBytesFree => most_first(|room| room.bytes),
            DirectoryChoice::MostPercentFree => most_first(|room| room.millionths),
        }
        order.sort_by_key(|at| self.directories.get(*at).is_some_and(PacketDirectory::is_late));
        self.next_directory = self.next_directory.wrapping_add(1);
        order
    }

    /// Why directories took nothing since this was last called, whether or not others did.
    pub fn refusals(&mut self) -> Vec<String> {
        std::mem::take(&mut self.refusals).into_values().collect()
    }

    /// Of two disks one may be slow; where there is one, nobody else can take what it does not.
    fn patience(&self) -> Patience {
        let alone = self.directories.len() < 2;
        let most = if alone { self.options.answer_alone } else { self.options.answer };
        let each = most.min(WAITED_BETWEEN_FLUSHES.saturating_sub(self.waited)).max(LEAST_WAIT.min(most));
        Patience { each, all_until: Instant::now() + 2 * each }
    }

    fn rotate(&mut self, patience: &Patience) {
        let Some(OpenFile { directory, handle, list, mut info, .. }) = self.current.take() else { return };
        if let Some(directory) = self.directories.get_mut(directory) {
            directory.close(patience.deadline());
        }
        if self.is_silent(directory) {
            info.given_up = true;
            // After a crash it ends where it was told to end now; it is complete once its disk has answered.
            self.closed.extend(list.into_iter().chain(handle.try_clone()).map(|file| (info.clone(), file)));
            self.given_up.push((directory, info, handle));
        } else {
            info.open = false;
            self.closed.extend(list.map(|list| (info.clone(), list)));
            self.closed.push((info, handle));
        }
    }

    /// Closes the open file if it is as old as one may be, so that a quiet link closes its files, too.
    pub fn close_old(&mut self, now_ns: i64) {
        if self.is_old(now_ns) {
            self.rotate(&self.patience());
        }
    }

    /// Closes the open file.
    pub fn close(&mut self) {
        self.rotate(&self.patience());
    }

    /// Files that changed since the last call, each with a handle to sync it by.
    ///
    /// # Errors
    /// When the system has no more handles; the files are told next time.
    pub fn changed(&mut self) -> Result<Vec<(LiveFile, File)>, EngineError> {
        self.waited = Duration::ZERO;
        let mut open = Vec::new();
        if let Some(OpenFile { handle, list, info, .. }) = &self.current {
            for file in list.iter().chain([handle]) {
                let handle = file.try_clone().map_err(|error| EngineError::io(&info.path, error))?;
                open.push((info.clone(), handle));
            }
        }
        let directories = &mut self.directories;
        let mut answers = |at: usize| directories.get_mut(at).is_none_or(PacketDirectory::answers);
        for (_, mut info, handle) in self.given_up.extract_if(.., |(at, ..)| answers(*at)) {
            (info.open, info.given_up) = (false, false);
            self.closed.push((info, handle));
        }
        let mut files = std::mem::take(&mut self.closed);
        files.extend(open);
        Ok(files)
    }
}

fn no_directory() -> EngineError {
    EngineError::Worker("no packet directory".to_owned())
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    /// One packet of a second.
    fn packet(second: u32) -> Records {
        let mut record = [second, 0, 4, 4].map(u32::to_le_bytes).concat();
        record.extend(*b"data");
        Records::Chosen(Arc::new(record))
    }

    /// Packet files in directories of these names, and where those are.
    fn files(test: &str, names: &[&str]) -> (PacketFiles, PathBuf) {
        let top = std::env::temp_dir().join(format!("lookback-files-{test}-{}", std::process::id()));
        let directories: Vec<PathBuf> = names.iter().map(|name| top.join(name)).collect();
        for path in &directories {
            std::fs::create_dir_all(path).expect("a directory");
        }
        let options = PacketFileOptions {
            directories,
            choice: DirectoryChoice::RoundRobin,
            node: "n".to_owned(),
            link_type: 1,
            snaplen: 65_535,
            numbers: FileNumbers::new(1..1000),
            max_bytes: 1 << 30,
            max_seconds: 0,
            interfaces: Vec::new(),
            answer: Duration::from_millis(20),
            answer_alone: Duration::from_millis(20),
        };
        (PacketFiles::new(options), top)
    }

    /// Directory and packets of the files that changed, and whether they are still written.
    fn told(files: &mut PacketFiles) -> Vec<(String, u64, bool)> {
        let directory = |info: &LiveFile| {
            info.path
                .parent()
                .and_then(|parent| parent.file_name())
                .map(|name| name.to_string_lossy().into_owned())
        };
        let changed = files.changed().expect("handles");
        changed
            .iter()
            .map(|(info, _)| (directory(info).unwrap_or_default(), info.packets, info.open))
            .collect()
    }

    #[test]
    fn a_disk_that_does_not_answer_is_passed_over_until_it_does() {
        let (mut files, top) = files("frozen", &["a", "b"]);
        files.append(&packet(1), 0, 0).expect("a packet");
        let thaw = files.directories[0].freeze();
        for second in 2..4 {
            assert_eq!(
                files.append(&packet(second), u64::from(second), 0).ok(),
                Some((2, 24 + 20 * u64::from(second - 2)))
            );
        }
        let reasons = files.refusals();
        assert!(
            matches!(&*reasons, [one] if one.contains("/a/") && one.contains("the disk does not answer")),
            "{reasons:?}"
        );
        assert_eq!(told(&mut files), [("a".to_owned(), 1, true), ("b".to_owned(), 2, true)]);
        // The other one does not answer either: nothing takes packets, and it is said at once.
        let both = files.directories[1].freeze();
        assert!(
            files.append(&packet(4), 3, 0).is_err_and(|error| error.to_string().contains("does not answer"))
        );
        drop((thaw, both));
        while files.append(&packet(5), 3, 0).is_err() {
            std::thread::yield_now();
        }
        drop(files);
        std::fs::remove_dir_all(top).expect("the directory");
    }

    #[test]
    fn the_only_directory_goes_on_with_a_new_file_once_it_answers() {
        let (mut files, top) = files("only", &["a"]);
        files.append(&packet(1), 0, 0).expect("a packet");
        let thaw = files.directories[0].freeze();
        assert!(files.append(&packet(2), 1, 0).is_err());
        drop(thaw);
        while files.append(&packet(3), 1, 0).is_err() {
            std::thread::yield_now();
        }
        // It was given up, has answered since, and another one is open.
        assert_eq!(told(&mut files), [true, false, true].map(|open| ("a".to_owned(), 1, open)));
        drop(files);
        std::fs::remove_dir_all(top).expect("the directory");
    }

    #[test]
    fn a_file_that_takes_nothing_is_left_for_another_in_the_only_directory() {
        let (mut files, top) = files("dead", &["a"]);
        let soon = || Instant::now() + Duration::from_secs(60);
        let first = files.append(&packet(1), 0, 0).expect("a packet");
        // As after a disk was away: what is open is dead, and its path is well.
        files.directories[0].close(soon());
        let second = files.append(&packet(2), 1, 0).expect("a packet");
        assert_ne!(first.0, second.0);
        assert_eq!(told(&mut files), [false, true].map(|open| ("a".to_owned(), 1, open)));
        // One that takes nothing again and again is no reason for more and more files.
        files.directories[0].close(soon());
        for _ in 0..3 {
            assert!(files.append(&packet(3), 2, 0).is_err());
        }
        assert_eq!(told(&mut files).len(), 1);
        files.renewed = files.renewed.and_then(|at| at.checked_sub(RENEW_EVERY));
        assert!(files.append(&packet(4), 2, 0).is_ok());
        drop(files);
        std::fs::remove_dir_all(top).expect("the directory");
    }

    #[test]
    fn packets_go_where_what_is_there_becomes_durable() {
        let (mut files, top) = files("late", &["a", "b"]);
        let late = files.lateness();
        let directories = |files: &mut PacketFiles| -> Vec<String> {
            told(files).into_iter().map(|(directory, ..)| directory).collect()
        };
        files.append(&packet(1), 0, 0).expect("a packet");
        late[0].1.waits();
        files.append(&packet(2), 1, 0).expect("a packet");
        assert_eq!(directories(&mut files), ["a", "b"]);
        // Where both are late, packets stay where they are.
        late[1].1.waits();
        files.append(&packet(3), 2, 0).expect("a packet");
        assert_eq!(directories(&mut files), ["b"]);
        late[0].1.answered(true);
        files.append(&packet(4), 3, 0).expect("a packet");
        assert_eq!(directories(&mut files), ["b", "a"]);
        drop(files);
        std::fs::remove_dir_all(top).expect("the directory");
    }

    #[test]
    fn a_late_directory_that_is_the_only_one_left_gets_no_file_a_batch() {
        let (mut files, top) = files("last", &["a", "b"]);
        files.append(&packet(1), 0, 0).expect("a packet");
        files.lateness()[0].1.waits();
        std::fs::remove_dir(top.join("b")).expect("an empty directory");
        for second in 2..6 {
            files.append(&packet(second), u64::from(second), 0).expect("a packet");
        }
        // It is tried once whether another takes them.
        assert_eq!(
            told(&mut files),
            [(1, false), (4, true)].map(|(packets, open)| ("a".to_owned(), packets, open))
        );
        assert!(matches!(&*files.refusals(), [one] if one.contains("/b/")));
        drop(files);
        std::fs::remove_dir_all(top).expect("the directory");
    }

    #[test]
    fn a_number_that_a_file_has_already_is_passed_over() {
        let (mut files, top) = files("there", &["a"]);
        for number in 1..4 {
            std::fs::write(top.join(format!("a/n-700101-{number:08}.pcap")), b"").expect("a file");
        }
        assert_eq!(files.append(&packet(1), 0, 0).ok(), Some((4, 24)));
        drop(files);
        std::fs::remove_dir_all(top).expect("the directory");
    }

    #[test]
    fn slow_disks_together_take_less_than_a_flush_waits() {
        let (mut files, top) = files("slow", &["a"]);
        files.options.answer_alone = Duration::from_secs(30);
        assert_eq!(files.patience().each, Duration::from_secs(30));
        files.waited = Duration::from_secs(25);
        assert_eq!(files.patience().each, Duration::from_secs(15));
        files.waited = Duration::from_secs(100);
        assert_eq!(files.patience().each, LEAST_WAIT);
        files.changed().expect("handles");
        assert_eq!(files.patience().each, Duration::from_secs(30));
        drop(files);
        std::fs::remove_dir_all(top).expect("the directory");
    }
}
