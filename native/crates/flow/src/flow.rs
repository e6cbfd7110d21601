//! One open flow: what a packet adds to its session.

use crate::beginning::{ByteMarks, Payload8};
use crate::counters::FlowCounters;
use crate::held::Held;
use crate::identity::StreamIdentity;
use crate::sctp;
use crate::settings::FlowSettings;
use crate::tcp::{Outcome, Piece, Segment, TcpState};
use lookback_protocols::digest::Digests;
use lookback_protocols::{Dissector, Registry, Work};
use lookback_session::record::{DESTINATION, Direction, SOURCE};
use lookback_session::{Ends, FieldSpec, Fields, PacketPosition, Positions, core_fields};
use lookback_wire::{Decoded, FlowKey, FlowKind};
use smallvec::SmallVec;
use std::num::NonZeroU16;

/// Packets per direction whose link and network headers are recorded in the session.
const HEADER_PACKETS: u8 = 10;
/// One packet, decoded, on its way into its session.
#[derive(Clone, Copy, Debug)]
pub struct PacketFacts<'a> {
    /// The frame that `decoded` points into.
    pub frame: &'a [u8],
    /// Its headers.
    pub decoded: &'a Decoded,
    /// Nanoseconds since 1970.
    pub timestamp_ns: i64,
    /// Seconds of the stream's clock, which never goes back, with this packet.
    pub clock_s: i64,
    /// The same before this packet: what is over by then does not get this packet.
    pub clock_before_s: i64,
    /// pcap LINKTYPE of the frame.
    pub link_type: u16,
    /// Captured length in bytes.
    pub captured_length: u32,
    /// Bytes on the wire.
    pub original_length: u32,
    /// Whether the capture holds fewer bytes of it than there were.
    pub truncated: bool,
    /// Number of the packet in its stream.
    pub ordinal: u64,
    /// Where it is stored.
    pub position: PacketPosition,
    /// Where it came from, a number of [`FlowSettings::origin_fields`]; 0 when nothing depends on it.
    pub origin: u16,
    /// Records of the fragments that it was joined from, before its own.
    pub earlier: &'a [PacketPosition],
}

/// What a worker keeps for all its flows to use while they handle payload.
pub struct Workbench {
    /// The classifiers.
    pub registry: Registry,
    /// Counts.
    pub counters: FlowCounters,
    /// The stream, which ids are computed over.
    pub(crate) stream: StreamIdentity,
    pub(crate) attached: Vec<Box<dyn Dissector>>,
    pub(crate) malformed: Vec<(&'static str, &'static str)>,
    pub(crate) digests: Digests,
    /// What is left of the work for the packet at hand; the same for each flow, whatever others did.
    pub(crate) work: Work,
    /// Bytes that waited until the end of their row, of all flows.
    pub(crate) rest_bytes: usize,
    /// Keyed anew in each process, so that nobody can choose headers that collide.
    header_hasher: ahash::RandomState,
}

impl Workbench {
    /// For flows of these settings in a stream.
    pub fn new(settings: &FlowSettings, stream: StreamIdentity) -> Self {
        Self {
            registry: Registry::new(&settings.dissectors),
            counters: FlowCounters::default(),
            stream,
            attached: Vec::new(),
            malformed: Vec::new(),
            digests: Digests::new(settings.max_waiting_body_bytes, settings.max_waiting_bytes_of_a_body)
                .with_rows_that_wait(settings.rows_wait_for_digests)
                .with_room_fetched(settings.fetch_room),
            work: Work::default(),
            rest_bytes: 0,
            header_hasher: ahash::RandomState::new(),
        }
    }
}

/// An open flow. There may be millions: 320 bytes, beside what its fields, its packets' positions and TCP take.
pub struct Flow {
    /// What its packets are known by, made of its first packet.
    pub key: FlowKey,
    /// Second of the stream's clock at its last packet.
    pub last_clock_s: i64,
    /// Second after which it is saved because its connection ended; the last one there is before that.
    pub closing_at_s: i64,
    /// Second after which the next packet starts another segment.
    pub save_at_s: i64,
    /// Number of its first packet in the stream.
    pub first_ordinal: u64,
    pub(crate) first_packet_ns: i64,
    pub(crate) segment_first_us: i64,
    pub(crate) last_packet_us: i64,
    // Of the present segment, by direction.
    pub(crate) packets: [u32; 2],
    pub(crate) bytes: [u64; 2],
    pub(crate) data_bytes: [u64; 2],
    pub(crate) marks: ByteMarks,
    pub(crate) positions: Positions,
    pub(crate) fields: Fields,
    pub(crate) payload8: [Payload8; 2],
    pub(crate) row_version: u32,
    pub(crate) segment_number: u32,
    /// Which flow it is of those that had its place in the table.
    pub(crate) generation: u32,
    /// TCP state.
    pub tcp: Option<Box<TcpState>>,
    /// In a piece of their own: many flows have none.
    pub(crate) dissectors: Option<Box<Dissectors>>,
    /// Addresses and ports where the key has others (DHCP, whose session is a client's) or none.
    other_ends: Option<Box<Ends>>,
    /// Keyed hash of the headers of each direction's last packet, not 0; the headers themselves would be a third of a
    /// flow.
    pub(crate) headers_seen: [u32; 2],
    /// A frame that says it has a length of 0 has none.
    pub(crate) ethertype: Option<NonZeroU16>,
    pub(crate) icmp: (u8, u8),
    /// Packets of the whole flow, over all segments, by direction; 255 stands for more.
    flow_packets: [u8; 2],
    /// What of [`Flow::held_bytes`] the table has counted.
    pub(crate) counted: Held,
    /// Packets that the flow must have to get a row (`minPacketsSaveBPFs`).
    least_packets: u8,
    pub(crate) ip_protocol: u8,
    /// Kind, which decides its timeout.
    pub kind: FlowKind,
    /// DHCP: the session is one client's, whatever its address.
    pub(crate) by_client: bool,
    /// The key's ends are the session's.
    has_key_ends: bool,
    /// The receiver of the first packet is the source.
    swapped: bool,
    pub(crate) classified: [bool; 2],
    /// Whether packets arrived that no row holds yet, open or final.
    pub(crate) unwritten: bool,
    /// Whether its first packet is in a packet file; if not, its number is that of a packet of another one.
    pub(crate) begins_in_file: bool,
}

/// Those that are attached to a flow.
pub(crate) type Dissectors = SmallVec<[Box<dyn Dissector>; 1]>;

/// Stands for a connection that has not ended.
const NOT_CLOSING: i64 = i64::MAX;

impl Flow {
    /// Opens a flow for its first packet. `swap` makes the packet's receiver the source (a SYN-ACK came first).
    pub fn open(packet: &PacketFacts<'_>, key: FlowKey, swap: bool, settings: &FlowSettings) -> Self {
        let decoded = packet.decoded;
        let now_us = packet.timestamp_ns.div_euclid(1000);
        let has_key_ends = decoded.has_ip && decoded.kind != FlowKind::Other && decoded.other_key.is_empty();
        let other_ends = (decoded.has_ip && !has_key_ends).then(|| {
            Box::new(Ends {
                address: [decoded.source, decoded.destination],
                port: [decoded.source_port, decoded.destination_port],
            })
        });
        let is_own_peer =
            (decoded.source, decoded.source_port) == (decoded.destination, decoded.destination_port);
        Self {
            key,
            last_clock_s: packet.clock_s,
            closing_at_s: NOT_CLOSING,
            save_at_s: packet.clock_s + settings.tcp_save_timeout,
            first_ordinal: packet.ordinal,
            first_packet_ns: packet.timestamp_ns,
            segment_first_us: now_us,
            last_packet_us: now_us,
            packets: [0; 2],
            bytes: [0; 2],
            data_bytes: [0; 2],
            marks: ByteMarks::default(),
            positions: Positions::default(),
            fields: settings.fields_from(packet.origin),
            payload8: [Payload8::NONE; 2],
            row_version: settings.first_version(),
            segment_number: 1,
            generation: 0,
            tcp: (decoded.kind == FlowKind::Tcp).then(Box::default),
            dissectors: None,
            other_ends,
            headers_seen: [0; 2],
            ethertype: decoded.ethertype.and_then(NonZeroU16::new),
            icmp: decoded.icmp,
            flow_packets: [0; 2],
            counted: Held::default(),
            least_packets: settings
                .least_packets
                .as_ref()
                .map_or(0, |rule| rule.least(packet.link_type, packet.frame, packet.original_length)),
            ip_protocol: decoded.ip_protocol,
            kind: decoded.kind,
            by_client: decoded.kind == FlowKind::Udp && !decoded.other_key.is_empty(),
            has_key_ends,
            swapped: swap && !is_own_peer,
            classified: [false; 2],
            unwritten: false,
            begins_in_file: packet.position != PacketPosition::NOWHERE,
        }
    }

    /// Bytes that it holds beside its place and a little for each part: values, positions, payload that waits.
    #[inline]
    pub(crate) fn held_bytes(&self) -> usize {
        let dissectors = self.dissectors.as_ref();
        self.fields.held_bytes()
            + self.positions.as_bytes().len()
            + self.tcp.as_ref().map_or(0, |tcp| tcp.held_bytes())
            + dissectors.map_or(0, |all| all.iter().map(|dissector| dissector.held_bytes()).sum())
    }

    /// Addresses and ports, source first; none without IP.
    pub(crate) fn ends(&self) -> Option<Ends> {
        if self.has_key_ends {
            let (address, port) = self.key.ends(self.swapped);
            return Some(Ends { address, port });
        }
        self.other_ends.as_deref().copied()
    }

    /// Their ports; 0 without IP.
    pub(crate) fn ports(&self) -> [u16; 2] {
        if self.has_key_ends {
            return self.key.ports(self.swapped);
        }
        self.other_ends.as_ref().map_or([0; 2], |ends| ends.port)
    }

    /// Which end sent the packet of this key.
    #[inline]
    fn direction(&self, decoded: &Decoded, key: &FlowKey) -> Direction {
        if self.has_key_ends {
            let from_source = (key.reversed() != self.key.reversed()) == self.swapped;
            return if from_source { SOURCE } else { DESTINATION };
        }
        match self.other_ends.as_deref() {
            // A DHCP client changes its address within the session, and may ask a boot server at another port. Between relay agent
            // and server both ports are one.
            Some(Ends { address: [source, _], port }) if self.by_client => {
                let is_from_source =
                    port[0] == decoded.source_port && (port[0] != port[1] || *source == decoded.source);
                if is_from_source { SOURCE } else { DESTINATION }
            }
            _ => SOURCE,
        }
    }

    /// Packets of the present segment.
    pub(crate) fn segment_packets(&self) -> u64 {
        self.packets.iter().map(|&packets| u64::from(packets)).sum()
    }

    /// Whether packets arrived since the last save.
    pub fn has_packets(&self) -> bool {
        self.packets != [0, 0]
    }

    /// Whether the flow has too few packets for a row (`minPacketsSaveBPFs`).
    pub(crate) fn is_too_short(&self) -> bool {
        self.flow_packets[SOURCE].saturating_add(self.flow_packets[DESTINATION]) < self.least_packets
    }

    /// Adds a packet, of which `key` was made.
    pub fn packet(
        &mut self,
        packet: &PacketFacts<'_>,
        key: &FlowKey,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        bench.work = Work::default();
        let decoded = packet.decoded;
        let direction = self.direction(decoded, key);
        let now_us = packet.timestamp_ns.div_euclid(1000);
        let first_of_segment = !self.has_packets();
        if first_of_segment {
            self.begin_segment(now_us);
        }
        self.last_packet_us = now_us;
        self.last_clock_s = packet.clock_s;
        self.packets[direction] += 1;
        self.flow_packets[direction] = self.flow_packets[direction].saturating_add(1);
        self.bytes[direction] += u64::from(packet.captured_length);
        if packet.position.is_stored()
            && (self.kind != FlowKind::Esp || settings.esp_save_packets || first_of_segment)
        {
            let earlier = packet.earlier.iter().copied().filter(PacketPosition::is_stored);
            self.positions.extend(earlier);
            self.positions.push(packet.position);
        } else {
            self.fields.add_text(&core_fields::TAGS, "truncated-pcap");
        }
        self.marks.note(self.segment_packets(), self.bytes.iter().sum());
        if self.flow_packets[direction] <= HEADER_PACKETS {
            self.headers(decoded, direction, &bench.header_hasher);
        }
        if packet.truncated || decoded.truncated {
            self.fields.add_text(&core_fields::TAGS, "truncated-pcap");
        }
        let payload = packet
            .frame
            .get(decoded.payload_start as usize..decoded.payload_end as usize)
            .unwrap_or_default();
        match self.kind {
            FlowKind::Tcp => self.tcp_packet(packet, direction, payload, settings, bench),
            FlowKind::Udp => self.datagram(direction, payload, now_us, settings, bench),
            FlowKind::Sctp => self.sctp_packet(direction, payload, now_us, settings, bench),
            FlowKind::Icmp => {
                self.data_bytes[direction] += payload.len() as u64;
                self.fields.add_integer(&core_fields::ICMP_TYPE, i64::from(decoded.icmp.0));
                self.fields.add_integer(&core_fields::ICMP_CODE, i64::from(decoded.icmp.1));
            }
            FlowKind::Esp => self.data_bytes[direction] += payload.len() as u64,
            FlowKind::Other => {}
        }
        bench.counters.packets += 1;
    }

    fn begin_segment(&mut self, now_us: i64) {
        self.segment_first_us = now_us;
        if self.segment_number == 1 {
            let label = match self.kind {
                FlowKind::Tcp => "tcp",
                FlowKind::Udp => "udp",
                FlowKind::Icmp => "icmp",
                FlowKind::Sctp => "sctp",
                FlowKind::Esp => "esp",
                FlowKind::Other => return,
            };
            self.fields.add_text(&core_fields::PROTOCOLS, label);
        }
    }

    fn tcp_packet(
        &mut self,
        packet: &PacketFacts<'_>,
        direction: Direction,
        payload: &[u8],
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        let now_us = packet.timestamp_ns.div_euclid(1000);
        // What is behind a header that cannot be is nothing that a host obeys.
        if packet.decoded.malformed.is_some_and(|malformed| malformed.layer == "tcp") {
            return;
        }
        let Some(mut tcp) = self.tcp.take() else { return };
        if tcp.waiting() > 0 {
            // What came before this packet is dissected before it.
            self.hand_on(&mut tcp, now_us, settings, bench);
        }
        let header = &packet.decoded.tcp;
        let missing = packet.decoded.payload_missing;
        let outcome =
            tcp.header(header, direction, payload.len() + missing as usize, now_us, &mut self.fields);
        let first_of_flow = matches!(self.flow_packets, [1, 0] | [0, 1]);
        if first_of_flow && !tcp.handshake() && !payload.is_empty() {
            tcp.keep_alone(direction, header.sequence, payload);
        } else {
            tcp.no_longer_alone();
        }
        match outcome {
            Outcome::Done => {}
            Outcome::Closing => {
                self.closing_at_s = self.closing_at_s.min(packet.clock_s + settings.tcp_closing_timeout);
            }
            Outcome::Payload => {
                let overflowed = tcp.overflowed();
                let limit = settings.max_out_of_order;
                let segment = Segment { sequence: header.sequence, data: payload, missing };
                tcp.accept(segment, direction, limit, self, |flow, piece| {
                    flow.piece(direction, piece, now_us, settings, bench);
                    !bench.work.is_low()
                });
                bench.counters.out_of_order_overflow += u64::from(tcp.overflowed() && !overflowed);
            }
        }
        self.tcp = Some(tcp);
    }

    /// Takes the next bytes of a connection's direction, or a hole in them.
    fn piece(
        &mut self,
        direction: Direction,
        piece: Piece<'_>,
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        match piece {
            Piece::Data(data) => {
                self.note_payload8(direction, data, true);
                self.data_bytes[direction] += data.len() as u64;
                self.payload(direction, data, now_us, settings, bench);
            }
            Piece::Uncounted(data) => self.payload(direction, data, now_us, settings, bench),
            Piece::Gap(bytes) => self.gap(direction, bytes, now_us, settings, bench),
        }
    }

    /// Takes of segments that waited and are in order as much as a packet does, in both directions.
    fn hand_on(&mut self, tcp: &mut TcpState, now_us: i64, settings: &FlowSettings, bench: &mut Workbench) {
        for direction in [SOURCE, DESTINATION] {
            tcp.hand_on(direction, self, |flow, piece| {
                flow.piece(direction, piece, now_us, settings, bench);
                !bench.work.is_low()
            });
        }
    }

    /// Whether what is left of segments that waited is too much to be taken with one packet.
    pub(crate) fn has_much_left(&self) -> bool {
        self.tcp.as_deref().is_some_and(TcpState::has_much_left)
    }

    /// Takes a part of what is left of segments that waited and are in order, as much as a packet does, if that is too much
    /// for one. Whether it did.
    pub(crate) fn take_part(&mut self, settings: &FlowSettings, bench: &mut Workbench) -> bool {
        let Some(mut tcp) = self.tcp.take_if(|tcp| tcp.has_much_left()) else { return false };
        bench.work = Work::default();
        let before = tcp.waiting();
        self.hand_on(&mut tcp, self.last_packet_us, settings, bench);
        let took = tcp.waiting() < before;
        self.tcp = Some(tcp);
        took
    }

    /// No packet follows: what waits behind holes is taken as if it were in order.
    pub(crate) fn skip_holes(&mut self) {
        if let Some(tcp) = &mut self.tcp {
            tcp.skip_holes();
        }
    }

    /// Takes what is left of segments that waited and are in order: no packet follows that would, or none of this row.
    pub(crate) fn take_rest(&mut self, now_us: i64, settings: &FlowSettings, bench: &mut Workbench) {
        let Some(mut tcp) = self.tcp.take_if(|tcp| tcp.waiting() > 0) else { return };
        for direction in [SOURCE, DESTINATION] {
            tcp.hand_on_rest(direction, self, |flow, piece| {
                if let Piece::Data(data) | Piece::Uncounted(data) = piece {
                    bench.rest_bytes += data.len();
                }
                // Each piece could have been a packet of its own.
                bench.work = Work::default();
                flow.piece(direction, piece, now_us, settings, bench);
            });
        }
        self.tcp = Some(tcp);
    }

    fn datagram(
        &mut self,
        direction: Direction,
        payload: &[u8],
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        self.data_bytes[direction] += payload.len() as u64;
        if payload.is_empty() {
            return;
        }
        self.note_payload8(direction, payload, false);
        self.payload(direction, payload, now_us, settings, bench);
    }

    fn sctp_packet(
        &mut self,
        direction: Direction,
        chunks: &[u8],
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        self.data_bytes[direction] += chunks.len() as u64;
        for user in sctp::user_data(chunks) {
            if let Some(protocol) = user.protocol {
                self.fields.add_integer(&SCTP_PROTOCOL, i64::from(protocol));
            }
            // One without data breaks the rules (RFC 9260 section 3.3.1) and must not stand for the first payload.
            if user.data.is_empty() {
                continue;
            }
            self.note_payload8(direction, user.data, false);
            self.payload(direction, user.data, now_us, settings, bench);
        }
    }

    /// Keeps the first 8 payload bytes; `fill` goes on filling from later pieces (a stream), else the first decides.
    fn note_payload8(&mut self, direction: Direction, data: &[u8], fill: bool) {
        if self.segment_number == 1 && !self.by_client {
            self.payload8[direction].note(data, fill);
        }
    }
}

impl AsMut<Fields> for Flow {
    fn as_mut(&mut self) -> &mut Fields {
        &mut self.fields
    }
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;

/// SCTP payload protocol identifiers.
pub static SCTP_PROTOCOL: FieldSpec =
    FieldSpec::set("sctp", "sctp.protoId", "sctp.protoId", lookback_session::Kind::Integer)
        .counted(lookback_session::Count::None)
        .doc("SCTP protocol id", "Payload protocol identifiers of the user data");
/// Fields that the flow itself fills beside the general ones.
pub static FIELDS: &[&FieldSpec] = &[&SCTP_PROTOCOL];
