//! A capture file, or a run of our own packet files, into segments.
//!
//! Several workers go through the same bytes, each at its own pace, and each handles the flows that are its own. Decoding
//! everything takes a fraction of what sessions take, and no packet is handed from one thread to another: a reader that
//! deals packets out had cost more, and its workers waited for it whenever one of them wrote a segment.

use crate::error::EngineError;
use crate::live::losses::LossLog;
use crate::origins::Origins;
use crate::segment_sink::SegmentSink;
use crate::settings::EngineSettings;
use crate::stream::{
    Frame, Inline, PacketTarget, Progress, StreamFile, StreamOutcome, StreamSource, Watch, read_stream,
};
use crate::worker::{PacketMeta, Worker};
use lookback_flow::identity::StreamIdentity;
use lookback_pcapfile::{Blocks, share};
use lookback_segment::SegmentInfo;
use lookback_wire::{Decoded, SessionIdTracking, flow_hash};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Most workers.
const MOST_WORKERS: usize = 24;

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
    /// Of a stream that was captured: when packets of it were lost, microseconds since 1970, both ends included.
    pub losses: Option<Vec<(i64, i64)>>,
    /// Settings.
    pub settings: EngineSettings,
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
    let workers = options.settings.workers.clamp(1, MOST_WORKERS);
    let sources = open(options, workers)?;
    let losses = options.losses.as_deref().map(|spans| Arc::new(LossLog::of(spans)));
    let failed = AtomicBool::new(false);
    let is_cancelled = || cancel.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed);
    let saved: Vec<AtomicU64> = (0..workers).map(|_| AtomicU64::new(0)).collect();
    let run = |number: usize, sources: Vec<StreamSource>, progress: &mut dyn FnMut(Progress)| {
        let mut progress = |own: Progress| {
            if let Some(saved) = saved.get(number) {
                saved.store(own.sessions, Ordering::Relaxed);
            }
            progress(Progress {
                sessions: saved.iter().map(|saved| saved.load(Ordering::Relaxed)).sum(),
                ..own
            });
        };
        let mut watch = Watch { is_cancelled: &is_cancelled, progress: &mut progress };
        let worked = work(options, sources, losses.clone(), number, workers, &mut watch);
        if worked.result.is_err() {
            failed.store(true, Ordering::Relaxed);
        }
        worked
    };
    let all = std::thread::scope(|scope| {
        let run = &run;
        let mut sources = sources.into_iter();
        let own = sources.next().unwrap_or_default();
        let others: Vec<_> = (1..workers)
            .zip(sources)
            .map(|(number, sources)| scope.spawn(move || run(number, sources, &mut |_| {})))
            .collect();
        let first = run(0, own, progress);
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|_| Worked::panicked()));
        std::iter::once(first).chain(others).collect::<Vec<_>>()
    });
    joined(all).map_err(|(error, segments)| {
        remove_segments(&options.segments, &segments);
        error
    })
}

/// What one worker made.
struct Worked {
    result: Result<(), EngineError>,
    outcome: StreamOutcome,
}

impl Worked {
    fn panicked() -> Self {
        let result = Err(EngineError::Worker("it panicked".to_owned()));
        Self { result, outcome: StreamOutcome::default() }
    }
}

/// Opens the files for each worker, as far as they go now: others may append to them.
fn open(options: &ImportOptions, workers: usize) -> Result<Vec<Vec<StreamSource>>, EngineError> {
    let files: Vec<(&StreamFile, u64)> = options.files.iter().map(|file| (file, file.end())).collect();
    let with_origins = |file: &StreamFile, source: StreamSource| StreamSource {
        origins: Origins::read(&file.path, &options.settings.interfaces),
        ..source
    };
    if workers == 1 {
        let sources = files.iter().map(|(file, end)| Ok(with_origins(file, file.open_until(*end)?)));
        return Ok(vec![sources.collect::<Result<_, EngineError>>()?]);
    }
    let bytes = files.iter().map(|(file, end)| file.bytes_until(*end)).collect::<Result<Vec<_>, _>>()?;
    let open_all = |blocks: Vec<Blocks>| {
        let each = files.iter().zip(blocks);
        each.map(|((file, end), blocks)| Ok(with_origins(file, file.open_shared(blocks, *end)?))).collect()
    };
    share(bytes, workers).into_iter().map(open_all).collect()
}

/// Handles the flows of worker `number` of `workers`.
fn work(
    options: &ImportOptions,
    sources: Vec<StreamSource>,
    losses: Option<Arc<LossLog>>,
    number: usize,
    workers: usize,
    watch: &mut Watch<'_>,
) -> Worked {
    let ImportOptions { settings, stream, .. } = options;
    let mut settings = settings.clone();
    // Nothing is lost while a packet of a file waits.
    settings.flow.max_waiting_bytes_of_a_body = usize::MAX;
    let mut outcome = StreamOutcome::default();
    let sink = SegmentSink::new(options.segments.clone(), settings.node.clone(), *stream);
    let mut worker = Worker::new(&settings, *stream, options.batch_rows, sink);
    if let Some(losses) = losses {
        worker = worker.with_losses(losses);
    }
    let own = Inline { worker: &mut worker };
    let tracking = settings.flow.tracking;
    let mut share = Share { own, number: number as u64, workers: workers as u64, tracking };
    let read = read_stream(sources, options.first_ordinal, &settings, watch, &mut outcome, &mut share);
    let result = read.and_then(|()| worker.finish());
    if number > 0 {
        // What was read is the same for all, and counted once.
        outcome.counters.clear();
    }
    worker.count_into(&mut outcome.counters);
    outcome.sessions = worker.sink.rows;
    outcome.segments = worker.sink.segments;
    Worked { result, outcome }
}

/// The outcome of all workers; on an error the segments that they wrote.
fn joined(all: Vec<Worked>) -> Result<StreamOutcome, (EngineError, Vec<SegmentInfo>)> {
    let mut joined: Option<StreamOutcome> = None;
    let mut failure: Option<EngineError> = None;
    for Worked { result, outcome } in all {
        // The others end as if they were cancelled when one fails: its own error says more.
        failure = match (failure, result.err()) {
            (None | Some(EngineError::Cancelled), Some(error)) => Some(error),
            (failure, _) => failure,
        };
        match &mut joined {
            None => joined = Some(outcome),
            Some(joined) => {
                joined.sessions += outcome.sessions;
                joined.segments.extend(outcome.segments);
                for (name, count) in outcome.counters {
                    *joined.counters.entry(name).or_default() += count;
                }
            }
        }
    }
    let joined = joined.unwrap_or_default();
    match failure {
        None => Ok(joined),
        Some(error) => Err((error, joined.segments)),
    }
}

/// The packets of one worker among all.
struct Share<'w> {
    own: Inline<'w, SegmentSink>,
    number: u64,
    workers: u64,
    tracking: SessionIdTracking,
}

impl PacketTarget for Share<'_> {
    #[inline]
    fn packet(&mut self, frame: Frame<'_>, decoded: &Decoded, meta: &PacketMeta) -> Result<(), EngineError> {
        if self.workers > 1 && flow_hash(decoded, self.tracking) % self.workers != self.number {
            return Ok(());
        }
        self.own.packet(frame, decoded, meta)
    }
    fn undecodable(&mut self, layer: &'static str, reason: &'static str) {
        if self.number == 0 {
            self.own.undecodable(layer, reason);
        }
    }
    fn sessions(&self) -> u64 {
        self.own.sessions()
    }
}

/// Removes written segments that nobody will use.
pub fn remove_segments(directory: &Path, segments: &[SegmentInfo]) {
    for segment in segments {
        // A file that stays is an orphan: start-up removes it, for no catalogue row names it.
        let _ = std::fs::remove_file(directory.join(&segment.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_more_than_those_that_ended_because_of_it() {
        let worked = |error| Worked { result: Err(error), outcome: StreamOutcome::default() };
        let full = || worked(EngineError::DiskFull { path: "a".to_owned() });
        let cancelled = || worked(EngineError::Cancelled);
        for all in [vec![full(), cancelled()], vec![cancelled(), full()], vec![full(), Worked::panicked()]] {
            assert!(matches!(joined(all), Err((EngineError::DiskFull { .. }, _))));
        }
        assert!(matches!(joined(vec![cancelled(), cancelled()]), Err((EngineError::Cancelled, _))));
    }
}
