//! One open flow: what a packet adds to its session, and how the session is saved.

use crate::community::{CommunityFlow, community_id};
use crate::counters::FlowCounters;
use crate::identity::FlowIdentity;
use crate::sctp;
use crate::settings::FlowSettings;
use crate::tcp::{Outcome, Piece, TcpState};
use lookback_protocols::digest::Digests;
use lookback_protocols::{Context, Dissector, Registry, SessionFacts, Verdict};
use lookback_session::record::{DESTINATION, Direction, SOURCE};
use lookback_session::{
    Ends, FieldSpec, Fields, PacketPosition, Positions, Session, TcpFlagCounts, core_fields,
};
use lookback_wire::{Decoded, FlowKey, FlowKind};
use smallvec::SmallVec;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Packets per direction whose link and network headers are recorded in the session.
const HEADER_PACKETS: u8 = 10;
/// Most times one payload is classified anew (a proxy inside a proxy).
const MAX_RECLASSIFICATIONS: usize = 4;

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
    /// Records of the fragments that it was joined from, before its own.
    pub earlier: &'a [PacketPosition],
}

/// What a worker keeps for all its flows to use while they handle payload.
pub struct Workbench {
    /// The classifiers.
    pub registry: Registry,
    /// Counts.
    pub counters: FlowCounters,
    attached: Vec<Box<dyn Dissector>>,
    malformed: Vec<(&'static str, &'static str)>,
    digests: Digests,
    /// Keyed anew in each process, so that nobody can choose headers that collide.
    header_hasher: ahash::RandomState,
}

impl Workbench {
    /// For flows of these settings.
    pub fn new(settings: &FlowSettings) -> Self {
        Self {
            registry: Registry::new(&settings.dissectors),
            counters: FlowCounters::default(),
            attached: Vec::new(),
            malformed: Vec::new(),
            digests: Digests::default(),
            header_hasher: ahash::RandomState::new(),
        }
    }
}

/// An open flow.
pub struct Flow {
    /// What its packets are known by.
    pub key: FlowKey,
    /// Kind, which decides its timeout.
    pub kind: FlowKind,
    /// DHCP: the session is one client's, whatever its address.
    by_client: bool,
    /// Second of the stream's clock at its last packet.
    pub last_clock_s: i64,
    /// Second after which it is saved because its connection ended.
    pub closing_at_s: Option<i64>,
    /// Second after which the next packet starts another segment.
    pub save_at_s: i64,
    /// Number of its first packet in the stream.
    pub first_ordinal: u64,
    /// Row in the making.
    pub session: Session,
    identity: FlowIdentity,
    /// TCP state.
    pub tcp: Option<Box<TcpState>>,
    dissectors: SmallVec<[Box<dyn Dissector>; 1]>,
    classified: [bool; 2],
    /// Payload of a TCP flow's only packet so far, when it is no part of a handshake: it is dissected if it stays alone.
    alone: Option<Box<(Direction, Box<[u8]>)>>,
    /// Keyed hash of the headers of each direction's last packet, not 0; the headers themselves would be a third of a
    /// flow.
    pub(crate) headers_seen: [u64; 2],
    icmp: (u8, u8),
    /// Packets of the whole flow, over all segments, by direction; 255 stands for more.
    flow_packets: [u8; 2],
    /// Packets that the flow must have to get a row (`minPacketsSaveBPFs`).
    least_packets: u8,
    /// Bytes of the present segment's streams that were never seen.
    missed: u64,
    /// Whether packets arrived that no row holds yet, open or final.
    pub(crate) unwritten: bool,
}

impl Flow {
    /// Opens a flow for its first packet. `swap` makes the packet's receiver the source (a SYN-ACK came first).
    pub fn open(
        packet: &PacketFacts<'_>,
        key: FlowKey,
        identity: FlowIdentity,
        swap: bool,
        settings: &FlowSettings,
    ) -> Self {
        let decoded = packet.decoded;
        let now_us = packet.timestamp_ns.div_euclid(1000);
        let ends = decoded.has_ip.then(|| {
            let (mut address, mut port) =
                ([decoded.source, decoded.destination], [decoded.source_port, decoded.destination_port]);
            if swap {
                address.swap(0, 1);
                port.swap(0, 1);
            }
            Ends { address, port }
        });
        let is_tcp = decoded.kind == FlowKind::Tcp;
        let id = identity.segment(1, now_us);
        Self {
            key,
            kind: decoded.kind,
            by_client: decoded.kind == FlowKind::Udp && !decoded.other_key.is_empty(),
            last_clock_s: packet.clock_s,
            closing_at_s: None,
            save_at_s: packet.clock_s + settings.tcp_save_timeout,
            first_ordinal: packet.ordinal,
            session: Session {
                id,
                root_id: id,
                row_version: settings.first_version(),
                is_final: false,
                segment_number: 1,
                first_packet_us: now_us,
                segment_first_us: now_us,
                last_packet_us: now_us,
                ip_protocol: decoded.ip_protocol,
                ethertype: decoded.ethertype,
                ends,
                packets: [0; 2],
                bytes: [0; 2],
                data_bytes: [0; 2],
                payload8: [None; 2],
                community_id: None,
                tcp_flags: is_tcp.then(TcpFlagCounts::default),
                initial_rtt_ms: None,
                tcp_sequence: [None; 2],
                syn_validated: false,
                syn_ack_validated: false,
                source_isn_count: 0,
                positions: Positions::default(),
                bytes_after_packets: SmallVec::new(),
                fields: Fields::new(),
            },
            identity,
            tcp: is_tcp.then(Box::default),
            dissectors: SmallVec::new(),
            classified: [false; 2],
            alone: None,
            headers_seen: [0; 2],
            icmp: decoded.icmp,
            flow_packets: [0; 2],
            least_packets: settings
                .least_packets
                .as_ref()
                .map_or(0, |rule| rule.least(packet.link_type, packet.frame, packet.original_length)),
            missed: 0,
            unwritten: false,
        }
    }

    /// Which end sent the packet.
    fn direction(&self, decoded: &Decoded) -> Direction {
        match &self.session.ends {
            // A DHCP client changes its address within the session.
            Some(ends) if self.by_client => {
                let from_source = ends.port == [decoded.source_port, decoded.destination_port];
                if from_source { SOURCE } else { DESTINATION }
            }
            Some(ends) if self.kind != FlowKind::Other => {
                let from_source =
                    ends.address[SOURCE] == decoded.source && ends.port[SOURCE] == decoded.source_port;
                if from_source { SOURCE } else { DESTINATION }
            }
            _ => SOURCE,
        }
    }

    /// Adds a packet.
    pub fn packet(&mut self, packet: &PacketFacts<'_>, settings: &FlowSettings, bench: &mut Workbench) {
        let decoded = packet.decoded;
        let direction = self.direction(decoded);
        let now_us = packet.timestamp_ns.div_euclid(1000);
        let first_of_segment = self.session.packets == [0, 0];
        if first_of_segment {
            self.begin_segment(now_us);
        }
        self.session.last_packet_us = now_us;
        self.last_clock_s = packet.clock_s;
        self.session.packets[direction] += 1;
        self.flow_packets[direction] = self.flow_packets[direction].saturating_add(1);
        self.session.bytes[direction] += u64::from(packet.captured_length);
        if packet.position.is_stored()
            && (self.kind != FlowKind::Esp || settings.esp_save_packets || first_of_segment)
        {
            let earlier = packet.earlier.iter().copied().filter(PacketPosition::is_stored);
            self.session.positions.extend(earlier);
            self.session.positions.push(packet.position);
        } else {
            self.session.fields.add_text(&core_fields::TAGS, "truncated-pcap");
        }
        self.mark_bytes();
        if self.flow_packets[direction] <= HEADER_PACKETS {
            self.headers(decoded, direction, &bench.header_hasher);
        }
        if packet.truncated || decoded.truncated {
            self.session.fields.add_text(&core_fields::TAGS, "truncated-pcap");
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
                self.session.data_bytes[direction] += payload.len() as u64;
                self.session.fields.add_integer(&core_fields::ICMP_TYPE, i64::from(decoded.icmp.0));
                self.session.fields.add_integer(&core_fields::ICMP_CODE, i64::from(decoded.icmp.1));
            }
            FlowKind::Esp => self.session.data_bytes[direction] += payload.len() as u64,
            FlowKind::Other => {}
        }
        bench.counters.packets += 1;
    }

    fn begin_segment(&mut self, now_us: i64) {
        self.session.segment_first_us = now_us;
        self.session.id = self.identity.segment(self.session.segment_number, now_us);
        if self.session.segment_number == 1 {
            self.session.root_id = self.session.id;
            let label = match self.kind {
                FlowKind::Tcp => "tcp",
                FlowKind::Udp => "udp",
                FlowKind::Icmp => "icmp",
                FlowKind::Sctp => "sctp",
                FlowKind::Esp => "esp",
                FlowKind::Other => return,
            };
            self.session.fields.add_text(&core_fields::PROTOCOLS, label);
        }
    }

    /// Notes how many bytes 1, 2, 4, 8, ... packets came to.
    fn mark_bytes(&mut self) {
        if self.session.packets.iter().sum::<u64>().is_power_of_two() {
            self.session.bytes_after_packets.push(self.session.bytes.iter().sum());
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
        let (Some(mut tcp), Some(mut counts)) = (self.tcp.take(), self.session.tcp_flags) else { return };
        let header = &packet.decoded.tcp;
        let outcome =
            tcp.header(header, direction, payload.len(), now_us, &mut counts, &mut self.session.fields);
        self.session.tcp_flags = Some(counts);
        let first_of_flow = matches!(self.flow_packets, [1, 0] | [0, 1]);
        self.alone = (first_of_flow && !tcp.handshake && !payload.is_empty())
            .then(|| Box::new((direction, payload.into())));
        match outcome {
            Outcome::Done => {}
            Outcome::Closing => {
                self.closing_at_s.get_or_insert(packet.clock_s + settings.tcp_closing_timeout);
            }
            Outcome::Payload => {
                let mut fields = std::mem::take(&mut self.session.fields);
                let overflowed = tcp.overflowed;
                tcp.accept(
                    header.sequence,
                    payload,
                    direction,
                    settings.max_out_of_order,
                    &mut fields,
                    |fields, piece| {
                        std::mem::swap(&mut self.session.fields, fields);
                        match piece {
                            Piece::Data(data) => {
                                self.note_payload8(direction, data, true);
                                self.session.data_bytes[direction] += data.len() as u64;
                                self.payload(direction, data, now_us, settings, bench);
                            }
                            Piece::Gap(bytes) => self.gap(direction, bytes, now_us, settings, bench),
                        }
                        std::mem::swap(&mut self.session.fields, fields);
                    },
                );
                self.session.fields = fields;
                bench.counters.out_of_order_overflow += u64::from(tcp.overflowed && !overflowed);
            }
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
        self.session.data_bytes[direction] += payload.len() as u64;
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
        self.session.data_bytes[direction] += chunks.len() as u64;
        for user in sctp::user_data(chunks) {
            self.session.fields.add_integer(&SCTP_PROTOCOL, i64::from(user.protocol));
            self.note_payload8(direction, user.data, false);
            self.payload(direction, user.data, now_us, settings, bench);
        }
    }

    /// Keeps the first 8 payload bytes; `fill` goes on filling from later pieces (a stream), else the first decides.
    fn note_payload8(&mut self, direction: Direction, data: &[u8], fill: bool) {
        let slot = &mut self.session.payload8[direction];
        if self.session.segment_number > 1 || self.by_client || (slot.is_some() && !fill) {
            return;
        }
        let (bytes, length) = slot.get_or_insert(([0; 8], 0));
        for (place, byte) in bytes[usize::from(*length).min(8)..].iter_mut().zip(data) {
            *place = *byte;
            *length += 1;
        }
    }

    fn payload(
        &mut self,
        direction: Direction,
        data: &[u8],
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        if !self.classified[direction] {
            self.classified[direction] = true;
            self.classify(direction, data, now_us, settings, bench);
        }
        if self.dissectors.is_empty() {
            return;
        }
        let mut again = None;
        self.each_dissector(&mut again, now_us, settings, bench, |dissector, context| {
            dissector.payload(context, direction, data)
        });
        for _ in 0..MAX_RECLASSIFICATIONS {
            let Some((direction, inner)) = again.take() else { break };
            self.classified = [false; 2];
            self.classified[direction] = true;
            if inner.is_empty() {
                self.classified[direction] = false;
                break;
            }
            self.classify(direction, &inner, now_us, settings, bench);
            self.each_dissector(&mut again, now_us, settings, bench, |dissector, context| {
                dissector.payload(context, direction, &inner)
            });
        }
    }

    fn gap(
        &mut self,
        direction: Direction,
        bytes: u64,
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        bench.counters.gap_bytes += bytes;
        self.missed += bytes;
        let mut again = None;
        self.each_dissector(&mut again, now_us, settings, bench, |dissector, context| {
            dissector.gap(context, direction, bytes)
        });
    }

    fn facts(&self, now_us: i64) -> SessionFacts {
        SessionFacts {
            ip_protocol: self.session.ip_protocol,
            port: self.session.ends.map_or([0; 2], |ends| ends.port),
            first_packet_us: self.session.first_packet_us,
            now_us,
        }
    }

    fn classify(
        &mut self,
        direction: Direction,
        data: &[u8],
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        let Workbench { registry, counters, attached, malformed, digests, .. } = bench;
        let mut again = None;
        let mut context = Context {
            session: self.facts(now_us),
            settings: &settings.dissectors,
            fields: &mut self.session.fields,
            attached,
            reclassify: &mut again,
            malformed,
            digests,
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| registry.classify(&mut context, direction, data)));
        if outcome.is_err() {
            self.fail(counters);
        }
        for dissector in bench.attached.drain(..) {
            if self.dissectors.iter().all(|held| held.name() != dissector.name()) {
                self.dissectors.push(dissector);
            }
        }
        count_malformed(bench);
    }

    fn each_dissector(
        &mut self,
        again: &mut Option<(Direction, Vec<u8>)>,
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
        mut call: impl FnMut(&mut dyn Dissector, &mut Context<'_>) -> Verdict,
    ) {
        let mut dissectors = std::mem::take(&mut self.dissectors);
        let facts = self.facts(now_us);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut context = Context {
                session: facts,
                settings: &settings.dissectors,
                fields: &mut self.session.fields,
                attached: &mut bench.attached,
                reclassify: again,
                malformed: &mut bench.malformed,
                digests: &mut bench.digests,
            };
            dissectors.retain_mut(|dissector| call(dissector.as_mut(), &mut context) == Verdict::More);
        }));
        if outcome.is_err() {
            self.fail(&mut bench.counters);
            *again = None;
            bench.attached.clear();
        } else {
            for dissector in bench.attached.drain(..) {
                if dissectors.iter().all(|held| held.name() != dissector.name()) {
                    dissectors.push(dissector);
                }
            }
            self.dissectors = dissectors;
        }
        if !bench.malformed.is_empty() {
            count_malformed(bench);
        }
    }

    /// A dissector failed: the session keeps what it has and goes on without dissection.
    fn fail(&mut self, counters: &mut FlowCounters) {
        counters.dissector_failures += 1;
        self.dissectors.clear();
        self.classified = [true; 2];
        self.session.fields.add_text(&core_fields::TAGS, "dissector-failed");
    }

    /// The row of the present segment as it stands; a later version takes its place. What dissectors still hold is not
    /// in it.
    pub fn open_row(&mut self) -> Session {
        let mut row = self.session.clone();
        self.complete(&mut row);
        self.session.row_version += 1;
        self.unwritten = false;
        row
    }

    /// Whether the flow has too few packets for a row (`minPacketsSaveBPFs`).
    pub(crate) fn is_too_short(&self) -> bool {
        self.flow_packets[SOURCE].saturating_add(self.flow_packets[DESTINATION]) < self.least_packets
    }

    /// Fills what is derived from the rest.
    fn complete(&self, row: &mut Session) {
        let bytes = row.bytes.iter().sum();
        if row.bytes_after_packets.last() != Some(&bytes) {
            row.bytes_after_packets.push(bytes);
        }
        if self.kind != FlowKind::Other
            && !self.by_client
            && let Some(ends) = row.ends
        {
            let port = if self.kind == FlowKind::Icmp {
                [u16::from(self.icmp.0), u16::from(self.icmp.1)]
            } else {
                ends.port
            };
            row.community_id =
                Some(community_id(CommunityFlow { address: ends.address, port, protocol: row.ip_protocol }));
        }
        if let Some(tcp) = &self.tcp {
            row.initial_rtt_ms = tcp.initial_rtt_ms();
            row.tcp_sequence = tcp.sequences();
            (row.syn_validated, row.syn_ack_validated) = tcp.validated();
            row.source_isn_count = tcp.source_isn_count();
        }
        if self.missed > 0 {
            row.fields
                .add_integer(&core_fields::MISSED_BYTES, i64::try_from(self.missed).unwrap_or(i64::MAX));
        }
    }

    /// Whether packets arrived since the last save.
    pub fn has_packets(&self) -> bool {
        self.session.packets != [0, 0]
    }

    /// Takes the row of the present segment; a next packet starts another one.
    pub fn save(&mut self, last: bool, settings: &FlowSettings, bench: &mut Workbench) -> Session {
        let now_us = self.session.last_packet_us;
        if let Some(alone) = self.alone.take() {
            let (direction, payload) = *alone;
            self.payload(direction, &payload, now_us, settings, bench);
        }
        let mut again = None;
        self.each_dissector(&mut again, now_us, settings, bench, |dissector, context| {
            dissector.save(context, last);
            Verdict::More
        });
        if last {
            self.missed += self.tcp.as_ref().map_or(0, |tcp| tcp.unseen());
        }
        let next = self.session.next_segment(last);
        let mut row = std::mem::replace(&mut self.session, next);
        row.is_final = true;
        self.complete(&mut row);
        self.missed = 0;
        self.session.row_version = settings.first_version();
        self.unwritten = false;
        bench.counters.values_dropped += u64::from(row.fields.dropped());
        bench.counters.saved += 1;
        self.save_at_s = self.last_clock_s + settings.tcp_save_timeout;
        row
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

fn count_malformed(bench: &mut Workbench) {
    for key in bench.malformed.drain(..) {
        *bench.counters.malformed.entry(key).or_default() += 1;
    }
}
