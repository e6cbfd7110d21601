//! Live packets in batches into our own packet files and segments.
//!
//! One [`LiveEngine`] is one stream: all packet files of a node, whatever their rotation. Packets are written before
//! they are indexed, so that what the index says can always be read, and everything since the replay mark can be
//! indexed again after a crash.

use crate::clock::StreamClock;
use crate::error::EngineError;
use crate::fields;
use crate::fragments::{Fragments, Outcome};
use crate::settings::EngineSettings;
use crate::worker::{Counters, PacketMeta, RowSink, Worker};
use lookback_flow::identity::StreamIdentity;
use lookback_pcapfile::Writer;
use lookback_segment::{SegmentInfo, SegmentTarget, SegmentWriter};
use lookback_session::{PacketPosition, Session};
use lookback_wire::Decoded;
use std::path::PathBuf;

/// What a live stream is.
#[derive(Clone, Debug)]
pub struct LiveOptions {
    /// Settings.
    pub settings: EngineSettings,
    /// Directory of the segments.
    pub segments: PathBuf,
    /// Directory of the packet files.
    pub packets: PathBuf,
    /// pcap LINKTYPE of every packet.
    pub link_type: u16,
    /// Longest captured packet in bytes.
    pub snaplen: u32,
    /// Identity of the stream.
    pub stream: StreamIdentity,
    /// Number of the next packet in the stream.
    pub first_ordinal: u64,
    /// Number of the next packet file.
    pub next_file: u32,
    /// Whether timestamps are finer than microseconds.
    pub nanosecond: bool,
    /// Size at which a packet file is closed, bytes.
    pub max_file_bytes: u64,
    /// Age at which it is closed, seconds of packet time; 0 for never.
    pub max_file_seconds: i64,
}

/// A packet file of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveFile {
    /// Its number.
    pub file: u32,
    /// Where it is.
    pub path: PathBuf,
    /// Packets in it.
    pub packets: u64,
    /// Its size.
    pub bytes: u64,
    /// Its first packet, nanoseconds since 1970.
    pub first_ns: i64,
    /// Its last packet.
    pub last_ns: i64,
    /// Number of its first packet in the stream.
    pub first_ordinal: u64,
    /// Whether it is still being written.
    pub open: bool,
}

/// What became durable since the last flush.
#[derive(Clone, Debug, Default)]
pub struct LiveFlush {
    /// Packet files that changed.
    pub files: Vec<LiveFile>,
    /// Segments written.
    pub segments: Vec<SegmentInfo>,
    /// Number of the packet in the stream from which a replay must start; none when nothing is open.
    pub replay_from_ordinal: Option<u64>,
    /// Numbers of the first packets of the sessions that are open.
    pub open_ordinals: Vec<u64>,
    /// Every packet before this time is in a visible row, nanoseconds since 1970.
    pub complete_until_ns: Option<i64>,
    /// Next packet's number in the stream.
    pub next_ordinal: u64,
    /// Counts.
    pub counters: Counters,
}

struct Segments {
    options: LiveOptions,
    writer: SegmentWriter,
    written: Vec<SegmentInfo>,
}

impl RowSink for Segments {
    fn rows(&mut self, rows: &mut Vec<Session>) -> Result<(), EngineError> {
        let target = SegmentTarget {
            directory: &self.options.segments,
            node: &self.options.settings.node,
            stream: self.options.stream,
            level: 0,
        };
        self.written.extend(self.writer.write(rows, &target)?);
        rows.clear();
        Ok(())
    }
}

struct OpenFile {
    writer: Writer,
    info: LiveFile,
}

/// Captures one live stream.
pub struct LiveEngine {
    options: LiveOptions,
    worker: Worker<Segments>,
    clock: StreamClock,
    fragments: Fragments,
    decoded: Decoded,
    current: Option<OpenFile>,
    closed: Vec<LiveFile>,
    next_file: u32,
    ordinal: u64,
    last_ns: Option<i64>,
}

/// Rows of one live segment at most; a flush writes fewer.
const BATCH_ROWS: usize = 50_000;
/// Bytes before each packet of a pushed batch: timestamp, original length, captured length.
const BATCH_HEADER: usize = 16;

impl LiveEngine {
    /// Opens a stream; no file is made before the first packet.
    pub fn open(options: LiveOptions) -> Self {
        let sink = Segments {
            options: options.clone(),
            writer: SegmentWriter::new(fields::declared()),
            written: Vec::new(),
        };
        Self {
            worker: Worker::new(&options.settings, options.stream, BATCH_ROWS, sink),
            clock: StreamClock::default(),
            fragments: Fragments::new(options.settings.max_fragments, options.settings.fragments_timeout),
            decoded: Decoded::default(),
            current: None,
            closed: Vec::new(),
            next_file: options.next_file,
            ordinal: options.first_ordinal,
            last_ns: None,
            options,
        }
    }

    /// Takes `batch`: packets one after the other, each as u64 timestamp (ns), u32 original length, u32 captured length
    /// (all little-endian), bytes. Returns how many were taken.
    ///
    /// # Errors
    /// When a packet or row cannot be stored; packets before it were taken.
    pub fn push(&mut self, batch: &[u8]) -> Result<u64, EngineError> {
        let mut taken = 0;
        let mut rest = batch;
        while let Some((header, after)) = rest.split_at_checked(BATCH_HEADER) {
            let number =
                |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
            let timestamp_ns = (u64::from(number(4)) << 32 | u64::from(number(0))) as i64;
            let Some((frame, after)) = after.split_at_checked(number(12) as usize) else { break };
            rest = after;
            self.packet(timestamp_ns, number(8), frame)?;
            taken += 1;
        }
        Ok(taken)
    }

    fn packet(&mut self, timestamp_ns: i64, original_length: u32, frame: &[u8]) -> Result<(), EngineError> {
        let clock_before_s = self.clock.seconds();
        let clock_s = self.clock.advance(timestamp_ns);
        let position = self.store(timestamp_ns, original_length, frame)?;
        let mut meta = PacketMeta {
            link_type: self.options.link_type,
            timestamp_ns,
            clock_s,
            clock_before_s,
            captured_length: frame.len() as u32,
            original_length,
            ordinal: self.ordinal,
            position,
        };
        self.ordinal += 1;
        self.last_ns = Some(timestamp_ns);
        let link_type = self.options.link_type;
        match lookback_wire::decode(link_type, frame, original_length, &mut self.decoded) {
            Err(malformed) => self.worker.count_undecodable(malformed.layer, malformed.reason),
            Ok(()) if self.decoded.fragment.is_some() => {
                match self.fragments.add(frame, &mut self.decoded, clock_s, meta.ordinal, meta.position) {
                    Outcome::Held => {}
                    Outcome::Refused(reason) => self.worker.count_undecodable("fragment", reason),
                    Outcome::Complete(joined) => {
                        meta.captured_length = joined.frame.len() as u32;
                        meta.original_length = meta.captured_length;
                        self.worker.decoded_frame(&joined.frame, &self.decoded, &meta, &joined.earlier)?;
                    }
                }
            }
            Ok(()) => self.worker.decoded_frame(frame, &self.decoded, &meta, &[])?,
        }
        Ok(())
    }

    /// Writes the packet to the current file, after rotating when it is due.
    fn store(
        &mut self,
        timestamp_ns: i64,
        original_length: u32,
        frame: &[u8],
    ) -> Result<PacketPosition, EngineError> {
        let due = self.current.as_ref().is_some_and(|open| {
            let old = self.options.max_file_seconds > 0
                && timestamp_ns.saturating_sub(open.info.first_ns) / 1_000_000_000
                    >= self.options.max_file_seconds;
            open.info.bytes >= self.options.max_file_bytes || old
        });
        if due {
            self.rotate()?;
        }
        let mut open = match self.current.take() {
            Some(open) => open,
            None => self.create(timestamp_ns)?,
        };
        let path = open.info.path.clone();
        let written = open.writer.write(timestamp_ns, original_length, frame);
        open.info.bytes = open.writer.position();
        let position = written.map_err(|error| EngineError::io(path, error));
        if position.is_ok() {
            open.info.packets += 1;
            open.info.last_ns = open.info.last_ns.max(timestamp_ns);
        }
        let file = open.info.file;
        self.current = Some(open);
        Ok(PacketPosition { file, length: 16 + frame.len() as u32, offset: position? })
    }

    fn create(&mut self, timestamp_ns: i64) -> Result<OpenFile, EngineError> {
        let number = self.next_file;
        let day = day_name(timestamp_ns);
        let path =
            self.options.packets.join(format!("{}-{day}-{number:08}.pcap", self.options.settings.node));
        let writer =
            Writer::create(&path, self.options.link_type, self.options.snaplen, self.options.nanosecond)
                .map_err(|error| EngineError::io(path.clone(), error))?;
        self.next_file += 1;
        let info = LiveFile {
            file: number,
            path,
            packets: 0,
            bytes: writer.position(),
            first_ns: timestamp_ns,
            last_ns: timestamp_ns,
            first_ordinal: self.ordinal,
            open: true,
        };
        Ok(OpenFile { writer, info })
    }

    fn rotate(&mut self) -> Result<(), EngineError> {
        let Some(mut open) = self.current.take() else { return Ok(()) };
        let path = open.info.path.clone();
        open.writer.sync().map_err(|error| EngineError::io(path, error))?;
        open.info.open = false;
        open.info.bytes = open.writer.position();
        self.closed.push(open.info);
        Ok(())
    }

    /// Closes flows that are over although no packet came: `now_ns` is the wall clock.
    pub fn tick(&mut self, now_ns: i64) {
        // Only a quiet link needs the wall clock; a busy one has moved the stream's clock further already.
        let clock_s =
            self.clock.seconds().max(now_ns.div_euclid(1_000_000_000).min(self.clock.seconds() + 86_400));
        if self.last_ns.is_some() {
            self.worker.expire(clock_s);
        }
    }

    /// Makes packets durable, then writes the rows of closed sessions.
    ///
    /// # Errors
    /// When either cannot be stored.
    pub fn flush(&mut self) -> Result<LiveFlush, EngineError> {
        let mut files = std::mem::take(&mut self.closed);
        if let Some(open) = &mut self.current {
            let path = open.info.path.clone();
            if let Err(error) = open.writer.sync() {
                self.closed = files;
                return Err(EngineError::io(path, error));
            }
            files.push(open.info.clone());
        }
        self.worker.hand_on()?;
        let segments = std::mem::take(&mut self.worker.sink.written);
        let table = self.worker.table();
        let mut counters = Counters::new();
        self.worker.count_into(&mut counters);
        self.fragments.count_into(&mut counters);
        Ok(LiveFlush {
            files,
            segments,
            replay_from_ordinal: table.oldest_open_ordinal(),
            open_ordinals: table.open_ordinals(),
            complete_until_ns: table.oldest_open_us().map(|us| us * 1000).or(self.last_ns),
            next_ordinal: self.ordinal,
            counters,
        })
    }

    /// Closes every session and file.
    ///
    /// # Errors
    /// When something cannot be stored.
    pub fn close(&mut self) -> Result<LiveFlush, EngineError> {
        self.worker.finish()?;
        self.rotate()?;
        self.flush()
    }

    /// Sessions open now.
    pub fn open_sessions(&self) -> usize {
        self.worker.table().open_flows()
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
