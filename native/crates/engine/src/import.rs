//! A capture file, or a run of our own packet files, into segments.
//!
//! Several workers go through the same batches, each at its own pace, and each handles the flows that are its own. Nobody's
//! work is to read, so nobody waits for a reader: whose packets a batch holds is found out by who comes first to it.

use crate::error::EngineError;
use crate::live::losses::LossLog;
use crate::origins::Origins;
use crate::segment_sink::SegmentSink;
use crate::settings::EngineSettings;
use crate::stream::{Inline, Progress, Sources, StreamFile, StreamOutcome, StreamSource, Watch, read_stream};
use crate::stream_batches::{Own, Sharing, read_batches, share_packets};
use crate::worker::Worker;
use lookback_flow::identity::StreamIdentity;
use lookback_segment::SegmentInfo;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Most workers.
const MOST_WORKERS: usize = 24;
/// Bytes of bodies that wait in a worker at most until there are enough to hash side by side: as many as fill the processor.
const MAX_WAITING_BODY_BYTES: usize = 64 << 20;

/// What to read and where to write.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The files of the stream, in order.
    pub files: Vec<StreamFile>,
    /// Identity of the stream.
    pub stream: StreamIdentity,
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
    let (sources, total_bytes) = sources(options);
    let packets = if workers == 1 {
        vec![Packets::Alone(sources, total_bytes)]
    } else {
        let sharing = Sharing { workers, tracking: options.settings.flow.tracking };
        let shared = share_packets(sources, total_bytes, sharing);
        shared.into_iter().map(Packets::Shared).collect()
    };
    let losses = options.losses.as_deref().map(|spans| Arc::new(LossLog::of(spans)));
    let failed = AtomicBool::new(false);
    let is_cancelled = || cancel.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed);
    let saved: Vec<AtomicU64> = (0..workers).map(|_| AtomicU64::new(0)).collect();
    let run = |number: usize, packets: Packets, progress: &mut dyn FnMut(Progress)| {
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
        let worked = work(options, packets, losses.clone(), number, &mut watch);
        if worked.result.is_err() {
            failed.store(true, Ordering::Relaxed);
        }
        worked
    };
    let all = std::thread::scope(|scope| {
        let run = &run;
        let mut packets = packets.into_iter();
        let own = packets.next();
        let others: Vec<_> = (1..workers)
            .zip(packets)
            .map(|(number, packets)| scope.spawn(move || run(number, packets, &mut |_| {})))
            .collect();
        let first = own.map_or_else(Worked::panicked, |packets| run(0, packets, progress));
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

/// Where a worker gets packets.
enum Packets {
    /// It reads them.
    Alone(Sources<'static>, u64),
    /// Who comes first reads them.
    Shared(Own),
}

/// The files, as far as they go now (others may append to them), and the bytes of all.
fn sources(options: &ImportOptions) -> (Sources<'static>, u64) {
    let interfaces = options.settings.interfaces.clone();
    let files: Vec<(StreamFile, u64)> = options.files.iter().map(|file| (file.clone(), file.end())).collect();
    let total_bytes = files.iter().map(|(_, end)| *end).filter(|end| *end < u64::MAX).sum();
    let open = move |(file, end): (StreamFile, u64)| {
        let origins = Origins::read(&file.path, &interfaces);
        Ok(StreamSource { origins, ..file.open_until(end)? })
    };
    (Box::new(files.into_iter().map(open)), total_bytes)
}

/// Handles the flows of worker `number`.
fn work(
    options: &ImportOptions,
    packets: Packets,
    losses: Option<Arc<LossLog>>,
    number: usize,
    watch: &mut Watch<'_>,
) -> Worked {
    let ImportOptions { settings, stream, .. } = options;
    let mut settings = settings.clone();
    // Nothing is lost while a packet of a file waits.
    settings.flow.max_waiting_bytes_of_a_body = usize::MAX;
    settings.flow.max_waiting_body_bytes = MAX_WAITING_BODY_BYTES;
    settings.flow.rows_wait_for_digests = true;
    let mut outcome = StreamOutcome::default();
    let sink = SegmentSink::new(options.segments.clone(), settings.node.clone(), *stream);
    let mut worker = Worker::new(&settings, *stream, options.batch_rows, sink);
    if let Some(losses) = losses {
        worker = worker.with_losses(losses);
    }
    let mut target = Inline { worker: &mut worker };
    let read = match packets {
        Packets::Alone(sources, total_bytes) => {
            read_stream(sources, total_bytes, &settings, watch, &mut outcome, &mut target)
        }
        Packets::Shared(own) => read_batches(own, &settings, watch, &mut outcome, target),
    };
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

/// Removes written segments that nobody will use; not those that took the place of their equals, which somebody may use.
pub fn remove_segments(directory: &Path, segments: &[SegmentInfo]) {
    for segment in segments.iter().filter(|segment| !segment.replaced) {
        // A file that stays is an orphan: start-up removes it, for no catalogue row names it.
        let _ = std::fs::remove_file(directory.join(&segment.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_that_took_the_place_of_its_equal_is_left() {
        let directory = std::env::temp_dir().join(format!("lookback-removed-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        let written = |path: &str, replaced| {
            std::fs::write(directory.join(path), b"").expect("a file");
            SegmentInfo { path: path.to_owned(), replaced, ..SegmentInfo::default() }
        };
        remove_segments(&directory, &[written("new", false), written("equal", true)]);
        assert_eq!([directory.join("new").exists(), directory.join("equal").exists()], [false, true]);
        std::fs::remove_dir_all(&directory).expect("removed");
    }

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
