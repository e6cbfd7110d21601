//! Our own packet files: classic pcap with nanosecond times, appended to a batch at a time.

use super::LiveFile;
use crate::error::EngineError;
use crate::origins::OriginWriter;
use lookback_capture::batch::records;
use lookback_pcapfile::Writer;
use std::fs::File;
use std::path::{Path, PathBuf};

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
    /// Number of the first file.
    pub next_file: u32,
    /// Size at which a file is closed, bytes; it may be a batch longer.
    pub max_bytes: u64,
    /// Age at which it is closed, seconds of packet time; 0 for never.
    pub max_seconds: i64,
    /// Names of the interfaces by origin from 1, where it is kept by which of them packets came.
    pub interfaces: Vec<String>,
}

struct OpenFile {
    writer: Writer,
    origins: OriginWriter,
    info: LiveFile,
}

/// The packet files of a stream: one open, those closed since they were last asked for.
pub struct PacketFiles {
    options: PacketFileOptions,
    current: Option<OpenFile>,
    closed: Vec<(LiveFile, File)>,
    next_file: u32,
    next_directory: usize,
    /// Why a directory was passed over since this was last asked for.
    passed_over: Option<String>,
}

impl PacketFiles {
    /// None is open; the first batch makes one.
    pub fn new(options: PacketFileOptions) -> Self {
        Self {
            next_file: options.next_file,
            options,
            current: None,
            closed: Vec::new(),
            next_directory: 0,
            passed_over: None,
        }
    }

    /// Appends records; returns the file's number and where in it they begin. A directory that takes nothing is passed
    /// over as long as another does. On an error none of the records is in a file.
    ///
    /// # Errors
    /// `DISK_FULL`, or another failure of the operating system.
    pub fn append(&mut self, bytes: &[u8], ordinal: u64, origin: u16) -> Result<(u32, u64), EngineError> {
        let Some(first) = records(bytes).next() else { return Ok((0, 0)) };
        if self.is_due(first.timestamp_ns) {
            self.rotate();
        }
        let mut refusing: Vec<PathBuf> = Vec::new();
        loop {
            let open = match self.current.take() {
                Some(open) => open,
                None => self.create(first.timestamp_ns, ordinal, &mut refusing)?,
            };
            let directory = open.info.path.parent().map(Path::to_path_buf);
            match self.append_to(open, bytes, origin) {
                Ok(place) => return Ok(place),
                // What is in the file stays as it is. With one directory it is tried again: there may be room by then.
                Err(error) if self.options.directories.len() == 1 => return Err(error),
                Err(error) => {
                    self.rotate();
                    refusing.extend(directory);
                    if self.options.directories.iter().all(|one| refusing.contains(one)) {
                        return Err(error);
                    }
                    self.passed_over = Some(error.to_string());
                }
            }
        }
    }

    /// Appends records to a file, which is the open one afterwards.
    fn append_to(
        &mut self,
        mut open: OpenFile,
        bytes: &[u8],
        origin: u16,
    ) -> Result<(u32, u64), EngineError> {
        // A packet is not stored where it could not be said by which interface it came.
        let interface = usize::from(origin).checked_sub(1).and_then(|at| self.options.interfaces.get(at));
        let noted = interface.map_or(Ok(()), |name| open.origins.note(open.info.packets, origin, name));
        match noted.and_then(|()| open.writer.append(bytes)) {
            Ok(offset) => {
                open.info.bytes = open.writer.position();
                for record in records(bytes) {
                    open.info.packets += 1;
                    open.info.last_ns = open.info.last_ns.max(record.timestamp_ns);
                }
                let file = open.info.file;
                self.current = Some(open);
                Ok((file, offset))
            }
            Err(error) => {
                let path = open.info.path.clone();
                self.current = Some(open);
                Err(EngineError::io(path, error))
            }
        }
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

    /// Makes a file in the first directory that takes one, of those that are not `refusing`; adds those that do not.
    fn create(
        &mut self,
        timestamp_ns: i64,
        ordinal: u64,
        refusing: &mut Vec<PathBuf>,
    ) -> Result<OpenFile, EngineError> {
        let number = self.next_file;
        let name = format!("{}-{}-{number:08}.pcap", self.options.node, day_name(timestamp_ns));
        let mut failure = None;
        let mut made = None;
        for directory in self.directories() {
            if refusing.contains(&directory) {
                continue;
            }
            let path = directory.join(&name);
            match Writer::create(&path, self.options.link_type, self.options.snaplen) {
                Ok(writer) => {
                    made = Some((path, writer));
                    break;
                }
                Err(error) => failure = Some(EngineError::io(path, error)),
            }
            refusing.push(directory);
        }
        let Some((path, writer)) = made else {
            return Err(failure.unwrap_or_else(|| EngineError::Worker("no packet directory".to_owned())));
        };
        self.passed_over = failure.map(|error| error.to_string()).or(self.passed_over.take());
        self.next_file += 1;
        let origins = OriginWriter::beside(&path);
        let info = LiveFile {
            file: number,
            path,
            packets: 0,
            bytes: writer.position(),
            first_ns: timestamp_ns,
            last_ns: timestamp_ns,
            first_ordinal: ordinal,
            open: true,
        };
        Ok(OpenFile { writer, origins, info })
    }

    /// The directories in the order in which the next file tries them.
    fn directories(&mut self) -> Vec<PathBuf> {
        let mut directories = self.options.directories.clone();
        let mut most_first = |measure: fn(&rustix::fs::StatVfs) -> u64| {
            directories.sort_by_cached_key(|path| {
                std::cmp::Reverse(rustix::fs::statvfs(path).map_or(0, |status| measure(&status)))
            });
        };
        match self.options.choice {
            DirectoryChoice::RoundRobin => {
                let turn = self.next_directory % directories.len().max(1);
                directories.rotate_left(turn);
            }
            DirectoryChoice::MostBytesFree => {
                most_first(|status| status.f_bavail.saturating_mul(status.f_frsize));
            }
            DirectoryChoice::MostPercentFree => {
                most_first(|status| status.f_bavail.saturating_mul(1_000_000) / status.f_blocks.max(1));
            }
        }
        self.next_directory = self.next_directory.wrapping_add(1);
        directories
    }

    /// Why a directory was passed over since this was last called: it takes nothing, and another does.
    pub fn passed_over(&mut self) -> Option<String> {
        self.passed_over.take()
    }

    fn rotate(&mut self) {
        let Some(open) = self.current.take() else { return };
        let OpenFile { writer, origins, mut info } = open;
        info.open = false;
        // Where the system has no handle left, it writes the list in its own time.
        if let Ok(Some(list)) = origins.handle() {
            self.closed.push((info.clone(), list));
        }
        self.closed.push((info, writer.into_file()));
    }

    /// Closes the open file if it is as old as one may be, so that a quiet link closes its files, too.
    pub fn close_old(&mut self, now_ns: i64) {
        if self.is_old(now_ns) {
            self.rotate();
        }
    }

    /// Closes the open file.
    pub fn close(&mut self) {
        self.rotate();
    }

    /// Files that changed since the last call, each with a handle to sync it by.
    ///
    /// # Errors
    /// When the system has no more handles; the files are told next time.
    pub fn changed(&mut self) -> Result<Vec<(LiveFile, File)>, EngineError> {
        let mut open = Vec::new();
        if let Some(OpenFile { writer, origins, info }) = &self.current {
            let failed = |error| EngineError::io(&info.path, error);
            open.extend(origins.handle().map_err(failed)?.map(|list| (info.clone(), list)));
            open.push((info.clone(), writer.handle().map_err(failed)?));
        }
        let mut files = std::mem::take(&mut self.closed);
        files.extend(open);
        Ok(files)
    }
}

/// `YYMMDD` of a time, UTC.
fn day_name(timestamp_ns: i64) -> String {
    let (year, month, day) = civil_date(timestamp_ns.div_euclid(86_400_000_000_000));
    format!("{:02}{month:02}{day:02}", year.rem_euclid(100))
}

/// Year, month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar.
fn civil_date(days: i64) -> (i64, i64, i64) {
    // Years are counted from March, so that the leap day is a year's last.
    let since_march_0 = days + 719_468;
    let era = since_march_0.div_euclid(146_097);
    let of_era = since_march_0.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_names_follow_the_calendar() {
        const DAY_NS: i64 = 86_400_000_000_000;
        assert_eq!(day_name(0), "700101");
        assert_eq!(day_name(11_016 * DAY_NS), "000229");
        assert_eq!(day_name(11_017 * DAY_NS - 1), "000229");
        assert_eq!(day_name(20_781 * DAY_NS), "261124");
    }
}
