//! A capture file into session documents, without an index.

use crate::error::EngineError;
use crate::settings::EngineSettings;
use crate::stream::{Inline, StreamOutcome, StreamSource, Warning, Watch, read_stream};
use crate::worker::{RowSink, Worker};
use lookback_flow::identity::StreamIdentity;
use lookback_segment::{DocumentOptions, document};
use lookback_session::Session;

/// Most sessions of one call; a larger capture is for import.
pub const MAX_SESSIONS: usize = 1_000_000;

/// Keeps rows in memory.
#[derive(Default)]
struct Collected(Vec<Session>);

impl RowSink for Collected {
    fn rows(&mut self, rows: &mut Vec<Session>) -> Result<(), EngineError> {
        if self.0.len() + rows.len() > MAX_SESSIONS {
            return Err(EngineError::Worker(format!(
                "more than {MAX_SESSIONS} sessions; import the capture instead"
            )));
        }
        self.0.append(rows);
        Ok(())
    }
}

/// What a capture holds.
pub struct Dissection {
    /// In order of their first packet.
    pub sessions: Vec<Session>,
    /// Warnings of the reader, as an import has them.
    pub warnings: Vec<Warning>,
}

impl Dissection {
    /// `{"sessions3":[{"body":{...}}]}`.
    ///
    /// # Errors
    /// `Worker` when a document is no JSON.
    pub fn documents(&self, settings: &EngineSettings) -> Result<String, EngineError> {
        let options = DocumentOptions {
            gap_packet_positions: settings.gap_packet_positions,
            packet_lengths: settings.packet_lengths,
        };
        let bodies: Vec<_> = self
            .sessions
            .iter()
            .map(|session| serde_json::json!({ "body": document(session, &options) }))
            .collect();
        serde_json::to_string_pretty(&serde_json::json!({ "sessions3": bodies }))
            .map_err(|error| EngineError::Worker(error.to_string()))
    }
}

/// Dissects a capture.
///
/// # Errors
/// See [`EngineError`].
pub fn dissect(
    source: StreamSource,
    settings: &EngineSettings,
    stream: StreamIdentity,
) -> Result<Dissection, EngineError> {
    let settings = EngineSettings { workers: 1, ..settings.clone() };
    let mut worker = Worker::new(&settings, stream, 1024, Collected::default());
    let mut watch = Watch { is_cancelled: &|| false, progress: &mut |_| {} };
    let mut outcome = StreamOutcome::default();
    let total_bytes = source.bytes;
    let sources = Box::new(std::iter::once(Ok(source)));
    let mut target = Inline { worker: &mut worker };
    read_stream(sources, total_bytes, &settings, &mut watch, &mut outcome, &mut target)?;
    worker.finish()?;
    let mut sessions = worker.sink.0;
    sessions.sort_by_key(|session| (session.first_packet_us, session.segment_first_us, session.id));
    Ok(Dissection { sessions, warnings: outcome.warnings })
}
