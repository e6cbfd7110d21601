//! Packets of one stream to several workers, each flow always to the same one.

use crate::error::EngineError;
use crate::settings::EngineSettings;
use crate::stream::{Frame, PacketTarget};
use crate::worker::{Counters, PacketMeta, RowSink, Worker};
use crossbeam_channel::{Receiver, Sender, bounded};
use lookback_pcapfile::Chunk;
use lookback_session::PacketPosition;
use lookback_wire::Decoded;
use std::sync::Arc;

/// Packets in one batch to a worker.
const BATCH_PACKETS: usize = 256;
/// Chunks that there is room for in a batch from the start.
const BATCH_CHUNKS: usize = 8;
/// Batches that may wait for a worker; the sender waits when they are full.
const QUEUE_BATCHES: usize = 16;

/// A frame that can cross threads.
enum FrameBytes {
    /// In a chunk of the batch, by its number there.
    Shared {
        chunk: u32,
        start: u32,
        end: u32,
    },
    Joined(Box<JoinedFrame>),
}

/// A frame put together from fragments, with the records before its own and its decoding.
struct JoinedFrame {
    frame: Vec<u8>,
    earlier: Vec<PacketPosition>,
    decoded: Decoded,
}

/// Packets that one worker handles together. Chunks are held once for all their packets in it: holding one is a count that
/// threads change in turns.
pub struct PacketBatch {
    chunks: Vec<Chunk>,
    packets: Vec<(FrameBytes, PacketMeta)>,
}

impl PacketBatch {
    fn new() -> Self {
        Self { chunks: Vec::with_capacity(BATCH_CHUNKS), packets: Vec::with_capacity(BATCH_PACKETS) }
    }

    fn push(&mut self, frame: Frame<'_>, decoded: &Decoded, meta: &PacketMeta) {
        let frame = match frame {
            Frame::InChunk { chunk, start, end, .. } => {
                // Packets come in the order of the stream, and so do their chunks.
                if !self.chunks.last().is_some_and(|last| Arc::ptr_eq(last, chunk)) {
                    self.chunks.push(chunk.clone());
                }
                FrameBytes::Shared { chunk: self.chunks.len() as u32 - 1, start, end }
            }
            Frame::Joined(joined) => FrameBytes::Joined(Box::new(JoinedFrame {
                frame: joined.frame.clone(),
                earlier: joined.earlier.clone(),
                decoded: decoded.clone(),
            })),
        };
        self.packets.push((frame, *meta));
    }
}

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
            batches: lanes.iter().map(|_| PacketBatch::new()).collect(),
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
        if self.batches[worker].packets.is_empty() {
            return Ok(());
        }
        let batch = std::mem::replace(&mut self.batches[worker], PacketBatch::new());
        self.lanes[worker]
            .send((self.wrap)(batch))
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
        let batch = &mut self.batches[worker];
        batch.push(frame, decoded, meta);
        if batch.packets.len() >= BATCH_PACKETS { self.send(worker) } else { Ok(()) }
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
    for (frame, meta) in &batch.packets {
        match frame {
            FrameBytes::Shared { chunk, start, end } => {
                let chunk = batch.chunks.get(*chunk as usize);
                let bytes = chunk.and_then(|chunk| chunk.get(*start as usize..*end as usize));
                worker.frame(bytes.unwrap_or_default(), meta)?;
            }
            FrameBytes::Joined(joined) => {
                worker.decoded_frame(&joined.frame, &joined.decoded, meta, &joined.earlier)?;
            }
        }
    }
    Ok(())
}
