//! The packets of a stream in batches that several workers share: who comes first reads one for all, and finds out whose
//! packets they are. A worker looks at its own packets then.

use crate::clock::StreamClock;
use crate::error::EngineError;
use crate::settings::EngineSettings;
use crate::shared::{Taker, share};
use crate::stream::{
    Arrival, ClockAt, Feed, Frame, PacketTarget, Progress, REPORT_EVERY, Sources, StreamOutcome,
    StreamSource, Watch,
};
use crate::worker::PacketMeta;
use lookback_capture::memory::fetch_ahead;
use lookback_pcapfile::{Chunk, PacketRef};
use lookback_session::PacketPosition;
use lookback_wire::{Decoded, SessionIdTracking, flow_hash, plain_flow_hash};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most packets of a batch. It ends with its chunk, so that short packets alone make so many.
const MOST_PACKETS: usize = 1_024;

/// How many packets ahead of the one at hand a worker fetches what they carry: half of the batches another core has read. With
/// fewer it has not come yet, with more it is gone again.
const FETCH_AHEAD: usize = 4;

/// Packets that lie in one chunk, one after the other in the stream.
struct ReadBatch {
    chunk: Chunk,
    /// Number of the file in the catalogue.
    file: u32,
    /// Bytes of the files up to the last one.
    bytes: u64,
    /// Number in the stream of the first.
    first_ordinal: u64,
    records: Vec<Record>,
}

/// The same, once it is known whose they are.
struct StreamBatch {
    read: ReadBatch,
    /// Of each worker those that it must look at: its own and, of all, those of which only all together tell whose they are.
    shares: Vec<Vec<Due>>,
}

/// How packets are shared.
#[derive(Clone, Copy, Debug)]
pub struct Sharing {
    /// Workers.
    pub workers: usize,
    /// What tells flows apart.
    pub tracking: SessionIdTracking,
}

impl Sharing {
    /// The worker of a flow with this hash.
    fn owner(self, hash: u64) -> usize {
        // The upper half of the product: dividing takes longer than all else that is done to find the owner.
        ((u128::from(hash) * self.workers as u128) >> 64) as usize
    }
}

/// Where a packet lies, and what its record says.
#[derive(Clone, Copy)]
struct Record {
    timestamp_ns: i64,
    clock: ClockAt,
    offset: u64,
    start: u32,
    end: u32,
    original_length: u32,
    record_length: u32,
    link_type: u16,
    origin: u16,
}

impl Record {
    /// The packet's bytes in the chunk of its batch.
    fn data<'a>(&self, chunk: &'a Chunk) -> &'a [u8] {
        chunk.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A packet that a worker must look at: which of its batch, and whether it is for all.
#[derive(Clone, Copy)]
struct Due(u16);

const _: () = assert!(MOST_PACKETS <= Due::FOR_ALL as usize);

impl Due {
    /// A fragment, or what cannot be decoded: all workers look at it.
    const FOR_ALL: u16 = 1 << 15;

    /// Which of its batch.
    fn index(self) -> usize {
        usize::from(self.0 & !Self::FOR_ALL)
    }

    fn is_for_all(self) -> bool {
        self.0 & Self::FOR_ALL != 0
    }
}

/// What comes from the files of a stream.
enum Piece {
    /// Packets.
    Packets(StreamBatch),
    /// The end of the last file, what was read of all, and their clock.
    End(Box<(StreamOutcome, StreamClock)>),
}

impl Piece {
    /// Bytes that it holds.
    fn bytes(&self) -> usize {
        match self {
            Self::Packets(batch) => {
                let ReadBatch { chunk, records, .. } = &batch.read;
                let due: usize = batch.shares.iter().map(Vec::capacity).sum();
                chunk.len() + records.capacity() * size_of::<Record>() + due * size_of::<Due>()
            }
            Self::End(_) => 0,
        }
    }
}

/// What begins a piece: all that depends on the packets before it.
enum Beginning {
    Packets(ReadBatch),
    End(Box<(StreamOutcome, StreamClock)>),
}

/// Reads the files of a stream.
struct BatchReader {
    sources: Sources<'static>,
    /// The file at hand, and the number in the stream of its next packet.
    source: Option<StreamSource>,
    ordinal: u64,
    clock: StreamClock,
    /// What was read so far; taken at the end.
    outcome: Option<StreamOutcome>,
    /// Packets of the last batch, for the room of the next.
    usual: usize,
}

/// Gives each worker its packets of `sources`; `total_bytes` is for reports.
pub fn share_packets(sources: Sources<'static>, total_bytes: u64, sharing: Sharing) -> Vec<Own> {
    let mut reader = BatchReader {
        sources,
        source: None,
        ordinal: 0,
        clock: StreamClock::default(),
        outcome: Some(StreamOutcome::default()),
        usual: 0,
    };
    let dealer = Dealer { sharing, usual: (0..sharing.workers).map(|_| AtomicUsize::new(0)).collect() };
    let finish = move |begun| match begun {
        Beginning::Packets(read) => Piece::Packets(dealer.deal(read)),
        Beginning::End(end) => Piece::End(end),
    };
    let takers = share(Box::new(move || reader.next()), Box::new(finish), Piece::bytes, sharing.workers);
    let own = |(number, pieces)| Own { pieces, number, sharing, total_bytes };
    takers.into_iter().enumerate().map(own).collect()
}

/// Finds out whose packets they are.
struct Dealer {
    sharing: Sharing,
    /// Packets of each share of a batch before, for the room of the next.
    usual: Vec<AtomicUsize>,
}

impl Dealer {
    fn deal(&self, read: ReadBatch) -> StreamBatch {
        let room = |usual: &AtomicUsize| {
            let usual = usual.load(Ordering::Relaxed);
            Vec::with_capacity(usual + usual / 8 + 1)
        };
        let mut shares: Vec<Vec<Due>> = self.usual.iter().map(room).collect();
        let mut decoded = Decoded::default();
        for (index, record) in (0..).zip(&read.records) {
            let data = record.data(&read.chunk);
            let tracking = self.sharing.tracking;
            let owner = match plain_flow_hash(record.link_type, data, tracking) {
                Some(hash) => Some(self.sharing.owner(hash)),
                None => self.owner(record, data, &mut decoded),
            };
            match owner {
                Some(owner) => shares.get_mut(owner).into_iter().for_each(|share| share.push(Due(index))),
                None => shares.iter_mut().for_each(|share| share.push(Due(index | Due::FOR_ALL))),
            }
        }
        for (usual, share) in self.usual.iter().zip(&shares) {
            usual.store(share.len(), Ordering::Relaxed);
        }
        StreamBatch { read, shares }
    }

    /// The owner of a packet that is not plain; none where only its fragments together tell, or nothing does.
    fn owner(&self, record: &Record, data: &[u8], decoded: &mut Decoded) -> Option<usize> {
        lookback_wire::decode(record.link_type, data, record.original_length, decoded).ok()?;
        let hash = decoded.fragment.is_none().then(|| flow_hash(decoded, self.sharing.tracking));
        hash.map(|hash| self.sharing.owner(hash))
    }
}

impl BatchReader {
    fn next(&mut self) -> Result<Option<Beginning>, EngineError> {
        let Some(outcome) = &mut self.outcome else { return Ok(None) };
        loop {
            if self.source.is_none() {
                let Some(next) = self.sources.next() else { break };
                let next = next?;
                self.ordinal = next.first_ordinal;
                self.source = Some(next);
            }
            let Some(StreamSource { name, file, first_ordinal, reader, origins, .. }) = &mut self.source
            else {
                break;
            };
            let first = reader.next_packet().map_err(|error| EngineError::capture(name, error))?;
            let Some(first) = first else {
                outcome.note_end_of_file(reader);
                self.source = None;
                continue;
            };
            let mut records = Vec::with_capacity(self.usual + self.usual / 8 + 1);
            let mut last = 0;
            let mut begin = |packet: PacketRef<'_>, records: &mut Vec<Record>| {
                outcome.note_packet(&packet);
                let before_s = self.clock.seconds();
                let now_s = self.clock.advance(packet.timestamp_ns);
                let ordinal = self.ordinal + records.len() as u64;
                records.push(Record {
                    timestamp_ns: packet.timestamp_ns,
                    clock: ClockAt { before_s, now_s },
                    offset: packet.offset,
                    start: packet.start,
                    end: packet.end,
                    original_length: packet.original_length,
                    record_length: packet.record_length,
                    link_type: packet.link_type,
                    origin: origins.of_packet(ordinal - *first_ordinal),
                });
                last = packet.offset;
            };
            let chunk = Arc::clone(first.chunk);
            begin(first, &mut records);
            // Reading on is for who makes the next batch, in whose processor's caches the bytes are then.
            reader.packets_at_hand(MOST_PACKETS - 1, |packet| begin(packet, &mut records));
            let first_ordinal = self.ordinal;
            self.ordinal += records.len() as u64;
            self.usual = records.len();
            let bytes = outcome.file_bytes + last;
            let read = ReadBatch { chunk, file: *file, bytes, first_ordinal, records };
            return Ok(Some(Beginning::Packets(read)));
        }
        Ok(self.outcome.take().map(|outcome| Beginning::End(Box::new((outcome, self.clock)))))
    }
}

/// The packets of one worker among those that all look at.
struct Share<T> {
    target: T,
    number: usize,
    sharing: Sharing,
    /// Whether the packet at hand is known to be its own.
    is_own: bool,
}

impl<T: PacketTarget> PacketTarget for Share<T> {
    #[inline]
    fn packet(&mut self, frame: Frame<'_>, decoded: &Decoded, meta: &PacketMeta) -> Result<(), EngineError> {
        if self.is_own || self.sharing.owner(flow_hash(decoded, self.sharing.tracking)) == self.number {
            self.target.packet(frame, decoded, meta)?;
        }
        Ok(())
    }
    fn undecodable(&mut self, layer: &'static str, reason: &'static str) {
        if self.number == 0 {
            self.target.undecodable(layer, reason);
        }
    }
    fn sessions(&self) -> u64 {
        self.target.sessions()
    }
}

/// What one worker gets.
pub struct Own {
    pieces: Taker<Beginning, Piece>,
    /// The worker's number.
    number: usize,
    sharing: Sharing,
    /// Bytes of all files, for reports.
    total_bytes: u64,
}

/// Hands the packets of one worker to `target`, and those that concern all. What was read of the stream is in `outcome` then.
///
/// # Errors
/// When a source fails, the target fails, or the run is to end.
pub fn read_batches(
    own: Own,
    settings: &EngineSettings,
    watch: &mut Watch<'_>,
    outcome: &mut StreamOutcome,
    target: impl PacketTarget,
) -> Result<(), EngineError> {
    let Own { mut pieces, number, sharing, total_bytes } = own;
    let mut share = Share { target, number, sharing, is_own: false };
    let mut feed = Feed::new(settings);
    let (mut packets, mut reported) = (0, 0);
    while let Some(piece) = pieces.take_next()? {
        let StreamBatch { read, shares } = match &*piece {
            Piece::Packets(batch) => batch,
            Piece::End(end) => {
                let (read, clock) = &**end;
                *outcome = read.clone();
                feed.clock = *clock;
                continue;
            }
        };
        let own = shares.get(number).map(Vec::as_slice).unwrap_or_default();
        let record_of = |due: &Due| read.records.get(due.index());
        for (at, due) in own.iter().enumerate() {
            if let Some(later) = own.get(at + FETCH_AHEAD).and_then(record_of) {
                fetch_ahead(later.data(&read.chunk));
            }
            let Some(record) = record_of(due) else { continue };
            share.is_own = !due.is_for_all();
            let arrival = Arrival {
                link_type: record.link_type,
                timestamp_ns: record.timestamp_ns,
                original_length: record.original_length,
                data: record.data(&read.chunk),
                chunk: &read.chunk,
                start: record.start,
                end: record.end,
                ordinal: read.first_ordinal + due.index() as u64,
                position: PacketPosition {
                    file: read.file,
                    length: record.record_length,
                    offset: record.offset,
                },
                origin: record.origin,
            };
            feed.packet_at(arrival, record.clock, &mut share)?;
        }
        packets += read.records.len() as u64;
        if packets - reported >= REPORT_EVERY {
            reported = packets;
            if (watch.is_cancelled)() {
                return Err(EngineError::Cancelled);
            }
            let bytes = read.bytes;
            (watch.progress)(Progress { packets, bytes, total_bytes, sessions: share.sessions() });
        }
    }
    feed.end(total_bytes, share.sessions(), watch, outcome);
    Ok(())
}
