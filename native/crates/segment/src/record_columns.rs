//! The columns of the general part of a row: those that every segment has, and those it has when a row uses them.

use crate::column::{Column, Size};
use crate::document::{
    COMMUNITY_ID_TEXT, TCP_FLAGS, community_id, hex8, milliseconds, saw_handshake, session_length_ms,
};
use crate::target::SegmentTarget;
use lookback_session::Session;
use lookback_session::record::{DESTINATION, SOURCE};

/// Optional columns that at least one row of the segment uses.
#[derive(Clone, Copy, Default)]
pub(crate) struct Uses {
    tcp_flags: bool,
    initial_rtt: bool,
    payload8: [bool; 2],
    tcp_sequence: [bool; 2],
    handshake: bool,
    source_isn_count: bool,
    bytes_after_packets: bool,
}

impl Uses {
    pub fn include(&mut self, session: &Session) {
        self.tcp_flags |= session.tcp_flags.is_some();
        self.initial_rtt |= session.initial_rtt_ms.is_some();
        self.handshake |= saw_handshake(session);
        self.source_isn_count |= session.source_isn_count > 0;
        self.bytes_after_packets |= !session.bytes_after_packets.is_empty();
        for end in [SOURCE, DESTINATION] {
            self.payload8[end] |= session.payload8[end].is_some();
            self.tcp_sequence[end] |= session.tcp_sequence[end].is_some();
        }
    }
}

/// A column and what a row puts in it.
struct Entry {
    column: Column,
    append: fn(&mut Column, &Session, &SegmentTarget<'_>),
}

/// The columns of the general part.
pub(crate) struct RecordColumns {
    entries: Vec<Entry>,
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn optional(column: &mut Column, value: Option<i64>) {
    match value {
        Some(value) => column.append_integer(value),
        None => column.append_null(),
    }
}

fn payload8(column: &mut Column, session: &Session, end: usize) {
    match session.payload8.get(end).copied().flatten() {
        Some((bytes, length)) => {
            let (hex, digits) = hex8(bytes, length);
            column.append_text(&hex[..digits]);
        }
        None => column.append_null(),
    }
}

impl RecordColumns {
    /// Empty columns for a segment whose rows use `uses`, with room for `rows` of them.
    pub fn new(uses: Uses, rows: usize) -> Self {
        let mut entries = Vec::with_capacity(56);
        let mut add = |column, append: fn(&mut Column, &Session, &SegmentTarget<'_>)| {
            entries.push(Entry { column, append })
        };
        add(Column::uuid("id", false), |c, s, _| c.append_uuid(&s.id));
        add(Column::uuid("rootId", false), |c, s, _| c.append_uuid(&s.root_id));
        add(Column::integer32("rowVersion"), |c, s, _| {
            c.append_integer32(i32::try_from(s.row_version).unwrap_or(i32::MAX))
        });
        add(Column::boolean("final", false), |c, s, _| c.append_boolean(s.is_final));
        add(Column::integer32("segmentCnt"), |c, s, _| {
            c.append_integer32(i32::try_from(s.segment_number).unwrap_or(i32::MAX))
        });
        add(Column::uuid("stream", false), |c, _, t| c.append_uuid(&t.stream));
        add(Column::text("node", false), |c, _, t| c.append_text(t.node.as_bytes()));
        add(Column::integer("firstPacket", false), |c, s, _| {
            c.append_integer(milliseconds(s.first_packet_us))
        });
        add(Column::integer("lastPacket", false), |c, s, _| c.append_integer(milliseconds(s.last_packet_us)));
        add(Column::integer("length", false), |c, s, _| c.append_integer(session_length_ms(s)));
        add(Column::integer("ipProtocol", false), |c, s, _| c.append_integer(i64::from(s.ip_protocol)));
        add(Column::integer("ethertype", true), |c, s, _| optional(c, s.ethertype.map(i64::from)));
        add(Column::uuid("source.ip", true), |c, s, _| address(c, s, SOURCE));
        add(Column::uuid("destination.ip", true), |c, s, _| address(c, s, DESTINATION));
        add(Column::integer("source.port", true), |c, s, _| {
            optional(c, s.ends.map(|ends| i64::from(ends.port[SOURCE])))
        });
        add(Column::integer("destination.port", true), |c, s, _| {
            optional(c, s.ends.map(|ends| i64::from(ends.port[DESTINATION])))
        });
        add(Column::integer("network.packets", false), |c, s, _| c.append_integer(both(s.packets)));
        add(Column::integer("source.packets", false), |c, s, _| c.append_integer(number(s.packets[SOURCE])));
        add(Column::integer("destination.packets", false), |c, s, _| {
            c.append_integer(number(s.packets[DESTINATION]))
        });
        add(Column::integer("network.bytes", false), |c, s, _| c.append_integer(both(s.bytes)));
        add(Column::integer("source.bytes", false), |c, s, _| c.append_integer(number(s.bytes[SOURCE])));
        add(Column::integer("destination.bytes", false), |c, s, _| {
            c.append_integer(number(s.bytes[DESTINATION]))
        });
        add(Column::integer("client.bytes", false), |c, s, _| c.append_integer(number(s.data_bytes[SOURCE])));
        add(Column::integer("server.bytes", false), |c, s, _| {
            c.append_integer(number(s.data_bytes[DESTINATION]))
        });
        add(Column::integer("totDataBytes", false), |c, s, _| c.append_integer(both(s.data_bytes)));
        add(Column::text("network.community_id", true), |c, s, _| match &s.community_id {
            Some(digest) => {
                let mut text = [0; COMMUNITY_ID_TEXT];
                c.append_text(community_id(digest, &mut text).as_bytes());
            }
            None => c.append_null(),
        });
        add(Column::binary("packetPos"), |c, s, _| c.append_binary(s.positions.as_bytes()));
        add(Column::list("fileId", Column::integer("element", false)), |c, s, _| {
            c.append_integers(s.positions.files().into_iter().map(i64::from));
        });
        add(Column::integer("packetRange.gte", false), |c, s, _| {
            c.append_integer(milliseconds(s.packet_range_us()[0]))
        });
        add(Column::integer("packetRange.lte", false), |c, s, _| {
            c.append_integer(milliseconds(s.packet_range_us()[1]))
        });

        if uses.initial_rtt {
            add(Column::integer("initRTT", true), |c, s, _| optional(c, s.initial_rtt_ms.map(i64::from)));
        }
        if uses.payload8[SOURCE] {
            add(Column::text("srcPayload8", true), |c, s, _| payload8(c, s, SOURCE));
        }
        if uses.payload8[DESTINATION] {
            add(Column::text("dstPayload8", true), |c, s, _| payload8(c, s, DESTINATION));
        }
        if uses.tcp_sequence[SOURCE] {
            add(Column::integer("tcpseq.src", true), |c, s, _| {
                optional(c, s.tcp_sequence[SOURCE].map(i64::from))
            });
        }
        if uses.tcp_sequence[DESTINATION] {
            add(Column::integer("tcpseq.dst", true), |c, s, _| {
                optional(c, s.tcp_sequence[DESTINATION].map(i64::from))
            });
        }
        if uses.handshake {
            add(Column::boolean("tcpSynValidated", true), |c, s, _| validated(c, s, s.syn_validated));
            add(Column::boolean("tcpSynAckValidated", true), |c, s, _| validated(c, s, s.syn_ack_validated));
        }
        if uses.source_isn_count {
            add(Column::integer("srcISNCnt", true), |c, s, _| {
                optional(c, (s.source_isn_count > 0).then_some(i64::from(s.source_isn_count)));
            });
        }
        if uses.bytes_after_packets {
            add(Column::list("bytesByPacket", Column::integer("element", false)), |c, s, _| {
                if s.bytes_after_packets.is_empty() {
                    c.append_null();
                } else {
                    c.append_integers(s.bytes_after_packets.iter().map(|&bytes| number(bytes)));
                }
            });
        }
        if uses.tcp_flags {
            add_flags(&mut entries);
        }
        let size = Size { values: rows, bytes: 0 };
        entries.iter_mut().for_each(|entry| entry.column.reserve(rows, size));
        Self { entries }
    }

    /// Appends one row.
    pub fn append(&mut self, session: &Session, target: &SegmentTarget<'_>) {
        for entry in &mut self.entries {
            (entry.append)(&mut entry.column, session, target);
        }
    }

    /// The columns, to be finished.
    pub fn columns_mut(&mut self) -> impl Iterator<Item = &mut Column> {
        self.entries.iter_mut().map(|entry| &mut entry.column)
    }
    /// The columns, for their names and types.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.entries.iter().map(|entry| &entry.column)
    }
}

fn add_flags(entries: &mut Vec<Entry>) {
    macro_rules! flag {
        ($($at:literal)*) => {
            $(entries.push(Entry {
                column: Column::integer(TCP_FLAGS[$at].0, true),
                append: |c, s, _| optional(c, s.tcp_flags.as_ref().map(|flags| i64::from((TCP_FLAGS[$at].1)(flags)))),
            });)*
        };
    }
    flag!(0 1 2 3 4 5 6 7 8 9 10 11);
}

fn address(column: &mut Column, session: &Session, end: usize) {
    match &session.ends {
        Some(ends) => column.append_uuid(&ends.address[end]),
        None => column.append_null(),
    }
}

fn validated(column: &mut Column, session: &Session, yes: bool) {
    if saw_handshake(session) { column.append_boolean(yes) } else { column.append_null() }
}

fn both(pair: [u64; 2]) -> i64 {
    number(pair[SOURCE].saturating_add(pair[DESTINATION]))
}
