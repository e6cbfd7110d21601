//! The row of a flow's present segment.

use crate::beginning::ByteMarks;
use crate::community::{CommunityFlow, community_id};
use crate::flow::{Flow, Workbench};
use crate::identity::{FlowIdentity, StreamIdentity};
use crate::settings::FlowSettings;
use lookback_protocols::{Verdict, Work};
use lookback_session::record::{DESTINATION, SOURCE};
use lookback_session::{Fields, Positions, Session, core_fields};
use lookback_wire::FlowKind;
use std::num::NonZeroU16;

impl Flow {
    /// The row of the present segment as it stands; a later version takes its place. What is not complete is not in it.
    pub fn open_row(&mut self, settings: &FlowSettings, bench: &mut Workbench) -> Session {
        if self.dissectors.is_some() {
            self.each_dissector(
                &mut Vec::new(),
                self.last_packet_us,
                settings,
                bench,
                |dissector, context| {
                    dissector.settle(context);
                    Verdict::More
                },
            );
        }
        let (positions, fields) = (self.positions.clone(), self.fields.clone());
        let row = self.row(&bench.stream, positions, fields);
        self.row_version += 1;
        self.unwritten = false;
        row
    }

    /// Takes the row of the present segment; a next packet starts another one.
    pub fn save(&mut self, last: bool, settings: &FlowSettings, bench: &mut Workbench) -> Session {
        let now_us = self.last_packet_us;
        self.take_rest(now_us, settings, bench);
        bench.work = Work::for_an_end();
        if let Some((direction, payload)) = self.tcp.as_mut().and_then(|tcp| tcp.take_alone()) {
            self.payload(direction, &payload, now_us, settings, bench);
        }
        if self.dissectors.is_some() {
            let tcp = self.tcp.as_ref();
            let ends =
                last.then(|| [0, 1].map(|direction| tcp.is_some_and(|tcp| tcp.ended_whole(direction))));
            let mut again = Vec::new();
            self.each_dissector(&mut again, now_us, settings, bench, |dissector, context| {
                dissector.save(context, ends);
                Verdict::More
            });
        }
        if last {
            let unseen = self.tcp.as_ref().map_or(0, |tcp| tcp.unseen());
            self.note_missed(unseen);
        }
        let linked = if last { Fields::new() } else { self.fields.linked() };
        let fields = std::mem::replace(&mut self.fields, linked);
        let positions = std::mem::take(&mut self.positions);
        let row = Session { is_final: true, ..self.row(&bench.stream, positions, fields) };
        bench.counters.values_dropped += u64::from(row.fields.dropped());
        bench.counters.saved += 1;
        self.begin_next_segment(settings);
        row
    }

    fn begin_next_segment(&mut self, settings: &FlowSettings) {
        self.segment_number += 1;
        self.row_version = settings.first_version();
        self.packets = [0; 2];
        self.bytes = [0; 2];
        self.data_bytes = [0; 2];
        self.marks = ByteMarks::default();
        if let Some(tcp) = &mut self.tcp {
            tcp.begin_segment();
        }
        self.unwritten = false;
        self.save_at_s = self.last_clock_s + settings.tcp_save_timeout;
    }

    fn row(&self, stream: &StreamIdentity, positions: Positions, fields: Fields) -> Session {
        let identity =
            FlowIdentity::new(stream, &self.key.identity_bytes(), self.first_packet_ns, self.first_ordinal);
        let first_packet_us = self.first_packet_ns.div_euclid(1000);
        let id = identity.segment(self.segment_number, self.segment_first_us);
        let ends = self.ends();
        let community = ends.filter(|_| self.kind != FlowKind::Other && !self.by_client).map(|ends| {
            let port = if self.kind == FlowKind::Icmp {
                [u16::from(self.icmp.0), u16::from(self.icmp.1)]
            } else {
                ends.port
            };
            community_id(CommunityFlow { address: ends.address, port, protocol: self.ip_protocol })
        });
        let tcp = self.tcp.as_deref();
        let (syn_validated, syn_ack_validated) = tcp.map_or((false, false), |tcp| tcp.validated());
        Session {
            id,
            root_id: if self.segment_number == 1 { id } else { identity.segment(1, first_packet_us) },
            row_version: self.row_version,
            is_final: false,
            segment_number: self.segment_number,
            first_packet_us,
            segment_first_us: self.segment_first_us,
            last_packet_us: self.last_packet_us,
            ip_protocol: self.ip_protocol,
            ethertype: self.ethertype.map(NonZeroU16::get),
            ends,
            packets: self.packets.map(u64::from),
            bytes: self.bytes,
            data_bytes: self.data_bytes,
            payload8: [SOURCE, DESTINATION].map(|direction| self.payload8[direction].get()),
            community_id: community,
            tcp_flags: tcp.map(|tcp| *tcp.counts()),
            initial_rtt_ms: tcp.and_then(|tcp| tcp.initial_rtt_ms()),
            tcp_sequence: tcp.map_or([None; 2], |tcp| tcp.sequences()),
            syn_validated,
            syn_ack_validated,
            source_isn_count: tcp.map_or(0, |tcp| tcp.source_isn_count()),
            positions,
            bytes_after_packets: self.marks.list(self.segment_packets(), self.bytes.iter().sum()),
            fields,
        }
    }

    /// Adds to the bytes of the present segment's streams that were never seen.
    pub(crate) fn note_missed(&mut self, bytes: u64) {
        if bytes > 0 {
            self.fields.increment(&core_fields::MISSED_BYTES, i64::try_from(bytes).unwrap_or(i64::MAX));
        }
    }
}
