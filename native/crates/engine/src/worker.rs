//! One worker: decoded packets into a flow table, full batches of rows into segments.

use crate::error::EngineError;
use crate::live::losses::LossLog;
use crate::located;
use crate::save_unknown::SaveUnknown;
use crate::settings::EngineSettings;
use lookback_capture::memory::fetch_room;
use lookback_flow::identity::StreamIdentity;
use lookback_flow::{FlowCounters, FlowTable, PacketFacts};
use lookback_places::PlaceSource;
use lookback_session::{PacketPosition, Session};
use lookback_wire::{Decoded, FlowKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where rows go.
pub trait RowSink {
    /// Takes rows; leaves the vector empty.
    ///
    /// # Errors
    /// When they cannot be stored.
    fn rows(&mut self, rows: &mut Vec<Session>) -> Result<(), EngineError>;
}

/// A packet on its way to its worker, beside the frame itself.
#[derive(Clone, Copy, Debug)]
pub struct PacketMeta {
    /// pcap LINKTYPE.
    pub link_type: u16,
    /// Nanoseconds since 1970.
    pub timestamp_ns: i64,
    /// Seconds of the stream's clock with this packet.
    pub clock_s: i64,
    /// The same before this packet.
    pub clock_before_s: i64,
    /// Captured bytes.
    pub captured_length: u32,
    /// Bytes on the wire.
    pub original_length: u32,
    /// Number in the stream.
    pub ordinal: u64,
    /// Where it is stored.
    pub position: PacketPosition,
    /// Where it came from, see [`PacketFacts::origin`].
    pub origin: u16,
}

/// Workers that may each let as many bytes of bodies wait as the settings say; more share what these have.
const WORKERS_WITH_ALL_WAITING_BYTES: usize = 2;

/// Bytes that the open flows of a worker may hold at least, however many workers share what all may.
const MIN_HELD_BYTES: usize = 64 << 20;

/// Most rows that room is made for at once.
const ROOM_ROWS: usize = 8_192;

/// Rows that come with the packet that fills a batch, at most.
const ROOM_BEYOND: usize = 64;

/// Counts of a run by name.
pub type Counters = BTreeMap<String, u64>;

/// A flow table with its sink.
pub struct Worker<S> {
    table: FlowTable,
    decoded: Decoded,
    save_unknown: SaveUnknown,
    by_rule: u64,
    /// Frames with a damaged header.
    damaged: u64,
    /// Rows that were given up, those of closed sessions apart.
    rows_lost: u64,
    final_rows_lost: u64,
    /// Rows of closed sessions that the sink took.
    final_rows_stored: u64,
    /// Rows that wait since a try to store them failed, as far as they were looked at, and their bytes.
    measured: (usize, usize),
    /// The last try to store rows failed; only a call of `hand_on` tries again.
    failed: bool,
    undecodable: BTreeMap<(&'static str, &'static str), u64>,
    batch_rows: usize,
    places: Option<Arc<PlaceSource>>,
    /// When this capture lost packets; none where nothing is captured.
    losses: Option<Arc<LossLog>>,
    /// The sink.
    pub sink: S,
}

impl<S: RowSink> Worker<S> {
    /// A worker for one stream; it hands rows on in batches of about `batch_rows`.
    pub fn new(settings: &EngineSettings, stream: StreamIdentity, batch_rows: usize, sink: S) -> Self {
        let mut flow = settings.flow.clone();
        let workers = settings.workers.max(1);
        flow.max_flows = (flow.max_flows / workers).max(64);
        flow.max_held_bytes = (flow.max_held_bytes / workers).max(MIN_HELD_BYTES);
        flow.max_waiting_body_bytes = waiting_body_bytes(flow.max_waiting_body_bytes, workers);
        flow.fetch_room = fetch_room;
        let mut table = FlowTable::new(flow, stream);
        // In one piece: a vector that grows copies its rows again and again.
        table.saved().reserve_exact(batch_rows.clamp(1, ROOM_ROWS) + ROOM_BEYOND);
        Self {
            table,
            decoded: Decoded::default(),
            save_unknown: SaveUnknown::new(&settings.save_unknown, &settings.flow.dissectors.disabled),
            by_rule: 0,
            damaged: 0,
            rows_lost: 0,
            final_rows_lost: 0,
            final_rows_stored: 0,
            measured: (0, 0),
            failed: false,
            undecodable: BTreeMap::new(),
            batch_rows: batch_rows.max(1),
            places: settings.places.clone(),
            losses: None,
            sink,
        }
    }

    /// The same, told when packets are lost on their way here.
    #[must_use]
    pub fn with_losses(self, losses: Arc<LossLog>) -> Self {
        Self { losses: Some(losses), ..self }
    }

    /// Decodes a frame and adds it to its session.
    ///
    /// # Errors
    /// When a full batch cannot be stored.
    pub fn frame(&mut self, frame: &[u8], meta: &PacketMeta) -> Result<(), EngineError> {
        let mut decoded = std::mem::take(&mut self.decoded);
        let outcome = match lookback_wire::decode(meta.link_type, frame, meta.original_length, &mut decoded) {
            Ok(()) => self.decoded_frame(frame, &decoded, meta, &[]),
            Err(malformed) => {
                self.count_undecodable(malformed.layer, malformed.reason);
                Ok(())
            }
        };
        self.decoded = decoded;
        outcome
    }

    /// Adds a frame that is decoded already; `earlier` are the records of the fragments it was joined from before its own.
    ///
    /// # Errors
    /// When a full batch cannot be stored.
    pub fn decoded_frame(
        &mut self,
        frame: &[u8],
        decoded: &Decoded,
        meta: &PacketMeta,
        earlier: &[PacketPosition],
    ) -> Result<(), EngineError> {
        if let Some(malformed) = decoded.malformed {
            self.damaged += 1;
            *self.undecodable.entry((malformed.layer, malformed.reason)).or_default() += 1;
        }
        if decoded.kind == FlowKind::Other && !self.save_unknown.keeps(decoded) {
            self.by_rule += 1;
            return Ok(());
        }
        self.table.packet(&PacketFacts {
            frame,
            decoded,
            timestamp_ns: meta.timestamp_ns,
            clock_s: meta.clock_s,
            clock_before_s: meta.clock_before_s,
            link_type: meta.link_type,
            captured_length: meta.captured_length,
            original_length: meta.original_length,
            truncated: meta.captured_length < meta.original_length,
            ordinal: meta.ordinal,
            position: meta.position,
            origin: meta.origin,
            earlier,
        });
        if self.failed { Ok(()) } else { self.hand_on_full() }
    }

    /// Hands rows on if there are as many as a batch has.
    #[inline]
    fn hand_on_full(&mut self) -> Result<(), EngineError> {
        if self.table.rows_saved() >= self.batch_rows { self.hand_on() } else { Ok(()) }
    }

    /// Counts a frame that a layer before this one could not use.
    pub fn count_undecodable(&mut self, layer: &'static str, reason: &'static str) {
        self.damaged += 1;
        *self.undecodable.entry((layer, reason)).or_default() += 1;
    }

    /// Closes what is over at second `clock_s` of the stream's clock.
    ///
    /// # Errors
    /// When a full batch cannot be stored; what is over then stays open.
    pub fn expire(&mut self, clock_s: i64) -> Result<(), EngineError> {
        while !self.table.expire(clock_s, self.batch_rows) {
            self.hand_on_full()?;
        }
        self.hand_on_full()
    }

    /// Where storing failed: gives up rows that wait to be stored beyond `most_rows` and `most_bytes`, and counts them.
    pub fn drop_rows_beyond(&mut self, most_rows: usize, most_bytes: usize) {
        if !self.failed {
            self.measured = (0, 0);
            return;
        }
        let waiting = self.table.saved();
        let (mut rows, mut bytes) = self.measured;
        // The first one stays, however large.
        while let Some(row) =
            waiting.get(rows).filter(|_| rows < most_rows && (rows == 0 || bytes < most_bytes))
        {
            bytes += size_of::<Session>() + row.fields.held_bytes() + row.positions.as_bytes().len();
            rows += 1;
        }
        self.measured = (rows, bytes);
        if let Some(beyond) = waiting.get(rows..).filter(|beyond| !beyond.is_empty()) {
            self.rows_lost += beyond.len() as u64;
            self.final_rows_lost += final_rows(beyond);
            waiting.truncate(rows);
        }
    }

    /// Saves rows of sessions that are open for long, see [`FlowTable::save_open`].
    ///
    /// # Errors
    /// When a full batch cannot be stored; the rows that are left wait for the next call.
    pub fn save_open(&mut self, clock_s: i64) -> Result<(), EngineError> {
        while !self.table.save_open(clock_s, self.batch_rows) {
            self.hand_on_full()?;
        }
        self.hand_on_full()
    }

    /// Saves rows of at most `most` open sessions with packets that no row holds, see [`FlowTable::save_open_now`].
    pub fn save_open_now(&mut self, most: usize) {
        self.table.save_open_now(most);
    }

    /// First packet that no row holds, see [`FlowTable::unwritten_since_us`].
    pub fn unwritten_since_us(&mut self) -> Option<i64> {
        self.table.unwritten_since_us()
    }

    /// Hands rows on, however few.
    ///
    /// # Errors
    /// When they cannot be stored.
    pub fn hand_on(&mut self) -> Result<(), EngineError> {
        if self.table.rows_saved() == 0 {
            return Ok(());
        }
        if let Some(source) = &self.places {
            let places = source.current();
            if !places.is_empty() {
                for session in self.table.saved().iter_mut() {
                    located::fill(&places, session);
                }
            }
        }
        if let Some(losses) = &self.losses {
            for session in self.table.saved().iter_mut() {
                losses.fill(session);
            }
        }
        let closed = final_rows(self.table.saved());
        let stored = self.sink.rows(self.table.saved());
        self.failed = stored.is_err();
        if stored.is_ok() {
            self.final_rows_stored += closed;
        }
        stored
    }

    /// Frames so far that have a damaged header.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Closes every flow and hands on the last rows.
    ///
    /// # Errors
    /// When they cannot be stored.
    pub fn finish(&mut self) -> Result<(), EngineError> {
        for at in self.table.remaining() {
            self.table.close(at);
            self.hand_on_full()?;
        }
        self.hand_on()
    }

    /// The flow table.
    pub fn table(&self) -> &FlowTable {
        &self.table
    }

    /// Adds this worker's counts to `counters`.
    pub fn count_into(&self, counters: &mut Counters) {
        let mut add = |name: &str, count: u64| *counters.entry(name.to_owned()).or_default() += count;
        let FlowCounters {
            packets,
            packets_by_rule,
            opened,
            saved,
            rows_by_rule,
            closed_early,
            closed_for_memory,
            out_of_order_overflow,
            gap_bytes,
            dissector_failures,
            values_dropped,
            malformed,
        } = self.table.counters();
        add("packets.inSessions", *packets);
        add("packets.byRule", packets_by_rule + self.by_rule);
        add("sessions.opened", *opened);
        add("sessions.saved", *saved);
        // closed = indexed + by rule + lost + those that wait, of which there are none after a flush.
        add("sessions.indexed", self.final_rows_stored);
        add("sessions.byRule", *rows_by_rule);
        add("sessions.indexLost", self.final_rows_lost);
        add("sessions.openRowsLost", self.rows_lost - self.final_rows_lost);
        add("sessions.closedEarly", *closed_early);
        add("sessions.closedForMemory", *closed_for_memory);
        add("tcp.outOfOrderOverflow", *out_of_order_overflow);
        add("tcp.gapBytes", *gap_bytes);
        add("dissectors.failed", *dissector_failures);
        add("fields.valuesDropped", *values_dropped);
        for ((layer, reason), count) in &self.undecodable {
            add(&format!("undecodable.{layer}.{reason}"), *count);
        }
        for ((protocol, reason), count) in malformed {
            add(&format!("malformed.{protocol}.{reason}"), *count);
        }
    }
}

/// Bytes of bodies that wait at most in one of `workers`, where one alone lets `alone` wait.
fn waiting_body_bytes(alone: usize, workers: usize) -> usize {
    alone.saturating_mul(WORKERS_WITH_ALL_WAITING_BYTES) / workers.max(WORKERS_WITH_ALL_WAITING_BYTES)
}

fn final_rows(rows: &[Session]) -> u64 {
    rows.iter().filter(|row| row.is_final).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk without room.
    struct Full;

    impl RowSink for Full {
        fn rows(&mut self, _rows: &mut Vec<Session>) -> Result<(), EngineError> {
            Err(EngineError::DiskFull { path: "sessions".to_owned() })
        }
    }

    /// A UDP packet of a flow, after an Ethernet and an IPv4 header.
    fn datagram(flow: u8) -> Vec<u8> {
        let mut frame = vec![0; 12];
        frame.extend([8, 0, 0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, flow, 10, 1, 0, 1]);
        frame.extend([1, 0, 2, 0, 0, 12, 0, 0, 1, 2, 3, 4]);
        frame
    }

    #[test]
    fn all_workers_let_no_more_bodies_wait_than_two() {
        let each = [1, 2, 3, 8, 24].map(|workers| waiting_body_bytes(48 << 20, workers) >> 20);
        assert_eq!(each, [48, 48, 32, 12, 4]);
    }

    #[test]
    fn rows_that_wait_for_room_are_bounded_by_number_and_bytes_and_counted() {
        for (most_rows, most_bytes, left) in [(3, usize::MAX, 3), (100, 1, 1), (100, usize::MAX, 10)] {
            let settings = EngineSettings::default();
            let mut worker = Worker::new(&settings, [7; 16], 1_000, Full);
            for flow in 0..10 {
                let frame = datagram(flow);
                let meta = PacketMeta {
                    link_type: 1,
                    timestamp_ns: 0,
                    clock_s: 0,
                    clock_before_s: 0,
                    captured_length: frame.len() as u32,
                    original_length: frame.len() as u32,
                    ordinal: u64::from(flow),
                    position: PacketPosition::NOWHERE,
                    origin: 0,
                };
                assert!(worker.frame(&frame, &meta).is_ok());
            }
            // Nothing was refused yet.
            worker.drop_rows_beyond(1, 1);
            assert!(worker.finish().is_err());
            worker.drop_rows_beyond(most_rows, most_bytes);
            worker.drop_rows_beyond(most_rows, most_bytes);
            let mut counters = Counters::new();
            worker.count_into(&mut counters);
            let lost = counters.get("sessions.indexLost").copied();
            assert_eq!((worker.table.saved().len(), lost), (left, Some(10 - left as u64)));
        }
    }
}
