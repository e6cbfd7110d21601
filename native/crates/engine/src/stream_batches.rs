//! The packets of a stream in batches that several workers share: who comes first reads one for all, and who comes first
//! to whose packets they are finds it out for all. A worker looks at its own packets then, and at no byte of the others.

use crate::error::EngineError;
use crate::settings::EngineSettings;
use crate::shared::{Taker, share};
use crate::stream::{
    Arrival, Feed, Frame, PacketTarget, Progress, REPORT_EVERY, StreamOutcome, StreamSource, Watch,
};
use crate::worker::PacketMeta;
use lookback_pcapfile::{Chunk, PacketRef};
use lookback_session::PacketPosition;
use lookback_wire::{Decoded, SessionIdTracking, flow_hash, plain_flow_hash};
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

/// Most packets of a batch. It ends with its chunk, so that short packets alone make so many.
const MOST_PACKETS: usize = 1_024;
/// Looks at whether the workers of a batch's packets are known before a worker blocks: finding them out takes some microseconds, and
/// waking a thread longer.
const SPINS: u32 = 1_000;
/// What all workers look at: fragments, and what cannot be decoded.
const EVERYBODY: u8 = u8::MAX;

/// Packets that lie in one chunk, one after the other in the stream.
pub struct StreamBatch {
    chunk: Chunk,
    /// Number of the file in the catalogue.
    file: u32,
    /// Number in the stream of the first.
    first_ordinal: u64,
    /// Bytes of the files before this one.
    bytes_before: u64,
    packets: Vec<Packet>,
    sharing: Sharing,
    /// The worker of each packet.
    owners: OnceLock<Vec<u8>>,
}

/// How packets are shared.
#[derive(Clone, Copy, Debug)]
pub struct Sharing {
    /// Workers, at most 254.
    pub workers: usize,
    /// What tells flows apart.
    pub tracking: SessionIdTracking,
}

impl Sharing {
    /// The worker of a flow with this hash.
    fn owner(self, hash: u64) -> u8 {
        (hash % self.workers as u64) as u8
    }
}

/// Where a packet lies, and what its record says.
#[derive(Clone, Copy)]
struct Packet {
    timestamp_ns: i64,
    offset: u64,
    start: u32,
    end: u32,
    original_length: u32,
    record_length: u32,
    link_type: u16,
    origin: u16,
}

/// What comes from the files of a stream.
pub enum Piece {
    /// Packets.
    Packets(StreamBatch),
    /// The end of the last file, and what was read of all.
    End(Box<StreamOutcome>),
}

impl StreamBatch {
    /// The worker of each packet, found out here if nobody did so far.
    fn find_owners(&self) -> &[u8] {
        self.owners.get_or_init(|| {
            let Sharing { tracking, .. } = self.sharing;
            let mut decoded = Decoded::default();
            let owner = |packet: &Packet| {
                let data = self.data(packet);
                if let Some(hash) = plain_flow_hash(packet.link_type, data, tracking) {
                    return self.sharing.owner(hash);
                }
                match lookback_wire::decode(packet.link_type, data, packet.original_length, &mut decoded) {
                    Ok(()) if decoded.fragment.is_none() => self.sharing.owner(flow_hash(&decoded, tracking)),
                    _ => EVERYBODY,
                }
            };
            self.packets.iter().map(owner).collect()
        })
    }

    /// The worker of each packet. Who made the batch is about to find it out.
    fn owners(&self) -> &[u8] {
        for _ in 0..SPINS {
            if let Some(owners) = self.owners.get() {
                return owners;
            }
            std::hint::spin_loop();
        }
        self.find_owners()
    }

    fn data(&self, packet: &Packet) -> &[u8] {
        self.chunk.get(packet.start as usize..packet.end as usize).unwrap_or_default()
    }
}

/// Reads the files of a stream into batches.
struct BatchReader {
    sources: VecDeque<StreamSource>,
    ordinal: u64,
    first_of_file: u64,
    /// Packets of the last batch, for the room of the next.
    usual: usize,
    /// What was read so far; taken at the end.
    outcome: Option<StreamOutcome>,
    sharing: Sharing,
}

/// Gives each worker all packets of `sources`, numbered from `first_ordinal` on.
pub fn share_packets(sources: Vec<StreamSource>, first_ordinal: u64, sharing: Sharing) -> Vec<Taker<Piece>> {
    let mut reader = BatchReader {
        sources: sources.into(),
        ordinal: first_ordinal,
        first_of_file: first_ordinal,
        usual: 0,
        outcome: Some(StreamOutcome::default()),
        sharing,
    };
    let find_owners = |piece: &Piece| {
        if let Piece::Packets(batch) = piece {
            batch.find_owners();
        }
    };
    share(Box::new(move || reader.next()), find_owners, sharing.workers)
}

impl BatchReader {
    fn next(&mut self) -> Result<Option<Piece>, EngineError> {
        let Some(outcome) = &mut self.outcome else { return Ok(None) };
        while let Some(StreamSource { name, file, reader, origins, .. }) = self.sources.front_mut() {
            let first = reader.next_packet().map_err(|error| EngineError::capture(name, error))?;
            let Some(first) = first else {
                outcome.note_end_of_file(reader);
                self.sources.pop_front();
                self.first_of_file = self.ordinal;
                continue;
            };
            let first_ordinal = self.ordinal;
            let mut packets = Vec::with_capacity(self.usual + self.usual / 8 + 1);
            let mut note = |packet: PacketRef<'_>| {
                outcome.note_packet(&packet);
                packets.push(Packet::of(&packet, origins.of_packet(self.ordinal - self.first_of_file)));
                self.ordinal += 1;
                packets.len() < MOST_PACKETS
            };
            let chunk = Arc::clone(first.chunk);
            let mut has_room = note(first);
            // Reading on is for who makes the next batch, in whose processor's caches the bytes are then.
            while has_room && let Some(packet) = reader.next_packet_at_hand() {
                has_room = note(packet);
            }
            self.usual = packets.len();
            return Ok(Some(Piece::Packets(StreamBatch {
                chunk,
                file: *file,
                first_ordinal,
                bytes_before: outcome.file_bytes,
                packets,
                sharing: self.sharing,
                owners: OnceLock::new(),
            })));
        }
        Ok(self.outcome.take().map(|outcome| Piece::End(Box::new(outcome))))
    }
}

impl Packet {
    fn of(packet: &PacketRef<'_>, origin: u16) -> Self {
        Self {
            timestamp_ns: packet.timestamp_ns,
            offset: packet.offset,
            start: packet.start,
            end: packet.end,
            original_length: packet.original_length,
            record_length: packet.record_length,
            link_type: packet.link_type,
            origin,
        }
    }
}

/// The packets of one worker among those that all look at.
struct Share<T> {
    target: T,
    number: u8,
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
    /// What comes from the files.
    pub pieces: Taker<Piece>,
    /// The worker's number.
    pub number: u8,
    /// How packets are shared.
    pub sharing: Sharing,
    /// Bytes of all files, for reports.
    pub total_bytes: u64,
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
        let batch = match &*piece {
            Piece::Packets(batch) => batch,
            Piece::End(read) => {
                *outcome = (**read).clone();
                continue;
            }
        };
        let owners = batch.owners();
        for ((packet, owner), ordinal) in batch.packets.iter().zip(owners).zip(batch.first_ordinal..) {
            share.is_own = *owner == number;
            if !share.is_own && *owner != EVERYBODY {
                feed.clock.advance(packet.timestamp_ns);
                continue;
            }
            let arrival = Arrival {
                link_type: packet.link_type,
                timestamp_ns: packet.timestamp_ns,
                original_length: packet.original_length,
                data: batch.data(packet),
                chunk: &batch.chunk,
                start: packet.start,
                end: packet.end,
                ordinal,
                position: PacketPosition {
                    file: batch.file,
                    length: packet.record_length,
                    offset: packet.offset,
                },
                origin: packet.origin,
            };
            feed.packet(arrival, &mut share)?;
        }
        packets += batch.packets.len() as u64;
        if packets - reported >= REPORT_EVERY {
            reported = packets;
            if (watch.is_cancelled)() {
                return Err(EngineError::Cancelled);
            }
            let last = batch.packets.last().map_or(0, |packet| packet.offset);
            let bytes = batch.bytes_before + last;
            (watch.progress)(Progress { packets, bytes, total_bytes, sessions: share.sessions() });
        }
    }
    feed.note_end(outcome);
    (watch.progress)(Progress {
        packets: outcome.packets,
        bytes: outcome.file_bytes,
        total_bytes,
        sessions: share.sessions(),
    });
    Ok(())
}
