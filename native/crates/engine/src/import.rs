//! A capture file, or a run of our own packet files, into segments.

use crate::error::EngineError;
use crate::fan_out::{FanOut, PacketBatch, lane, take_batch};
use crate::segment_sink::SegmentSink;
use crate::settings::EngineSettings;
use crate::stream::{Inline, Progress, StreamFile, StreamOutcome, StreamSource, Watch, read_stream};
use crate::worker::Worker;
use crossbeam_channel::Receiver;
use lookback_flow::identity::StreamIdentity;
use lookback_segment::SegmentInfo;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

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

/// Reads the files and writes segments. On an error or cancellation the segments written so far are removed.
///
/// # Errors
/// See [`EngineError`].
pub fn import(
    options: &ImportOptions,
    cancel: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<StreamOutcome, EngineError> {
    let sink = || SegmentSink::new(options.segments.clone(), options.settings.node.clone(), options.stream);
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

fn run_worker(
    mut worker: Worker<SegmentSink>,
    batches: &Receiver<PacketBatch>,
) -> (Result<(), EngineError>, Worker<SegmentSink>) {
    for batch in batches {
        if let Err(error) = take_batch(&mut worker, &batch) {
            return (Err(error), worker);
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
        let (lanes, receivers): (Vec<_>, Vec<_>) = (0..workers).map(|_| lane()).unzip();
        let handles: Vec<_> = receivers
            .into_iter()
            .map(|receiver| {
                let worker = Worker::new(&options.settings, options.stream, options.batch_rows, sink());
                scope.spawn(move || run_worker(worker, &receiver))
            })
            .collect();
        let mut target = FanOut::new(&options.settings, lanes, |batch| batch);
        let result =
            read_stream(sources, options.first_ordinal, &options.settings, watch, outcome, &mut target);
        let mut result = result.and_then(|()| target.send_all());
        target.count_into(&mut outcome.counters);
        drop(target);
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
