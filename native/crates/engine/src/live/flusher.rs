//! Making a stream durable from any thread: packets first, then the rows that point at them.

use super::durable::{DURABLE_WITHIN, DurableDirectory, sync_all};
use super::mark::Mark;
use super::{LiveFile, LiveFlush, Message};
use crate::error::EngineError;
use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use lookback_segment::SegmentInfo;
use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A thread that does not answer a flush within this time is stuck.
pub(super) const ANSWER: Duration = Duration::from_secs(60);

/// Flushes a stream from any thread; one flush at a time.
#[derive(Clone)]
pub struct Flusher {
    pub(super) messages: Option<Sender<Message>>,
    pub(super) kept: Arc<Mutex<Kept>>,
    /// Time after which a thread that does not answer is stuck.
    pub(super) answer: Duration,
}

/// Which rows a flush writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlushRows {
    /// Those of closed sessions, and of those open for long.
    Due,
    /// Also those of at most 16,384 open sessions of each worker that have packets in no row, however new: whoever wants
    /// the latest packets asks for it.
    Open,
    /// All: every session and file is closed.
    Closing,
}

/// What a flush that failed had drained already; the next one tells it.
#[derive(Default)]
pub(super) struct Kept {
    /// A thread was stuck: nobody waits for it again.
    is_stuck: bool,
    files: Vec<(LiveFile, File)>,
    /// Files that were made durable, or cannot be.
    told: Vec<LiveFile>,
    segments: Vec<SegmentInfo>,
    directories: Vec<DurableDirectory>,
}

impl Kept {
    /// Nothing is kept of files in these directories.
    pub(super) fn of(directories: Vec<DurableDirectory>) -> Self {
        Self { directories, ..Self::default() }
    }
}

impl Flusher {
    /// Makes packets durable, then the rows that `rows` asks for. `mark` asks for a replay mark.
    ///
    /// # Errors
    /// When something cannot be stored (it is tried again next time), or a thread is gone or stuck. After it was stuck once,
    /// every later flush fails at once.
    pub fn flush(&self, now_ns: i64, mark: bool, rows: FlushRows) -> Result<LiveFlush, EngineError> {
        let stuck = || {
            self.kept().is_stuck = true;
            EngineError::Worker(format!("a capture thread did not answer within {:?}", self.answer))
        };
        if self.kept().is_stuck {
            return Err(stuck());
        }
        self.flush_all(now_ns, mark, rows, &stuck)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flush_all(
        &self,
        now_ns: i64,
        mark: bool,
        rows: FlushRows,
        stuck: &dyn Fn() -> EngineError,
    ) -> Result<LiveFlush, EngineError> {
        let gone = || EngineError::Worker("the capture threads are gone".to_owned());
        let within = self.answer;
        let messages = self.messages.as_ref().ok_or_else(gone)?;
        let (reply, answer) = bounded(1);
        messages
            .send_timeout(Message::Flush { now_ns, mark, rows, reply }, within)
            .map_err(|error| if error.is_timeout() { stuck() } else { gone() })?;
        let stream = answer
            .recv_timeout(within)
            .map_err(|error| if error.is_timeout() { stuck() } else { gone() })??;
        self.kept().files.extend(stream.files);
        let mut flush = LiveFlush {
            next_ordinal: stream.next_ordinal,
            write_failure: stream.write_failure,
            refusals: stream.refusals,
            counters: stream.counters,
            ..LiveFlush::default()
        };
        let mut complete = stream.delivered_until_ns;
        let mut open = Vec::new();
        // A datagram that is not whole is in no session yet, and a replay needs all of it.
        let mut needed_from = stream.oldest_fragment;
        let mut failure = None;
        for _ in 0..stream.workers {
            let worker = match stream.replies.recv_timeout(within) {
                Ok(Ok(worker)) => worker,
                Ok(Err(error)) => {
                    failure = Some(error);
                    continue;
                }
                // Its sessions are in no row, and a mark would say that none were open.
                Err(RecvTimeoutError::Disconnected) => {
                    failure = Some(EngineError::Worker("a worker is gone".to_owned()));
                    break;
                }
                Err(RecvTimeoutError::Timeout) => return Err(stuck()),
            };
            self.kept().segments.extend(worker.segments);
            flush.open_sessions += worker.open_sessions;
            open.extend(worker.open_ordinals);
            needed_from = needed_from.into_iter().chain(worker.oldest_fragment).min();
            if let Some(since_us) = worker.unwritten_since_us {
                complete = Some(complete.map_or(since_us * 1000, |until| until.min(since_us * 1000)));
            }
            for (name, count) in worker.counters {
                *flush.counters.entry(name).or_default() += count;
            }
        }
        // One that was set back by much is seen in the packets' times, too.
        let back = flush.counters.entry("clock.setBack".to_owned()).or_default();
        *back = stream.clock.back.max(*back);
        flush.counters.insert("clock.setForward".to_owned(), stream.clock.forward);
        let mut kept = self.kept();
        // Rows are told only once the packets they point at are durable, or never will be.
        let files = std::mem::take(&mut kept.files);
        kept.told.extend(files.iter().map(|(info, _)| info.clone()));
        // A disk that fails costs the certainty that its packets survive, not the account of what passed.
        let failures = sync_all(&mut kept.directories, files, DURABLE_WITHIN);
        flush.not_durable = failures.iter().map(ToString::to_string).collect();
        if let Some(error) = failure {
            return Err(error);
        }
        flush.segments = std::mem::take(&mut kept.segments);
        flush.files = latest(std::mem::take(&mut kept.told));
        flush.complete_until_ns = complete;
        if mark {
            open.sort_unstable();
            flush.mark = Some(Mark {
                replay_from: open
                    .first()
                    .copied()
                    .into_iter()
                    .chain(needed_from)
                    .min()
                    .unwrap_or(stream.next_ordinal),
                known_until: stream.next_ordinal,
                open_ordinals: open,
            });
        }
        Ok(flush)
    }
}

/// The last word on each file.
fn latest(files: Vec<LiveFile>) -> Vec<LiveFile> {
    let latest: BTreeMap<u32, LiveFile> = files.into_iter().map(|info| (info.file, info)).collect();
    latest.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::pipeline::WorkerFlush;
    use crate::live::stream_thread::StreamFlush;
    use crate::worker::Counters;
    use crossbeam_channel::Receiver;

    fn watched() -> (Flusher, Receiver<Message>) {
        let (sender, messages) = bounded(1);
        let answer = Duration::from_millis(50);
        (Flusher { messages: Some(sender), kept: Arc::default(), answer }, messages)
    }

    fn told(flusher: &Flusher) -> String {
        flusher.flush(0, false, FlushRows::Due).map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn a_stream_that_is_stuck_is_noticed() {
        let (flusher, messages) = watched();
        // It takes the order and does not answer; then it takes none.
        assert!(told(&flusher).contains("did not answer within 50ms"), "{}", told(&flusher));
        assert_eq!(messages.len(), 1);
        // Nobody waits again: who ends the capture would.
        let again = Flusher { answer: Duration::MAX, ..flusher.clone() };
        assert!(told(&again).contains("did not answer"));
        let (gone, orders) = watched();
        drop(orders);
        assert!(told(&gone).contains("the capture threads are gone"));
    }

    /// Answers the next flush for a stream of so many workers.
    fn answered(
        messages: Receiver<Message>,
        workers: usize,
        replies: Receiver<Result<WorkerFlush, EngineError>>,
    ) -> std::thread::JoinHandle<()> {
        std::thread::spawn(move || {
            let Ok(Message::Flush { reply, .. }) = messages.recv() else { return };
            let flush = StreamFlush {
                files: Vec::new(),
                replies,
                workers,
                next_ordinal: 0,
                oldest_fragment: None,
                delivered_until_ns: None,
                write_failure: None,
                refusals: Vec::new(),
                clock: Default::default(),
                counters: Counters::new(),
            };
            let _ = reply.send(Ok(flush));
        })
    }

    #[test]
    fn a_worker_that_is_stuck_is_noticed() {
        let (flusher, messages) = watched();
        let (worker, replies) = bounded(1);
        let stream = answered(messages, 1, replies);
        assert!(told(&flusher).contains("did not answer within 50ms"));
        drop(worker);
        stream.join().expect("a stream");
    }

    #[test]
    fn a_worker_that_is_gone_fails_the_flush_and_keeps_what_others_wrote() {
        let (flusher, messages) = watched();
        let (worker, replies) = bounded(1);
        let written = SegmentInfo { path: "one".to_owned(), ..SegmentInfo::default() };
        worker.send(Ok(WorkerFlush { segments: vec![written], ..WorkerFlush::default() })).expect("room");
        drop(worker);
        let stream = answered(messages, 2, replies);
        assert!(told(&flusher).contains("a worker is gone"));
        stream.join().expect("a stream");
        assert_eq!(flusher.kept().segments.len(), 1);
    }
}
