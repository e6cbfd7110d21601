//! Options of a run.

use crate::origins::InterfaceFields;
use lookback_flow::FlowSettings;
use lookback_places::PlaceSource;
use std::sync::Arc;

/// Everything that decides what sessions a stream makes, and how many threads make them.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Name of this capture node.
    pub node: String,
    /// Worker threads; 1 runs everything on the reading thread. At most 24.
    pub workers: usize,
    /// Options of flows and dissectors.
    pub flow: FlowSettings,
    /// `maxFrags`.
    pub max_fragments: usize,
    /// `fragsTimeout`, seconds.
    pub fragments_timeout: i64,
    /// `saveUnknownPackets`: which frames of no known kind become sessions (`all`, `corrupt`, `ip:all`, `ether:N`).
    pub save_unknown: Vec<String>,
    /// `gapPacketPos`: print packet positions as deltas in documents.
    pub gap_packet_positions: bool,
    /// `enablePacketLen`: print packet lengths in documents.
    pub packet_lengths: bool,
    /// Names of the interfaces in the order of their origins from 1, whose values are in [`FlowSettings::origin_fields`]
    /// (`interfaceOps`). Empty when nothing depends on it.
    pub interfaces: Vec<String>,
    /// Where addresses are; none fills no such field.
    pub places: Option<Arc<PlaceSource>>,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            node: "localhost".to_owned(),
            workers: 1,
            flow: FlowSettings::default(),
            max_fragments: 10_000,
            fragments_timeout: 480,
            save_unknown: Vec::new(),
            gap_packet_positions: true,
            packet_lengths: false,
            interfaces: Vec::new(),
            places: None,
        }
    }
}

impl EngineSettings {
    /// The same, with fields by interface.
    #[must_use]
    pub fn with_interfaces(mut self, interfaces: Vec<InterfaceFields>) -> Self {
        (self.interfaces, self.flow.origin_fields) =
            interfaces.into_iter().map(|one| (one.interface, one.fields)).unzip();
        self
    }
}
