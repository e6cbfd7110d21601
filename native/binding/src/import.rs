//! Imports, replays and dissections on threads of their own.

use crate::errors::{coded, contained, to_napi};
use crate::segments::NativeSegment;
use crate::settings::NativeSettings;
use lookback_engine::import::{ImportOptions, import};
use lookback_engine::origins::Origins;
use lookback_engine::standard_input::StandardInput;
use lookback_engine::stream::{Progress, StreamFile, StreamOutcome, StreamSource, Warning};
use lookback_engine::{EngineError, copy, dissect};
use lookback_flow::replay::Replay;
use napi::bindgen_prelude::{AsyncTask, Buffer, Env};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Status, Task};
use napi_derive::napi;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One file of a stream.
#[napi(object, use_nullable = true)]
#[derive(Clone)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeStreamFile {
    pub path: String,
    pub file_id: u32,
    pub first_ordinal: f64,
}

/// What to import: files of one stream.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeImportOptions {
    pub files: Vec<NativeStreamFile>,
    /// 32 hex digits.
    pub stream: String,
    pub settings: NativeSettings,
    pub segment_directory: String,
    pub batch_rows: u32,
    /// Set when a stream is replayed.
    pub replay: Option<NativeReplay>,
    /// Set when the stream was captured: when packets of it were lost.
    pub losses: Option<Vec<NativeLoss>>,
}

/// A span in which packets were lost.
#[napi(object)]
#[derive(Clone)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeLoss {
    pub from_ms: f64,
    pub until_ms: f64,
}

impl NativeLoss {
    /// Microseconds since 1970, both ends included.
    fn us(&self) -> (i64, i64) {
        ((self.from_ms * 1_000.0) as i64, (self.until_ms * 1_000.0) as i64 + 999)
    }
}

/// What of a stream is known already.
#[napi(object)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeReplay {
    pub from: f64,
    pub known_until: f64,
    /// As a flush gave them.
    pub open: Buffer,
}

impl NativeReplay {
    fn filter(&self) -> Replay {
        let open = lookback_engine::live::mark::decode_open(&self.open).into_iter().collect();
        Replay { from: self.from as u64, known_until: self.known_until as u64, open }
    }
}

/// How far an import is.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeProgress {
    pub packets: f64,
    pub bytes: f64,
    pub total_bytes: f64,
    pub sessions: f64,
}

/// A reader's warning.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeWarning {
    pub name: String,
    pub count: f64,
    pub first_offset: Option<f64>,
}

/// What an import made.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeImportResult {
    pub format: String,
    pub link_types: Vec<u32>,
    pub packets: f64,
    pub file_bytes: f64,
    pub captured_bytes: f64,
    pub sessions: f64,
    pub first_packet_ms: Option<f64>,
    pub last_packet_ms: Option<f64>,
    pub segments: Vec<NativeSegment>,
    pub warnings: Vec<NativeWarning>,
    pub counters: HashMap<String, f64>,
}

impl From<Warning> for NativeWarning {
    fn from(warning: Warning) -> Self {
        Self {
            name: warning.name,
            count: warning.count as f64,
            first_offset: warning.first_offset.map(|offset| offset as f64),
        }
    }
}

impl From<StreamOutcome> for NativeImportResult {
    fn from(outcome: StreamOutcome) -> Self {
        let milliseconds = |ns: i64| ns.div_euclid(1_000_000) as f64;
        Self {
            format: outcome.format.to_owned(),
            link_types: outcome.link_types.iter().map(|link| u32::from(*link)).collect(),
            packets: outcome.packets as f64,
            file_bytes: outcome.file_bytes as f64,
            captured_bytes: outcome.captured_bytes as f64,
            sessions: outcome.sessions as f64,
            first_packet_ms: outcome.first_packet_ns.map(milliseconds),
            last_packet_ms: outcome.last_packet_ns.map(milliseconds),
            segments: outcome.segments.iter().map(NativeSegment::from).collect(),
            warnings: outcome.warnings.into_iter().map(NativeWarning::from).collect(),
            counters: outcome.counters.into_iter().map(|(name, count)| (name, count as f64)).collect(),
        }
    }
}

/// Reports numbers to JavaScript without waiting for it.
pub type ProgressCallback = ThreadsafeFunction<NativeProgress, (), NativeProgress, Status, false>;

/// A flag that ends a run.
#[napi]
#[derive(Clone, Default)]
pub struct CancelFlag {
    flag: Arc<AtomicBool>,
}

#[napi]
impl CancelFlag {
    /// A flag that is not set.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }
    /// The flag itself.
    pub(crate) fn shared(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }
    /// Ends the run at its next look; it rejects with QUERY_CANCELLED and leaves nothing behind.
    #[napi]
    pub fn cancel(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }
}

/// 16 bytes from 32 hex digits.
pub fn stream_identity(hex: &str) -> napi::Result<[u8; 16]> {
    let mut identity = [0; 16];
    let wrong =
        || coded("BAD_INPUT", "a stream identity is 32 hex digits", &serde_json::json!({ "value": hex }));
    if hex.len() != 32 || !hex.is_ascii() {
        return Err(wrong());
    }
    for (at, byte) in identity.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).map_err(|_| wrong())?;
    }
    Ok(identity)
}

/// An import on a thread of libuv's pool.
pub struct ImportTask {
    options: NativeImportOptions,
    cancel: Arc<AtomicBool>,
    progress: ProgressCallback,
}

/// Runs `work`; a panic becomes an error, never the end of the process.
fn guarded<T>(work: impl FnOnce() -> Result<T, EngineError>) -> napi::Result<T> {
    contained("nothing it made is used", || work().map_err(|error| to_napi(&error)))
}

impl NativeImportOptions {
    fn engine(&self) -> napi::Result<ImportOptions> {
        let mut settings = self.settings.engine()?;
        settings.flow.replay = self.replay.as_ref().map(|replay| Arc::new(replay.filter()));
        let file = |file: &NativeStreamFile| StreamFile {
            path: PathBuf::from(&file.path),
            file: file.file_id,
            first_ordinal: file.first_ordinal as u64,
        };
        Ok(ImportOptions {
            files: self.files.iter().map(file).collect(),
            stream: stream_identity(&self.stream)?,
            segments: PathBuf::from(&self.segment_directory),
            batch_rows: self.batch_rows as usize,
            losses: self.losses.as_ref().map(|spans| spans.iter().map(NativeLoss::us).collect()),
            settings,
        })
    }
}

impl Task for ImportTask {
    type Output = StreamOutcome;
    type JsValue = NativeImportResult;

    fn compute(&mut self) -> napi::Result<StreamOutcome> {
        // Settings read databases of places, and compile filters.
        let options = contained("nothing was imported", || self.options.engine())?;
        let mut report = |progress: Progress| {
            let progress = NativeProgress {
                packets: progress.packets as f64,
                bytes: progress.bytes as f64,
                total_bytes: progress.total_bytes as f64,
                sessions: progress.sessions as f64,
            };
            // A report that does not fit the queue is dropped; a later one says more.
            self.progress.call(progress, ThreadsafeFunctionCallMode::NonBlocking);
        };
        guarded(|| import(&options, &self.cancel, &mut report))
    }
    fn resolve(&mut self, _env: Env, output: StreamOutcome) -> napi::Result<NativeImportResult> {
        Ok(output.into())
    }
}

/// Imports the files of one stream: segments are written and renamed, but in no catalogue yet.
#[napi(ts_return_type = "Promise<NativeImportResult>")]
pub fn import_stream(
    options: NativeImportOptions,
    cancel: &CancelFlag,
    progress: ProgressCallback,
) -> AsyncTask<ImportTask> {
    AsyncTask::new(ImportTask { options, cancel: cancel.flag.clone(), progress })
}

/// What was copied of a capture.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeCopy {
    pub bytes: f64,
    pub is_damaged: bool,
}

/// A copy on a thread of libuv's pool.
pub struct CopyTask {
    source: String,
    destination: String,
    cancel: Arc<AtomicBool>,
    progress: ThreadsafeFunction<f64, (), f64, Status, false>,
}

impl Task for CopyTask {
    type Output = copy::Copied;
    type JsValue = NativeCopy;

    fn compute(&mut self) -> napi::Result<copy::Copied> {
        let mut report = |bytes: u64| {
            self.progress.call(bytes as f64, ThreadsafeFunctionCallMode::NonBlocking);
        };
        guarded(|| {
            copy::copy_plain(
                &self.source,
                PathBuf::from(&self.destination).as_path(),
                &self.cancel,
                &mut report,
            )
        })
    }
    fn resolve(&mut self, _env: Env, output: copy::Copied) -> napi::Result<NativeCopy> {
        Ok(NativeCopy { bytes: output.bytes as f64, is_damaged: output.is_damaged })
    }
}

/// Copies a capture (`-` is standard input), decompressed, to a new file.
#[napi(ts_return_type = "Promise<NativeCopy>")]
pub fn copy_capture(
    source: String,
    destination: String,
    cancel: &CancelFlag,
    progress: ThreadsafeFunction<f64, (), f64, Status, false>,
) -> AsyncTask<CopyTask> {
    AsyncTask::new(CopyTask { source, destination, cancel: cancel.flag.clone(), progress })
}

/// What a capture file is, found without reading it whole.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeCaptureIdentity {
    /// 32 hex digits; empty when compressed, for it is known only once the file is copied.
    pub stream: String,
    /// `none`, `gzip`, `zstd` or `lz4`.
    pub compression: String,
    pub bytes: f64,
}

/// Looks at a capture file.
#[napi(ts_return_type = "Promise<NativeCaptureIdentity>")]
pub fn identify_capture(path: String) -> AsyncTask<IdentifyTask> {
    AsyncTask::new(IdentifyTask { path })
}

/// An identification on a thread of libuv's pool.
pub struct IdentifyTask {
    path: String,
}

impl Task for IdentifyTask {
    type Output = NativeCaptureIdentity;
    type JsValue = NativeCaptureIdentity;

    fn compute(&mut self) -> napi::Result<NativeCaptureIdentity> {
        guarded(|| {
            let path = PathBuf::from(&self.path);
            let wrong = |error| EngineError::capture(&self.path, error);
            let compression = lookback_pcapfile::compression_of(&path).map_err(wrong)?;
            let stream = match compression {
                "none" => lookback_pcapfile::identity_of_file(&path)
                    .map_err(wrong)?
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
                _ => String::new(),
            };
            let bytes = path.metadata().map_err(|error| EngineError::io(&path, error))?.len() as f64;
            Ok(NativeCaptureIdentity { stream, compression: compression.to_owned(), bytes })
        })
    }
    fn resolve(&mut self, _env: Env, output: NativeCaptureIdentity) -> napi::Result<NativeCaptureIdentity> {
        Ok(output)
    }
}

/// The sessions of a capture.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeDissection {
    pub documents: String,
    pub warnings: Vec<NativeWarning>,
}

/// A dissection on a thread of libuv's pool.
pub struct DissectTask {
    path: String,
    settings: NativeSettings,
}

impl Task for DissectTask {
    type Output = NativeDissection;
    type JsValue = NativeDissection;

    fn compute(&mut self) -> napi::Result<NativeDissection> {
        let settings = contained("nothing was read", || self.settings.engine())?;
        guarded(|| {
            let source = if self.path == "-" {
                let unreadable = |error| EngineError::capture("-", error);
                let input = StandardInput::open().map_err(|error| unreadable(error.into()))?;
                let reader = lookback_pcapfile::Reader::from_read(Box::new(input)).map_err(unreadable)?;
                StreamSource {
                    name: "-".to_owned(),
                    file: 1,
                    first_ordinal: 0,
                    reader,
                    bytes: 0,
                    origins: Origins::default(),
                }
            } else {
                StreamFile { path: PathBuf::from(&self.path), file: 1, first_ordinal: 0 }.open()?
            };
            let dissection = dissect::dissect(source, &settings, [0; 16])?;
            Ok(NativeDissection {
                documents: dissection.documents(&settings)?,
                warnings: dissection.warnings.into_iter().map(NativeWarning::from).collect(),
            })
        })
    }
    fn resolve(&mut self, _env: Env, output: NativeDissection) -> napi::Result<NativeDissection> {
        Ok(output)
    }
}

/// The sessions of a capture (`-` is standard input) as `{"sessions3":[{"body":{...}}]}`.
#[napi(ts_return_type = "Promise<NativeDissection>")]
pub fn dissect_capture(path: String, settings: NativeSettings) -> AsyncTask<DissectTask> {
    AsyncTask::new(DissectTask { path, settings })
}

/// The field catalogue of this build: the text of `schema/fields.json`.
#[napi]
pub fn field_catalogue() -> String {
    lookback_engine::fields::catalogue_json()
}
