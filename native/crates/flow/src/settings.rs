//! Options of the flow table; names and defaults are Arkime's settings.

use crate::replay::Replay;
use lookback_protocols::Settings;
use lookback_protocols::digest::{FetchRoom, MAX_WAITING_BYTES, MAX_WAITING_BYTES_OF_A_BODY};
use lookback_session::{Assignment, Fields};
use lookback_wire::FlowKind;
pub use lookback_wire::SessionIdTracking;
use std::sync::Arc;

/// Decides by a session's first packet how many packets it must have to get a row.
pub trait LeastPackets: std::fmt::Debug + Send + Sync {
    /// Packets of both directions, 1 to 255; `original_length` is the frame's on the wire.
    fn least(&self, link_type: u16, frame: &[u8], original_length: u32) -> u8;
}

/// When sessions close and what they may hold. Durations are whole seconds of packet time.
#[derive(Clone, Debug)]
pub struct FlowSettings {
    /// `sessionIdTracking`.
    pub tracking: SessionIdTracking,
    /// `trackESP`: make sessions of ESP.
    pub track_esp: bool,
    /// `espSavePackets`: keep positions of every ESP packet, not only of the first.
    pub esp_save_packets: bool,
    /// `tcpTimeout`, default 480.
    pub tcp_timeout: i64,
    /// `udpTimeout`, default 60.
    pub udp_timeout: i64,
    /// `icmpTimeout`, default 10.
    pub icmp_timeout: i64,
    /// `sctpTimeout`, default 60.
    pub sctp_timeout: i64,
    /// `espTimeout`, default 600.
    pub esp_timeout: i64,
    /// Idle time of every other kind, default 600.
    pub other_timeout: i64,
    /// `tcpClosingTimeout`: wait after FIN or RST, default 5.
    pub tcp_closing_timeout: i64,
    /// `tcpSaveTimeout`: longest time a TCP segment stays unsaved, default 480.
    pub tcp_save_timeout: i64,
    /// `maxPackets`: packets of a segment before it is saved, default 10,000.
    pub max_packets: usize,
    /// `maxStreams`: open flows of this table; the oldest closes early beyond it. Default 1,500,000.
    pub max_flows: usize,
    /// Bytes that the open flows of this table may hold beside their places: values, positions, payload that waits. Beyond
    /// it those close early that would expire first. Default 2 GiB.
    pub max_held_bytes: usize,
    /// `maxTcpOutOfOrderPackets`: segments kept of one flow while an earlier one is missing, default 256.
    pub max_out_of_order: usize,
    /// Bytes of bodies of this table that wait at most until there are enough bodies to hash side by side, see
    /// [`MAX_WAITING_BYTES`].
    pub max_waiting_body_bytes: usize,
    /// The same of one body, see [`MAX_WAITING_BYTES_OF_A_BODY`]. An import has no packet that must not wait, and no such bound.
    pub max_waiting_bytes_of_a_body: usize,
    /// Whether the rows of [`crate::FlowTable::saved`] get the digests of their last bodies when they are asked for, so that
    /// bodies of many sessions are hashed side by side; else they have them at once. Not for a capture: whoever asks waits
    /// for all of them.
    pub rows_wait_for_digests: bool,
    /// Has the processor fetch room that the next bytes of a body are put to; nothing by default.
    pub fetch_room: FetchRoom,
    /// `minPacketsSaveBPFs`: which sessions get rows only from a number of packets on.
    pub least_packets: Option<Arc<dyn LeastPackets>>,
    /// What sessions hold from their first packet on, by where that came from, see [`crate::PacketFacts::origin`]: the
    /// first list is that of origin 1 (`interfaceOps`).
    pub origin_fields: Vec<Arc<[Assignment]>>,
    /// Set when a stream is replayed: what of it is known already.
    pub replay: Option<Arc<Replay>>,
    /// Live capture: seconds after which a session that is still open gets a row, and again when packets came since
    /// (`openSessionFlush`). None: sessions get rows when they close.
    pub open_rows_after: Option<i64>,
    /// Options of the dissectors.
    pub dissectors: Settings,
}

/// First version of the rows that a replay writes: above that of every open row a capture can have written of them.
const FIRST_REPLAYED_VERSION: u32 = 1_000_000;

impl FlowSettings {
    /// What a session holds whose first packet came from `origin`.
    pub(crate) fn fields_from(&self, origin: u16) -> Fields {
        let mut fields = Fields::new();
        let given = usize::from(origin).checked_sub(1).and_then(|at| self.origin_fields.get(at));
        for assignment in given.into_iter().flat_map(|given| given.iter()) {
            assignment.apply(&mut fields);
        }
        fields
    }
    /// Seconds without a packet after which a session of a kind is over.
    pub fn timeout(&self, kind: FlowKind) -> i64 {
        match kind {
            FlowKind::Tcp => self.tcp_timeout,
            FlowKind::Udp => self.udp_timeout,
            FlowKind::Icmp => self.icmp_timeout,
            FlowKind::Sctp => self.sctp_timeout,
            FlowKind::Esp => self.esp_timeout,
            FlowKind::Other => self.other_timeout,
        }
    }
    /// Version of the first row that is written of a segment.
    pub fn first_version(&self) -> u32 {
        if self.replay.is_some() { FIRST_REPLAYED_VERSION } else { 1 }
    }
}

impl Default for FlowSettings {
    fn default() -> Self {
        Self {
            tracking: SessionIdTracking::None,
            track_esp: false,
            esp_save_packets: false,
            tcp_timeout: 480,
            udp_timeout: 60,
            icmp_timeout: 10,
            sctp_timeout: 60,
            esp_timeout: 600,
            other_timeout: 600,
            tcp_closing_timeout: 5,
            tcp_save_timeout: 480,
            max_packets: 10_000,
            max_flows: 1_500_000,
            max_held_bytes: 2 << 30,
            max_out_of_order: 256,
            max_waiting_body_bytes: MAX_WAITING_BYTES,
            max_waiting_bytes_of_a_body: MAX_WAITING_BYTES_OF_A_BODY,
            rows_wait_for_digests: false,
            fetch_room: |_| {},
            least_packets: None,
            origin_fields: Vec::new(),
            replay: None,
            open_rows_after: None,
            dissectors: Settings::default(),
        }
    }
}
