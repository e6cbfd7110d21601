//! The one thread that orders a stream.

use super::clock_watch::{ClockSteps, ClockWatch};
use super::flusher::FlushRows;
use super::losses::LossLog;
use super::packet_directory::Records;
use super::packet_files::PacketFiles;
use super::pipeline::{Ordered, Pipeline, Stored, WorkerFlush};
use super::saving::{Chosen, Saving};
use super::stores::Stores;
use super::{LiveFile, Message};
use crate::error::EngineError;
use crate::worker::Counters;
use crossbeam_channel::Receiver;
use lookback_capture::Batch;
use lookback_capture::batch::records;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Time within which a packet that came is pushed, nanoseconds: a quiet link is complete up to then.
const PUSHED_WITHIN: i64 = 2_000_000_000;

/// The stream thread's part of a flush.
pub struct StreamFlush {
    pub(super) files: Vec<(LiveFile, File)>,
    /// One of each worker.
    pub(super) replies: Receiver<Result<WorkerFlush, EngineError>>,
    pub(super) workers: usize,
    pub(super) next_ordinal: u64,
    /// Number of the first packet that a datagram needs which waits for fragments, where this thread joins them.
    pub(super) oldest_fragment: Option<u64>,
    pub(super) delivered_until_ns: Option<i64>,
    pub(super) write_failure: Option<String>,
    pub(super) refusals: Vec<String>,
    pub(super) clock: ClockSteps,
    pub(super) counters: Counters,
}

/// The one thread that orders a stream: it gives packets their numbers, stores them, and passes them on.
pub(super) struct StreamThread {
    /// None with `pcapWriteMethod=null`: packets are indexed and not kept.
    pub(super) files: Option<PacketFiles>,
    pub(super) saving: Option<Saving>,
    pub(super) pipeline: Pipeline,
    pub(super) link_type: u16,
    /// By source.
    pub(super) origins: Vec<u16>,
    pub(super) ordinal: u64,
    pub(super) stores: Arc<Vec<Stores>>,
    pub(super) losses: Arc<LossLog>,
    /// Whether packets have times that were given to them elsewhere: those say nothing of how old a file is.
    pub(super) times_are_given: bool,
    pub(super) clock: ClockWatch,
    /// Whether packets are pushed: whoever pushes gives all it has before it flushes.
    pub(super) is_pushed: bool,
    /// By source: it has given every packet before this time, nanoseconds since 1970.
    pub(super) delivered_until: Vec<Option<i64>>,
    pub(super) write_failure: Option<String>,
}

impl StreamThread {
    pub(super) fn run(mut self, messages: &Receiver<Message>) {
        let mut failure: Option<EngineError> = None;
        for message in messages {
            match message {
                // Sources and flushes do not wait for workers that are gone: they are told, until whoever captures ends it.
                Message::Packets { source, batch } if failure.is_some() => self.lose(source, &batch),
                Message::Packets { source, batch } => failure = self.packets(source, batch).err(),
                Message::Quiet { source, until_ns } => self.delivered(source, until_ns),
                Message::End => break,
                Message::FileNumbers(after) => {
                    if let Some(files) = &mut self.files {
                        files.numbers().add(after);
                    }
                }
                Message::Flush { now_ns, mark, rows, reply } => {
                    let flush = match &failure {
                        Some(error) => Err(EngineError::Worker(error.to_string())),
                        None => self.flush(now_ns, mark, rows),
                    };
                    let _ = reply.send(flush);
                }
            }
        }
        self.pipeline.join();
    }

    /// Counts a batch that nobody takes.
    fn lose(&self, source: usize, batch: &Batch) {
        if let Some(stores) = self.stores.get(source) {
            stores.lost.fetch_add(u64::from(batch.packets()), Ordering::Relaxed);
        }
        let mut times_ns = records(batch.records()).map(|record| record.timestamp_ns);
        if let Some(first_ns) = times_ns.next() {
            let last_ns = times_ns.last().unwrap_or(first_ns);
            self.losses.note(first_ns.div_euclid(1000), last_ns.div_euclid(1000));
        }
    }

    fn packets(&mut self, source: usize, batch: Batch) -> Result<(), EngineError> {
        let count = u64::from(batch.packets());
        let mut times = records(batch.records()).map(|record| record.timestamp_ns);
        let first_ns = times.next().unwrap_or(0);
        let last_ns = times.last().unwrap_or(first_ns);
        let first_ordinal = self.ordinal;
        let link_type = self.link_type;
        let origin = self.origins.get(source).copied().unwrap_or(0);
        let add = |stores: &[Stores], number: fn(&Stores) -> &AtomicU64, count: u64| {
            if let Some(stores) = stores.get(source) {
                number(stores).fetch_add(count, Ordering::Relaxed);
            }
        };
        let Some(files) = &mut self.files else {
            self.ordinal += count;
            add(&self.stores, |stores| &stores.by_rule, count);
            self.pipeline.packets(Stored {
                batch,
                source,
                origin,
                link_type,
                place: None,
                saved: None,
                first_ordinal,
            })?;
            self.delivered(source, last_ns);
            return Ok(());
        };
        let chosen = self.saving.as_mut().and_then(|saving| saving.choose(&batch));
        let (saved, kept, records) = match chosen {
            Some(Chosen { records, saved }) => {
                let kept = saved.iter().filter(|saved| **saved).count() as u64;
                (Some(saved), kept, Records::Chosen(Arc::new(records)))
            }
            None => (None, count, Records::Batch(batch.clone())),
        };
        add(&self.stores, |stores| &stores.by_rule, count - kept);
        match if kept > 0 { files.append(&records, first_ordinal, origin).map(Some) } else { Ok(None) } {
            Ok(place) => {
                self.ordinal += kept;
                add(&self.stores, |stores| &stores.stored, kept);
                self.pipeline.packets(Stored {
                    batch,
                    source,
                    origin,
                    link_type,
                    place,
                    saved,
                    first_ordinal,
                })?;
            }
            Err(error) => {
                add(&self.stores, |stores| &stores.lost_to_disk, kept);
                self.losses.note(first_ns.div_euclid(1000), last_ns.div_euclid(1000));
                self.write_failure = Some(error.to_string());
            }
        }
        self.delivered(source, last_ns);
        Ok(())
    }

    fn delivered(&mut self, source: usize, until_ns: i64) {
        if let Some(until) = self.delivered_until.get_mut(source) {
            *until = Some(until.map_or(until_ns, |before| before.max(until_ns)));
        }
    }

    fn flush(&mut self, now_ns: i64, mark: bool, rows: FlushRows) -> Result<StreamFlush, EngineError> {
        self.clock.look();
        if self.is_pushed {
            self.delivered(0, now_ns - PUSHED_WITHIN);
        }
        let files = match &mut self.files {
            Some(files) => {
                if rows == FlushRows::Closing {
                    files.close();
                } else if !self.times_are_given {
                    files.close_old(now_ns);
                }
                files.changed()?
            }
            None => Vec::new(),
        };
        // The slowest source decides.
        let delivered = self.delivered_until.iter().copied().min().flatten();
        // A session is over when its packets have not come, and not while they are still to be read.
        let has_all = self.is_pushed || self.times_are_given;
        let quiet_ns = if has_all { now_ns } else { delivered.map_or(i64::MIN, |until| until.min(now_ns)) };
        let Ordered { replies, oldest_fragment } = self.pipeline.flush(quiet_ns, mark, rows)?;
        let mut counters = Counters::new();
        self.pipeline.count_into(&mut counters);
        Ok(StreamFlush {
            files,
            replies,
            workers: self.pipeline.workers(),
            next_ordinal: self.ordinal,
            oldest_fragment,
            delivered_until_ns: delivered,
            write_failure: self.write_failure.take(),
            refusals: self.files.as_mut().map(PacketFiles::refusals).unwrap_or_default(),
            clock: self.clock.steps(),
            counters,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::pipeline::Shared;
    use super::*;
    use crossbeam_channel::{bounded, unbounded};
    use lookback_capture::batch::BatchPool;

    #[test]
    fn packets_that_come_when_a_worker_is_gone_are_counted_with_their_time() {
        let batch = |first_s: i64| {
            let mut batch = BatchPool::new(1).take().expect("a buffer");
            for second in first_s..first_s + 3 {
                assert!(batch.push(second * 1_000_000_000, 60, 60, &[&[0; 60]]));
            }
            batch
        };
        let stores = Arc::new(vec![Stores::default(), Stores::default()]);
        let losses = Arc::new(LossLog::default());
        let shared =
            Shared { losses: Arc::clone(&losses), stores: Arc::clone(&stores), times_are_given: false };
        let thread = StreamThread {
            files: None,
            saving: None,
            pipeline: Pipeline::of_a_dead_worker(shared),
            link_type: 1,
            origins: vec![0, 0],
            ordinal: 0,
            stores: Arc::clone(&stores),
            losses: Arc::clone(&losses),
            times_are_given: false,
            clock: ClockWatch::default(),
            is_pushed: false,
            delivered_until: vec![None, None],
            write_failure: None,
        };
        let (sender, messages) = unbounded();
        let (reply, flushed) = bounded(1);
        let flush = Message::Flush { now_ns: 0, mark: false, rows: FlushRows::Due, reply };
        let packets = |source, first_s| Message::Packets { source, batch: batch(first_s) };
        for message in
            [packets(0, 100), packets(1, 200), packets(1, 300), flush, packets(0, 400), Message::End]
        {
            sender.send(message).expect("a thread");
        }
        thread.run(&messages);
        assert!(matches!(flushed.recv(), Ok(Err(EngineError::Worker(_)))));
        let lost: Vec<u64> = stores.iter().map(|stores| stores.lost.load(Ordering::Relaxed)).collect();
        // The first batch was taken before it was known.
        assert_eq!(lost, [3, 6]);
        let touched = [200, 203, 301, 402, 403].map(|s: i64| losses.touches(s * 1_000_000, s * 1_000_000));
        assert_eq!(touched, [true, false, true, true, false]);
    }
}
