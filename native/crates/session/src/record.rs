//! The general part of a session row.

use crate::positions::Positions;
use crate::value::{Address, Fields};
use smallvec::SmallVec;

/// Identity of a row, 16 bytes laid out as UUID version 8 (RFC 9562 section 5.8): 48 bits of the segment's
/// first packet in milliseconds since 1970, then bits of a hash over the stream's identity, the session key,
/// time and position of the flow's first packet in the stream, and the segment number. So ids sort by time,
/// and do not depend on path, import order, workers, storage mode or a restart.
pub type SessionId = [u8; 16];

/// Which end of a session sent a packet; index into per-direction arrays.
pub type Direction = usize;
/// Index of the source (sender of the first packet) in per-direction arrays.
pub const SOURCE: Direction = 0;
/// Index of the destination in per-direction arrays.
pub const DESTINATION: Direction = 1;

/// Addresses and ports of a session that has IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Source and destination address.
    pub address: [Address; 2],
    /// Source and destination port; 0 where the protocol has none.
    pub port: [u16; 2],
}

/// Packets by TCP flag in this segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after the flags themselves")]
pub struct TcpFlagCounts {
    pub syn: u32,
    pub syn_ack: u32,
    /// Pure ACKs only.
    pub ack: u32,
    pub psh: u32,
    pub fin: u32,
    pub rst: u32,
    pub urg: u32,
    pub ece: u32,
    pub cwr: u32,
    pub ae: u32,
    /// Zero-window packets of source and destination.
    pub zero_window: [u32; 2],
}

/// Counts of bytes, one after each power of two of packets.
pub type ByteList = SmallVec<[u64; 6]>;

/// One segment of one flow, complete or still open.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Identity of this row.
    pub id: SessionId,
    /// Identity of the flow's first segment; equals `id` there.
    pub root_id: SessionId,
    /// Version of this row, from 1; the highest is the one that counts.
    pub row_version: u32,
    /// Whether no later version will come.
    pub is_final: bool,
    /// Number of the segment in its flow, from 1.
    pub segment_number: u32,
    /// First packet of the flow (not of the segment), microseconds since 1970.
    pub first_packet_us: i64,
    /// First packet of this segment, microseconds since 1970.
    pub segment_first_us: i64,
    /// Last packet of this segment, microseconds since 1970.
    pub last_packet_us: i64,
    /// IP protocol number; 0 for sessions without IP.
    pub ip_protocol: u8,
    /// Ethertype of the innermost frame, if there is one.
    pub ethertype: Option<u16>,
    /// Addresses and ports; none for sessions without IP.
    pub ends: Option<Ends>,
    /// Packets by direction.
    pub packets: [u64; 2],
    /// Captured bytes by direction, with link headers.
    pub bytes: [u64; 2],
    /// Payload bytes by direction (TCP: reassembled in order).
    pub data_bytes: [u64; 2],
    /// First 8 payload bytes by direction, fewer if there were fewer.
    pub payload8: [Option<([u8; 8], u8)>; 2],
    /// Community ID digest (SHA-1, 20 bytes), printed as `1:` and base64; none for "other" sessions.
    pub community_id: Option<[u8; 20]>,
    /// TCP flag counts; none unless TCP.
    pub tcp_flags: Option<TcpFlagCounts>,
    /// Half of the handshake time in milliseconds.
    pub initial_rtt_ms: Option<u32>,
    /// Initial sequence numbers by direction.
    pub tcp_sequence: [Option<u32>; 2],
    /// Whether the SYN was acknowledged.
    pub syn_validated: bool,
    /// Whether the SYN-ACK was acknowledged.
    pub syn_ack_validated: bool,
    /// Different initial sequence numbers of the source; 0 when none was seen.
    pub source_isn_count: u32,
    /// Every packet of this segment in order of arrival.
    pub positions: Positions,
    /// Captured bytes of the flow's segment after 1, 2, 4, 8, ... packets and at its end, for retention's what-if.
    pub bytes_after_packets: ByteList,
    /// Everything that has a declared field of its own: protocol labels, tags, MACs, VLANs, dissected fields.
    pub fields: Fields,
}

impl Session {
    /// Times between which the packets of this segment lie as far as its first and last tell, microseconds since 1970: a packet may
    /// be stamped earlier than the one before it, and a search cluster refuses a range that ends before it begins.
    pub fn packet_range_us(&self) -> [i64; 2] {
        let (first, last) = (self.segment_first_us, self.last_packet_us);
        [first.min(last), first.max(last)]
    }
}
