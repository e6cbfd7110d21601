//! Packets of one stream to several workers, each flow always to the same one.

use crate::error::EngineError;
use crate::settings::EngineSettings;
use crate::stream::{Frame, PacketTarget};
use crate::worker::{Counters, PacketMeta, RowSink, Worker};
use crossbeam_channel::{Receiver, Sender, bounded};
use lookback_pcapfile::Chunk;
use lookback_session::PacketPosition;
use lookback_wire::Decoded;

/// Packets in one batch to a worker.
const BATCH_PACKETS: usize = 256;
/// Batches that may wait for a worker; the sender waits when they are full.
const QUEUE_BATCHES: usize = 16;

/// A frame that can cross threads.
pub enum FrameBytes {
    /// In a chunk of the stream.
    #[allow(missing_docs, reason = "the chunk and the frame's place in it")]
    Shared { chunk: Chunk, start: u32, end: u32 },
    /// Put together from fragments.
    #[allow(missing_docs, reason = "the frame, the records before its own, its decoding")]
    Joined { frame: Vec<u8>, earlier: Vec<PacketPosition>, decoded: Box<Decoded> },
}

impl FrameBytes {
    fn bytes(&self) -> &[u8] {
        match self {
            FrameBytes::Shared { chunk, start, end } => {
                chunk.get(*start as usize..*end as usize).unwrap_or_default()
            }
            FrameBytes::Joined { frame, .. } => frame,
        }
    }
}

/// Packets that one worker handles together.
pub type PacketBatch = Vec<(FrameBytes, PacketMeta)>;

/// The way to one worker; `W` is its work, of which batches of packets are one kind.
pub fn lane<W>() -> (Sender<W>, Receiver<W>) {
    bounded(QUEUE_BATCHES)
}

/// Sends packets to workers by flow hash.
pub struct FanOut<W> {
    /// One lane for each worker.
    pub lanes: Vec<Sender<W>>,
    wrap: fn(PacketBatch) -> W,
    batches: Vec<PacketBatch>,
    tracking: lookback_wire::SessionIdTracking,
    undecodable: Counters,
    damaged: u64,
}

impl<W> FanOut<W> {
    /// Over these lanes; `wrap` makes a worker's work of a batch.
    pub fn new(settings: &EngineSettings, lanes: Vec<Sender<W>>, wrap: fn(PacketBatch) -> W) -> Self {
        Self {
            batches: lanes.iter().map(|_| Vec::with_capacity(BATCH_PACKETS)).collect(),
            lanes,
            wrap,
            tracking: settings.flow.tracking,
            undecodable: Counters::new(),
            damaged: 0,
        }
    }

    /// Frames so far that have a damaged header.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    fn send(&mut self, worker: usize) -> Result<(), EngineError> {
        let packets = std::mem::replace(&mut self.batches[worker], Vec::with_capacity(BATCH_PACKETS));
        if packets.is_empty() {
            return Ok(());
        }
        self.lanes[worker]
            .send((self.wrap)(packets))
            .map_err(|_| EngineError::Worker(format!("worker {worker} is gone")))
    }

    /// Sends what waits for a batch to fill.
    ///
    /// # Errors
    /// When a worker is gone.
    pub fn send_all(&mut self) -> Result<(), EngineError> {
        (0..self.lanes.len()).try_for_each(|worker| self.send(worker))
    }

    /// Frames that no worker got, by reason.
    pub fn count_into(&self, counters: &mut Counters) {
        for (name, count) in &self.undecodable {
            *counters.entry(name.clone()).or_default() += count;
        }
    }
}

impl<W> PacketTarget for FanOut<W> {
    fn packet(&mut self, frame: Frame<'_>, decoded: &Decoded, meta: &PacketMeta) -> Result<(), EngineError> {
        self.damaged += u64::from(decoded.malformed.is_some());
        let hash = lookback_wire::flow_hash(decoded, self.tracking);
        let worker = (hash % self.lanes.len() as u64) as usize;
        let frame = match frame {
            Frame::InChunk { chunk, start, end, .. } => {
                FrameBytes::Shared { chunk: chunk.clone(), start, end }
            }
            Frame::Joined(joined) => FrameBytes::Joined {
                frame: joined.frame.clone(),
                earlier: joined.earlier.clone(),
                decoded: Box::new(decoded.clone()),
            },
        };
        self.batches[worker].push((frame, *meta));
        if self.batches[worker].len() >= BATCH_PACKETS { self.send(worker) } else { Ok(()) }
    }
    fn undecodable(&mut self, layer: &'static str, reason: &'static str) {
        self.damaged += 1;
        *self.undecodable.entry(format!("undecodable.{layer}.{reason}")).or_default() += 1;
    }
    fn sessions(&self) -> u64 {
        0
    }
}

/// Gives a worker the packets of a batch.
///
/// # Errors
/// When rows cannot be stored.
pub fn take_batch<S: RowSink>(worker: &mut Worker<S>, batch: &PacketBatch) -> Result<(), EngineError> {
    for (frame, meta) in batch {
        match frame {
            FrameBytes::Shared { .. } => worker.frame(frame.bytes(), meta)?,
            FrameBytes::Joined { frame, earlier, decoded } => {
                worker.decoded_frame(frame, decoded, meta, earlier)?;
            }
        }
    }
    Ok(())
}
