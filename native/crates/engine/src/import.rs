//! A capture file, or a run of our own packet files, into segments.

use crate::error::EngineError;
use crate::fields;
use crate::settings::EngineSettings;
use crate::stream::{
    Frame, Inline, PacketTarget, Progress, StreamFile, StreamOutcome, StreamSource, Watch, read_stream,
};
use crate::worker::{Counters, PacketMeta, RowSink, Worker};
use crossbeam_channel::{Receiver, Sender, bounded};
use lookback_flow::identity::StreamIdentity;
use lookback_pcapfile::Chunk;
use lookback_segment::{SegmentInfo, SegmentTarget, SegmentWriter};
use lookback_session::{PacketPosition, Session};
use lookback_wire::Decoded;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Packets in one batch to a worker.
const BATCH_PACKETS: usize = 256;
/// Batches that may wait for a worker; the reader waits when they are full.
const QUEUE_BATCHES: usize = 16;

/// What to read and where to write.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The files of the stream, in order.
    pub files: Vec<StreamFile>,
    /// Identity of the stream.
    pub stream: StreamIdentity,
    /// Number of the first packet in the stream.
    pub first_ordinal: u64,
    /// Directory of the segments.
    pub segments: PathBuf,
    /// Rows of one segment.
    pub batch_rows: usize,
    /// Settings.
    pub settings: EngineSettings,
}

/// Writes rows to segments as they come.
struct SegmentSink {
    directory: PathBuf,
    node: String,
    stream: StreamIdentity,
    writer: SegmentWriter,
    segments: Vec<SegmentInfo>,
    rows: u64,
}

impl RowSink for SegmentSink {
    fn rows(&mut self, rows: &mut Vec<Session>) -> Result<(), EngineError> {
        self.rows += rows.len() as u64;
        let target =
            SegmentTarget { directory: &self.directory, node: &self.node, stream: self.stream, level: 0 };
        self.segments.extend(self.writer.write(rows, &target)?);
        rows.clear();
        Ok(())
    }
}

/// Packets that one worker handles together.
struct Batch {
    packets: Vec<(FrameBytes, PacketMeta)>,
}

/// A frame that can cross threads.
enum FrameBytes {
    Shared { chunk: Chunk, start: u32, end: u32 },
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

/// Reads the files and writes segments. On an error or cancellation the segments written so far are removed.
///
/// # Errors
/// See [`EngineError`].
pub fn import(
    options: &ImportOptions,
    cancel: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<StreamOutcome, EngineError> {
    let sink = || SegmentSink {
        directory: options.segments.clone(),
        node: options.settings.node.clone(),
        stream: options.stream,
        writer: SegmentWriter::new(fields::declared()),
        segments: Vec::new(),
        rows: 0,
    };
    let workers = options.settings.workers.clamp(1, 24);
    let mut outcome = StreamOutcome::default();
    let sources = options.files.iter().map(StreamFile::open).collect::<Result<Vec<_>, _>>()?;
    let mut watch = Watch { cancel, progress };
    let (result, sinks) = if workers == 1 {
        let mut worker = Worker::new(&options.settings, options.stream, options.batch_rows, sink());
        let result = read_stream(
            sources,
            options.first_ordinal,
            &options.settings,
            &mut watch,
            &mut outcome,
            &mut Inline { worker: &mut worker },
        );
        let result = result.and_then(|()| worker.finish());
        worker.count_into(&mut outcome.counters);
        (result, vec![worker.sink])
    } else {
        fan_out(options, sources, &mut watch, &mut outcome, workers, sink)
    };
    for sink in sinks {
        outcome.sessions += sink.rows;
        outcome.segments.extend(sink.segments);
    }
    match result {
        Ok(()) => Ok(outcome),
        Err(error) => {
            remove_segments(&options.segments, &outcome.segments);
            Err(error)
        }
    }
}

/// Removes written segments that nobody will use.
pub fn remove_segments(directory: &Path, segments: &[SegmentInfo]) {
    for segment in segments {
        // A file that stays is an orphan: start-up removes it, for no catalogue row names it.
        let _ = std::fs::remove_file(directory.join(&segment.path));
    }
}

/// Sends packets to workers by flow hash.
struct FanOut<'s> {
    senders: &'s [Sender<Batch>],
    batches: Vec<Vec<(FrameBytes, PacketMeta)>>,
    settings: &'s EngineSettings,
    undecodable: Counters,
}

impl FanOut<'_> {
    fn send(&mut self, worker: usize) -> Result<(), EngineError> {
        let packets = std::mem::replace(&mut self.batches[worker], Vec::with_capacity(BATCH_PACKETS));
        if packets.is_empty() {
            return Ok(());
        }
        self.senders[worker]
            .send(Batch { packets })
            .map_err(|_| EngineError::Worker(format!("worker {worker} is gone")))
    }
}

impl PacketTarget for FanOut<'_> {
    fn packet(&mut self, frame: Frame<'_>, decoded: &Decoded, meta: &PacketMeta) -> Result<(), EngineError> {
        let hash = lookback_wire::flow_hash(decoded, self.settings.flow.tracking);
        let worker = (hash % self.senders.len() as u64) as usize;
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
        *self.undecodable.entry(format!("undecodable.{layer}.{reason}")).or_default() += 1;
    }
    fn sessions(&self) -> u64 {
        0
    }
}

fn run_worker(
    mut worker: Worker<SegmentSink>,
    batches: &Receiver<Batch>,
) -> (Result<(), EngineError>, Worker<SegmentSink>) {
    for batch in batches {
        for (frame, meta) in &batch.packets {
            let taken = match frame {
                FrameBytes::Shared { .. } => worker.frame(frame.bytes(), meta),
                FrameBytes::Joined { frame, earlier, decoded } => {
                    worker.decoded_frame(frame, decoded, meta, earlier)
                }
            };
            if let Err(error) = taken {
                return (Err(error), worker);
            }
        }
    }
    let result = worker.finish();
    (result, worker)
}

fn fan_out(
    options: &ImportOptions,
    sources: Vec<StreamSource>,
    watch: &mut Watch<'_>,
    outcome: &mut StreamOutcome,
    workers: usize,
    sink: impl Fn() -> SegmentSink,
) -> (Result<(), EngineError>, Vec<SegmentSink>) {
    std::thread::scope(|scope| {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..workers).map(|_| bounded(QUEUE_BATCHES)).unzip();
        let handles: Vec<_> = receivers
            .into_iter()
            .map(|receiver| {
                let worker = Worker::new(&options.settings, options.stream, options.batch_rows, sink());
                scope.spawn(move || run_worker(worker, &receiver))
            })
            .collect();
        let mut target = FanOut {
            senders: &senders,
            batches: (0..workers).map(|_| Vec::with_capacity(BATCH_PACKETS)).collect(),
            settings: &options.settings,
            undecodable: Counters::new(),
        };
        let mut result =
            read_stream(sources, options.first_ordinal, &options.settings, watch, outcome, &mut target);
        for worker in 0..workers {
            let sent = target.send(worker);
            result = result.and(sent);
        }
        for (name, count) in std::mem::take(&mut target.undecodable) {
            *outcome.counters.entry(name).or_default() += count;
        }
        drop(senders);
        let mut sinks = Vec::new();
        for handle in handles {
            match handle.join() {
                Ok((worked, worker)) => {
                    worker.count_into(&mut outcome.counters);
                    // The worker's own error says more than the reader's "worker is gone".
                    result = match (result, worked) {
                        (Err(EngineError::Worker(_)), Err(error)) | (Ok(()), Err(error)) => Err(error),
                        (result, _) => result,
                    };
                    sinks.push(worker.sink);
                }
                Err(_) => result = result.and(Err(EngineError::Worker("it panicked".to_owned()))),
            }
        }
        (result, sinks)
    })
}
