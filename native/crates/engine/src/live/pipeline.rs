//! Workers of a live stream: threads that own their flow tables and take packets and orders in one queue each.

use super::flusher::FlushRows;
use super::losses::LossLog;
use super::quiet::QuietClock;
use super::stores::Stores;
use crate::error::EngineError;
use crate::fan_out::{FanOut, PacketBatch, lane, take_batch};
use crate::segment_sink::SegmentSink;
use crate::settings::EngineSettings;
use crate::stream::{Arrival, Feed, Inline};
use crate::worker::{Counters, Worker};
use crossbeam_channel::{Receiver, Sender, unbounded};
use lookback_capture::Batch;
use lookback_capture::batch::records;
use lookback_flow::identity::StreamIdentity;
use lookback_pcapfile::RECORD_HEADER;
use lookback_segment::SegmentInfo;
use lookback_session::PacketPosition;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

/// Rows of one live segment at most; a flush writes fewer.
const BATCH_ROWS: usize = 50_000;
/// Rows that may wait for a disk with room, and their bytes, of all workers, but of each at least what one flush has; what comes then
/// is lost to the index and counted.
const MOST_ROWS_WAITING: usize = 200_000;
const ROWS_OF_A_FLUSH: usize = BATCH_ROWS + OPEN_ROWS;
const MOST_BYTES_WAITING: usize = 512 << 20;
/// Rows of open sessions that a worker writes when the latest packets are wanted: some 50 ms, which its queue bridges.
const OPEN_ROWS: usize = 16_384;

/// A batch whose packets are in a packet file, but for those that a rule leaves out.
pub struct Stored {
    /// The packets.
    pub batch: Batch,
    /// Number of the source they came from.
    pub source: usize,
    /// Its origin, see [`lookback_flow::PacketFacts::origin`].
    pub origin: u16,
    /// pcap LINKTYPE.
    pub link_type: u16,
    /// Number of the file and where in it the batch begins; none when no packet of it is kept.
    pub place: Option<(u32, u64)>,
    /// Of each packet whether it is kept; none when all are, or none is.
    pub saved: Option<Vec<bool>>,
    /// Number in the stream of the first packet that is kept, else of the first one.
    pub first_ordinal: u64,
}

impl Stored {
    fn arrivals(&self) -> impl Iterator<Item = Arrival<'_>> {
        let mut offset = self.place.map_or(0, |(_, offset)| offset);
        let mut ordinal = self.first_ordinal;
        records(self.batch.records()).enumerate().map(move |(number, record)| {
            let length = RECORD_HEADER as u32 + record.end - record.start;
            let is_saved =
                self.saved.as_ref().is_none_or(|saved| saved.get(number).copied().unwrap_or(false));
            let position = match self.place {
                Some((file, _)) if is_saved => PacketPosition { file, length, offset },
                _ => PacketPosition::NOWHERE,
            };
            let arrival = Arrival {
                link_type: self.link_type,
                timestamp_ns: record.timestamp_ns,
                original_length: record.original_length,
                data: self
                    .batch
                    .records()
                    .get(record.start as usize..record.end as usize)
                    .unwrap_or_default(),
                chunk: self.batch.buffer(),
                start: record.start,
                end: record.end,
                ordinal,
                position,
                origin: self.origin,
            };
            // A replay numbers what is in the files: what is left out has the number of the next one that is not.
            if is_saved {
                offset += u64::from(length);
                ordinal += 1;
            }
            arrival
        })
    }
}

/// What threads of a stream share.
#[derive(Clone)]
pub struct Shared {
    /// When packets were lost.
    pub losses: Arc<LossLog>,
    /// Counts by source.
    pub(super) stores: Arc<Vec<Stores>>,
    /// Whether packets have times that were given to them elsewhere.
    pub times_are_given: bool,
}

impl Shared {
    fn count_malformed(&self, source: usize, packets: u64) {
        if packets > 0
            && let Some(stores) = self.stores.get(source)
        {
            stores.malformed.fetch_add(packets, Ordering::Relaxed);
        }
    }
}

/// What a flush wants of a worker.
#[derive(Clone, Debug)]
pub struct FlushOrder {
    /// Nanoseconds since 1970, up to which every packet has come.
    pub now_ns: i64,
    /// Seconds of the stream's clock; none where the worker follows the clock itself.
    pub clock_s: Option<i64>,
    /// Whether to tell which sessions are open: costs a look at every flow.
    pub mark: bool,
    /// Which rows to write.
    pub rows: FlushRows,
    /// Where to tell what became of it.
    pub reply: Sender<Result<WorkerFlush, EngineError>>,
}

impl FlushRows {
    /// Whether a mark looks after fragments that wait for others: after the end no datagram becomes whole.
    fn leaves_fragments(self) -> bool {
        self != Self::Closing
    }
}

/// What a worker wrote and where it stands.
#[derive(Debug, Default)]
pub struct WorkerFlush {
    /// Segments written.
    pub segments: Vec<SegmentInfo>,
    /// Rows in them.
    pub rows: u64,
    /// First packet, microseconds since 1970, that no row holds.
    pub unwritten_since_us: Option<i64>,
    /// Numbers of the first packets of the sessions that are open; empty unless asked for.
    pub open_ordinals: Vec<u64>,
    /// Number of the first packet that a datagram needs which waits for fragments, where the worker joins them.
    pub oldest_fragment: Option<u64>,
    /// Sessions open.
    pub open_sessions: u64,
    /// Counts since the stream was opened.
    pub counters: Counters,
}

/// A flush that was ordered.
pub struct Ordered {
    /// One reply of each worker.
    pub replies: Receiver<Result<WorkerFlush, EngineError>>,
    /// Number of the first packet that a datagram needs which waits for fragments, where the stream's thread joins them.
    pub oldest_fragment: Option<u64>,
}

/// What a worker does next.
enum Work {
    Packets(PacketBatch),
    Stream(Stored),
    Flush(FlushOrder),
}

/// Where packets go once they are stored.
enum Path {
    /// One worker follows the stream itself.
    Single { lane: Sender<Work> },
    /// The stream's thread decodes, and sends each flow to its worker.
    Spread { feed: Box<Feed>, quiet: QuietClock, target: FanOut<Work> },
}

/// The workers of a stream.
pub struct Pipeline {
    path: Path,
    threads: Vec<JoinHandle<()>>,
    shared: Shared,
}

impl Pipeline {
    /// Starts `settings.workers` workers.
    ///
    /// # Errors
    /// When the system has no thread.
    pub fn start(
        settings: &EngineSettings,
        segments: &std::path::Path,
        stream: StreamIdentity,
        shared: Shared,
    ) -> std::io::Result<Self> {
        let workers = settings.workers.clamp(1, 24);
        let mut lanes = Vec::new();
        let mut threads = Vec::new();
        for number in 0..workers {
            let (sender, receiver) = lane();
            let sink = SegmentSink::new(PathBuf::from(segments), settings.node.clone(), stream);
            let worker =
                Worker::new(settings, stream, BATCH_ROWS, sink).with_losses(Arc::clone(&shared.losses));
            let account = shared.clone();
            let feed = (workers == 1).then(|| Feed::new(settings));
            let thread = std::thread::Builder::new()
                .name(format!("worker-{number}"))
                .spawn(move || work(worker, feed, &receiver, &account, workers))?;
            lanes.push(sender);
            threads.push(thread);
        }
        let path = match lanes.pop() {
            Some(lane) if lanes.is_empty() => Path::Single { lane },
            last => {
                lanes.extend(last);
                let target = FanOut::new(settings, lanes, Work::Packets);
                let quiet = QuietClock::new(shared.times_are_given);
                Path::Spread { feed: Box::new(Feed::new(settings)), quiet, target }
            }
        };
        Ok(Self { path, threads, shared })
    }

    /// One whose only worker died.
    #[cfg(test)]
    pub fn of_a_dead_worker(shared: Shared) -> Self {
        Self { path: Path::Single { lane: lane().0 }, threads: Vec::new(), shared }
    }

    /// How many there are.
    pub fn workers(&self) -> usize {
        self.threads.len()
    }

    /// Gives the workers a stored batch; waits while their queues are full.
    ///
    /// # Errors
    /// When a worker is gone.
    pub fn packets(&mut self, stored: Stored) -> Result<(), EngineError> {
        match &mut self.path {
            Path::Single { lane } => lane.send(Work::Stream(stored)).map_err(|_| gone(0)),
            Path::Spread { feed, target, .. } => {
                let before = target.damaged();
                let done = stored.arrivals().try_for_each(|arrival| feed.packet(arrival, target));
                self.shared.count_malformed(stored.source, target.damaged() - before);
                // Of a worker with little to do a few packets would hold the source's buffers until the next flush.
                done.and_then(|()| target.send_all())
            }
        }
    }

    /// Orders a flush; the workers reply to the receiver, one message each. All packets before `now_ns` are here.
    ///
    /// # Errors
    /// When a worker is gone.
    pub fn flush(&mut self, now_ns: i64, mark: bool, rows: FlushRows) -> Result<Ordered, EngineError> {
        let (reply, replies) = unbounded();
        let mut oldest_fragment = None;
        let order = |clock_s| FlushOrder { now_ns, clock_s, mark, rows, reply: reply.clone() };
        match &mut self.path {
            Path::Single { lane } => lane.send(Work::Flush(order(None))).map_err(|_| gone(0))?,
            Path::Spread { feed, quiet, target } => {
                target.send_all()?;
                let clock_s = quiet.seconds(feed.clock.seconds(), now_ns);
                for (number, lane) in target.lanes.iter().enumerate() {
                    lane.send(Work::Flush(order(Some(clock_s)))).map_err(|_| gone(number))?;
                }
                oldest_fragment =
                    if mark && rows.leaves_fragments() { feed.oldest_fragment(clock_s) } else { None };
            }
        }
        Ok(Ordered { replies, oldest_fragment })
    }

    /// Adds what was counted before any worker.
    pub fn count_into(&self, counters: &mut Counters) {
        if let Path::Spread { feed, target, .. } = &self.path {
            feed.count_into(counters);
            target.count_into(counters);
        }
    }

    /// Ends the workers.
    pub fn join(self) {
        drop(self.path);
        for thread in self.threads {
            // A worker that panicked was told already: the flush that it did not answer failed.
            let _ = thread.join();
        }
    }
}

fn gone(number: usize) -> EngineError {
    EngineError::Worker(format!("worker {number} is gone"))
}

fn work(
    mut worker: Worker<SegmentSink>,
    mut feed: Option<Feed>,
    orders: &Receiver<Work>,
    shared: &Shared,
    workers: usize,
) {
    let mut quiet = QuietClock::new(shared.times_are_given);
    // Rows that could not be written stay and are tried again by the next flush, which tells.
    for order in orders {
        let most_rows = (MOST_ROWS_WAITING / workers).max(ROWS_OF_A_FLUSH);
        worker.drop_rows_beyond(most_rows, MOST_BYTES_WAITING / workers);
        match order {
            Work::Packets(batch) => drop(take_batch(&mut worker, &batch)),
            Work::Stream(stored) => {
                if let Some(feed) = &mut feed {
                    let before = worker.damaged();
                    for arrival in stored.arrivals() {
                        drop(feed.packet(arrival, &mut Inline { worker: &mut worker }));
                    }
                    shared.count_malformed(stored.source, worker.damaged() - before);
                }
            }
            Work::Flush(order) => {
                let reply = flush(&mut worker, feed.as_mut(), &mut quiet, &order);
                // Whoever asked may have given up.
                let _ = order.reply.send(reply);
            }
        }
    }
}

fn flush(
    worker: &mut Worker<SegmentSink>,
    feed: Option<&mut Feed>,
    quiet: &mut QuietClock,
    order: &FlushOrder,
) -> Result<WorkerFlush, EngineError> {
    let own_clock_s = feed.as_ref().map_or(0, |feed| feed.clock.seconds());
    let clock_s = order.clock_s.unwrap_or_else(|| quiet.seconds(own_clock_s, order.now_ns));
    if order.rows == FlushRows::Closing {
        worker.finish()?;
    } else {
        worker.expire(clock_s)?;
        worker.save_open(clock_s)?;
        if order.rows == FlushRows::Open {
            worker.save_open_now(OPEN_ROWS);
        }
        worker.hand_on()?;
    }
    let mut counters = Counters::new();
    worker.count_into(&mut counters);
    if let Some(feed) = &feed {
        feed.count_into(&mut counters);
    }
    Ok(WorkerFlush {
        segments: std::mem::take(&mut worker.sink.segments),
        rows: std::mem::take(&mut worker.sink.rows),
        unwritten_since_us: worker.unwritten_since_us(),
        open_ordinals: if order.mark { worker.table().open_ordinals() } else { Vec::new() },
        oldest_fragment: feed
            .filter(|_| order.mark && order.rows.leaves_fragments())
            .and_then(|feed| feed.oldest_fragment(clock_s)),
        open_sessions: worker.table().open_flows() as u64,
        counters,
    })
}
