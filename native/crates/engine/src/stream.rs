//! Reads the packets of a stream in order: decodes them, joins fragments, follows the clock.

use crate::clock::StreamClock;
use crate::error::EngineError;
use crate::fragments::{Fragments, Joined, Outcome};
use crate::origins::Origins;
use crate::settings::EngineSettings;
use crate::worker::{Counters, PacketMeta, RowSink, Worker};
use lookback_pcapfile::{Chunk, PacketRef, Reader};
use lookback_segment::SegmentInfo;
use lookback_session::PacketPosition;
use lookback_wire::Decoded;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// Packets between two looks at whether to end and two reports of progress.
pub(crate) const REPORT_EVERY: u64 = 16_384;

/// One file of a stream.
#[derive(Clone, Debug)]
pub struct StreamFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its number in the catalogue; positions refer to it.
    pub file: u32,
    /// Number in the stream of its first packet, however many the files before it gave.
    pub first_ordinal: u64,
}

/// A file of a stream, open.
pub struct StreamSource {
    /// Its name in errors.
    pub name: String,
    /// Its number in the catalogue.
    pub file: u32,
    /// Number in the stream of its first packet.
    pub first_ordinal: u64,
    /// Its packets.
    pub reader: Reader,
    /// Its size in bytes; 0 when unknown.
    pub bytes: u64,
    /// Where its packets came from.
    pub origins: Origins,
}

impl StreamFile {
    /// Opens it.
    ///
    /// # Errors
    /// When it is no capture.
    pub fn open(&self) -> Result<StreamSource, EngineError> {
        self.open_until(self.end())
    }

    /// Opens it as if it ended at `end`: others may append to it meanwhile.
    ///
    /// # Errors
    /// When it is no capture.
    pub fn open_until(&self, end: u64) -> Result<StreamSource, EngineError> {
        let name = self.path.display().to_string();
        let open = || Reader::from_read(Box::new(File::open(&self.path)?.take(end)));
        let reader = open().map_err(|error| EngineError::capture(&name, error))?;
        let bytes = if end == u64::MAX { 0 } else { end };
        let (file, first_ordinal) = (self.file, self.first_ordinal);
        Ok(StreamSource { name, file, first_ordinal, reader, bytes, origins: Origins::default() })
    }

    /// Where it ends now; the greatest number for what has no size, such as a pipe.
    pub fn end(&self) -> u64 {
        let metadata = self.path.metadata().ok().filter(std::fs::Metadata::is_file);
        metadata.map_or(u64::MAX, |metadata| metadata.len())
    }
}

/// The files of a stream in order, each opened when its turn comes: there may be thousands.
pub type Sources<'a> = Box<dyn Iterator<Item = Result<StreamSource, EngineError>> + Send + 'a>;

/// Whom a run reports to, and who may end it.
pub struct Watch<'a> {
    /// Whether the run is to end.
    pub is_cancelled: &'a dyn Fn() -> bool,
    /// Called every 16,384 packets and at the end.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Packets read.
    pub packets: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes there are.
    pub total_bytes: u64,
    /// Rows saved.
    pub sessions: u64,
}

/// A reader's warning: what, how often, where first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable name.
    pub name: String,
    /// Occurrences.
    pub count: u64,
    /// Byte offset of the first, where known.
    pub first_offset: Option<u64>,
}

/// What reading a stream found and made.
#[derive(Clone, Debug, Default)]
pub struct StreamOutcome {
    /// Packets read.
    pub packets: u64,
    /// Bytes of the files.
    pub file_bytes: u64,
    /// Captured bytes of the packets.
    pub captured_bytes: u64,
    /// Rows written.
    pub sessions: u64,
    /// `pcap` or `pcapng`.
    pub format: &'static str,
    /// Link types met.
    pub link_types: BTreeSet<u16>,
    /// Earliest packet, nanoseconds since 1970.
    pub first_packet_ns: Option<i64>,
    /// Latest packet, nanoseconds since 1970.
    pub last_packet_ns: Option<i64>,
    /// Segments written: complete files that no catalogue knows yet.
    pub segments: Vec<SegmentInfo>,
    /// Warnings of the reader.
    pub warnings: Vec<Warning>,
    /// Counts of the workers.
    pub counters: Counters,
    /// That of the packet read last, which nearly all have.
    link_type: Option<u16>,
}

impl StreamOutcome {
    /// Counts a packet that was read.
    #[inline]
    pub(crate) fn note_packet(&mut self, packet: &PacketRef<'_>) {
        self.packets += 1;
        self.captured_bytes += packet.data.len() as u64;
        if self.link_type != Some(packet.link_type) {
            self.link_type = Some(packet.link_type);
            self.link_types.insert(packet.link_type);
        }
        let now = packet.timestamp_ns;
        self.first_packet_ns = Some(self.first_packet_ns.map_or(now, |first| first.min(now)));
        self.last_packet_ns = Some(self.last_packet_ns.map_or(now, |last| last.max(now)));
    }

    /// Adds what the reader of a file tells at its end.
    pub(crate) fn note_end_of_file(&mut self, reader: &Reader) {
        self.format = reader.format();
        self.file_bytes += reader.bytes_read();
        self.warnings.extend(reader.warnings().iter().map(|warning| Warning {
            name: warning.name.to_owned(),
            count: warning.count,
            first_offset: warning.first_offset,
        }));
    }
}

/// Takes packets in order.
pub trait PacketTarget {
    /// Takes a frame; `decoded` is the frame's decoding, done already.
    ///
    /// # Errors
    /// When rows cannot be stored.
    fn packet(&mut self, frame: Frame<'_>, decoded: &Decoded, meta: &PacketMeta) -> Result<(), EngineError>;
    /// Counts a frame that no session can hold.
    fn undecodable(&mut self, layer: &'static str, reason: &'static str);
    /// Rows saved so far, as far as this side knows.
    fn sessions(&self) -> u64;
}

/// A frame in the reader's chunk, or one that was put together from fragments.
pub enum Frame<'a> {
    /// In the reader's chunk.
    #[allow(missing_docs, reason = "the chunk and the frame's place in it")]
    InChunk { bytes: &'a [u8], chunk: &'a Chunk, start: u32, end: u32 },
    /// Put together.
    Joined(&'a Joined),
}

impl Frame<'_> {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Frame::InChunk { bytes, .. } => bytes,
            Frame::Joined(joined) => &joined.frame,
        }
    }
    /// Records of the fragments it was joined from, before its own.
    pub fn earlier(&self) -> &[PacketPosition] {
        match self {
            Frame::InChunk { .. } => &[],
            Frame::Joined(joined) => &joined.earlier,
        }
    }
}

/// One worker on the reading thread.
pub struct Inline<'w, S> {
    /// The worker.
    pub worker: &'w mut Worker<S>,
}

impl<S: RowSink> PacketTarget for Inline<'_, S> {
    fn packet(&mut self, frame: Frame<'_>, decoded: &Decoded, meta: &PacketMeta) -> Result<(), EngineError> {
        self.worker.decoded_frame(frame.bytes(), decoded, meta, frame.earlier())
    }
    fn undecodable(&mut self, layer: &'static str, reason: &'static str) {
        self.worker.count_undecodable(layer, reason);
    }
    fn sessions(&self) -> u64 {
        self.worker.table().counters().saved
    }
}

/// A packet on its way into [`Feed::packet`].
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// pcap LINKTYPE.
    pub link_type: u16,
    /// Nanoseconds since 1970.
    pub timestamp_ns: i64,
    /// Bytes on the wire.
    pub original_length: u32,
    /// Captured bytes.
    pub data: &'a [u8],
    /// The chunk they are in, and where in it.
    pub chunk: &'a Chunk,
    /// Offset in the chunk of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
    /// Number in the stream.
    pub ordinal: u64,
    /// Where it is stored.
    pub position: PacketPosition,
    /// Where it came from, see [`lookback_flow::PacketFacts::origin`].
    pub origin: u16,
}

/// The stream's clock, in whole seconds, at a packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockAt {
    /// Before it.
    pub before_s: i64,
    /// With it.
    pub now_s: i64,
}

/// What packets of one stream go through in order before flows see them: the clock, decoding, joining of fragments.
pub struct Feed {
    /// The stream's clock.
    pub clock: StreamClock,
    fragments: Fragments,
    decoded: Decoded,
}

impl Feed {
    /// At the beginning of a stream.
    pub fn new(settings: &EngineSettings) -> Self {
        Self {
            clock: StreamClock::default(),
            fragments: Fragments::new(settings.max_fragments, settings.fragments_timeout),
            decoded: Decoded::default(),
        }
    }

    /// Hands the stream's next packet to `target`; a fragment waits for the others.
    ///
    /// # Errors
    /// When the target fails.
    #[inline]
    pub fn packet(&mut self, packet: Arrival<'_>, target: &mut impl PacketTarget) -> Result<(), EngineError> {
        let before_s = self.clock.seconds();
        let now_s = self.clock.advance(packet.timestamp_ns);
        self.packet_at(packet, ClockAt { before_s, now_s }, target)
    }

    /// The same of a packet for which the clock was advanced already.
    #[inline]
    pub(crate) fn packet_at(
        &mut self,
        packet: Arrival<'_>,
        clock: ClockAt,
        target: &mut impl PacketTarget,
    ) -> Result<(), EngineError> {
        let ClockAt { before_s: clock_before_s, now_s: clock_s } = clock;
        let mut meta = PacketMeta {
            link_type: packet.link_type,
            timestamp_ns: packet.timestamp_ns,
            clock_s,
            clock_before_s,
            captured_length: packet.data.len() as u32,
            original_length: packet.original_length,
            ordinal: packet.ordinal,
            position: packet.position,
            origin: packet.origin,
        };
        let decoded = &mut self.decoded;
        match lookback_wire::decode(packet.link_type, packet.data, packet.original_length, decoded) {
            Err(malformed) => target.undecodable(malformed.layer, malformed.reason),
            Ok(()) if decoded.fragment.is_some() => {
                match self.fragments.add(packet.data, decoded, clock_s, meta.ordinal, meta.position) {
                    Outcome::Held => {}
                    Outcome::Refused(reason) => target.undecodable("fragment", reason),
                    Outcome::Complete(joined) => {
                        meta.captured_length = joined.frame.len() as u32;
                        meta.original_length = meta.captured_length;
                        target.packet(Frame::Joined(&joined), decoded, &meta)?;
                    }
                }
            }
            Ok(()) => {
                let frame = Frame::InChunk {
                    bytes: packet.data,
                    chunk: packet.chunk,
                    start: packet.start,
                    end: packet.end,
                };
                target.packet(frame, decoded, &meta)?;
            }
        }
        Ok(())
    }

    /// Adds what it tells at the end of a stream of files, and reports that all was read.
    pub(crate) fn end(
        &self,
        total_bytes: u64,
        sessions: u64,
        watch: &mut Watch<'_>,
        outcome: &mut StreamOutcome,
    ) {
        if self.clock.steps_back > 0 {
            outcome.warnings.push(Warning {
                name: "clock-set-back".to_owned(),
                count: self.clock.steps_back,
                first_offset: None,
            });
        }
        self.count_into(&mut outcome.counters);
        let (packets, bytes) = (outcome.packets, outcome.file_bytes);
        (watch.progress)(Progress { packets, bytes, total_bytes, sessions });
    }

    /// Number in the stream of the first packet that a datagram needs which waits for fragments at second `now_s`.
    pub fn oldest_fragment(&mut self, now_s: i64) -> Option<u64> {
        self.fragments.oldest(now_s)
    }

    /// Adds its counts to `counters`.
    pub fn count_into(&self, counters: &mut Counters) {
        self.fragments.count_into(counters);
        if self.clock.steps_back > 0 {
            *counters.entry("clock.setBack".to_owned()).or_default() += self.clock.steps_back;
        }
    }
}

/// Reads every packet of the stream into `target`: decodes, joins fragments, follows the clock. `total_bytes` is for reports.
///
/// # Errors
/// When a source is no capture or fails, the target fails, or the run is to end.
pub fn read_stream(
    sources: Sources<'_>,
    total_bytes: u64,
    settings: &EngineSettings,
    watch: &mut Watch<'_>,
    outcome: &mut StreamOutcome,
    target: &mut impl PacketTarget,
) -> Result<(), EngineError> {
    let mut feed = Feed::new(settings);
    for source in sources {
        let StreamSource { name, file, first_ordinal, mut reader, mut origins, .. } = source?;
        let mut ordinal = first_ordinal;
        while let Some(packet) = reader.next_packet().map_err(|error| EngineError::capture(&name, error))? {
            outcome.note_packet(&packet);
            let arrival = Arrival {
                link_type: packet.link_type,
                timestamp_ns: packet.timestamp_ns,
                original_length: packet.original_length,
                data: packet.data,
                chunk: packet.chunk,
                start: packet.start,
                end: packet.end,
                ordinal,
                position: PacketPosition { file, length: packet.record_length, offset: packet.offset },
                origin: origins.of_packet(ordinal - first_ordinal),
            };
            ordinal += 1;
            feed.packet(arrival, target)?;
            if outcome.packets.is_multiple_of(REPORT_EVERY) {
                if (watch.is_cancelled)() {
                    return Err(EngineError::Cancelled);
                }
                (watch.progress)(Progress {
                    packets: outcome.packets,
                    bytes: outcome.file_bytes + arrival.position.offset,
                    total_bytes,
                    sessions: target.sessions(),
                });
            }
        }
        outcome.note_end_of_file(&reader);
    }
    feed.end(total_bytes, target.sessions(), watch, outcome);
    Ok(())
}
