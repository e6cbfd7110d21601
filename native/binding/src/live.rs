//! A live stream. Calls run on the caller's thread: batches are small, and the capture process does nothing else.

use crate::errors::{coded, to_napi};
use crate::import::stream_identity;
use crate::segments::NativeSegment;
use crate::settings::NativeSettings;
use lookback_engine::EngineError;
use lookback_engine::live::{LiveEngine, LiveFlush, LiveOptions};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::collections::HashMap;
use std::path::PathBuf;

/// What a live stream is.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeLiveOptions {
    pub settings: NativeSettings,
    pub segment_directory: String,
    pub packet_directory: String,
    pub link_type: u32,
    pub snaplen: u32,
    /// 32 hex digits.
    pub stream: String,
    pub first_ordinal: f64,
    pub next_file_id: u32,
    pub nanosecond: bool,
    pub max_file_bytes: f64,
    pub max_file_seconds: u32,
}

/// A packet file of the stream.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeLiveFile {
    pub file_id: u32,
    pub path: String,
    pub packets: f64,
    pub bytes: f64,
    pub first_ms: f64,
    pub last_ms: f64,
    pub first_ordinal: f64,
    pub open: bool,
}

/// What became durable.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeLiveFlush {
    pub files: Vec<NativeLiveFile>,
    pub segments: Vec<NativeSegment>,
    pub replay_from_ordinal: Option<f64>,
    pub open_ordinals: Vec<f64>,
    pub complete_until_ms: Option<f64>,
    pub next_ordinal: f64,
    pub open_sessions: f64,
    pub counters: HashMap<String, f64>,
}

/// One live stream; `close` ends it.
#[napi]
pub struct LiveCapture {
    engine: Option<LiveEngine>,
}

#[napi]
impl LiveCapture {
    /// Opens the stream.
    #[napi(constructor)]
    pub fn new(options: NativeLiveOptions) -> napi::Result<Self> {
        let engine = LiveEngine::open(LiveOptions {
            settings: options.settings.engine()?,
            segments: PathBuf::from(options.segment_directory),
            packets: PathBuf::from(options.packet_directory),
            link_type: options.link_type as u16,
            snaplen: options.snaplen,
            stream: stream_identity(&options.stream)?,
            first_ordinal: options.first_ordinal as u64,
            next_file: options.next_file_id,
            nanosecond: options.nanosecond,
            max_file_bytes: options.max_file_bytes as u64,
            max_file_seconds: i64::from(options.max_file_seconds),
        });
        Ok(Self { engine: Some(engine) })
    }

    fn run<T>(&mut self, work: impl FnOnce(&mut LiveEngine) -> Result<T, EngineError>) -> napi::Result<T> {
        let Some(engine) = self.engine.as_mut() else {
            return Err(coded("SHUTTING_DOWN", "this live capture is closed", &serde_json::json!({})));
        };
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(engine))) {
            Ok(result) => result.map_err(|error| to_napi(&error)),
            Err(_) => {
                self.engine = None;
                Err(coded(
                    "INTERNAL",
                    "the capture core panicked; packets on disk are replayed at the next start",
                    &serde_json::json!({}),
                ))
            }
        }
    }

    /// Takes a batch of packets, each as u64 timestamp (ns), u32 original length, u32 captured length (little-endian),
    /// bytes. Returns how many were taken.
    #[napi]
    pub fn push(&mut self, batch: Buffer) -> napi::Result<f64> {
        self.run(|engine| engine.push(&batch)).map(|count| count as f64)
    }

    /// Closes idle sessions by the wall clock.
    #[napi]
    pub fn tick(&mut self, now_ms: f64) -> napi::Result<()> {
        self.run(|engine| {
            engine.tick((now_ms * 1e6) as i64);
            Ok(())
        })
    }

    /// Makes packets durable and writes rows of closed sessions.
    #[napi]
    pub fn flush(&mut self) -> napi::Result<NativeLiveFlush> {
        self.run(|engine| engine.flush().map(|flush| native_flush(flush, engine.open_sessions())))
    }

    /// Closes every session and file; the object is of no use afterwards.
    #[napi]
    pub fn close(&mut self) -> napi::Result<NativeLiveFlush> {
        let flush = self.run(|engine| engine.close().map(|flush| native_flush(flush, 0)))?;
        self.engine = None;
        Ok(flush)
    }
}

fn native_flush(flush: LiveFlush, open_sessions: usize) -> NativeLiveFlush {
    let milliseconds = |ns: i64| ns.div_euclid(1_000_000) as f64;
    NativeLiveFlush {
        files: flush
            .files
            .into_iter()
            .map(|file| NativeLiveFile {
                file_id: file.file,
                path: file.path.display().to_string(),
                packets: file.packets as f64,
                bytes: file.bytes as f64,
                first_ms: milliseconds(file.first_ns),
                last_ms: milliseconds(file.last_ns),
                first_ordinal: file.first_ordinal as f64,
                open: file.open,
            })
            .collect(),
        segments: flush.segments.iter().map(NativeSegment::from).collect(),
        replay_from_ordinal: flush.replay_from_ordinal.map(|ordinal| ordinal as f64),
        open_ordinals: flush.open_ordinals.into_iter().map(|ordinal| ordinal as f64).collect(),
        complete_until_ms: flush.complete_until_ns.map(milliseconds),
        next_ordinal: flush.next_ordinal as f64,
        open_sessions: open_sessions as f64,
        counters: flush.counters.into_iter().map(|(name, count)| (name, count as f64)).collect(),
    }
}
