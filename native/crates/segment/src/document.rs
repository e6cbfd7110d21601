//! A session as a nested JSON document, in the shape that Arkime's session documents have: a dot in a path
//! opens an object, a field with a count shows it beside its values, absent fields are absent.

use crate::layout::member_name;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lookback_session::core_fields::CAPTURE_GROUP;
use lookback_session::record::{DESTINATION, SOURCE};
use lookback_session::{Address, Count, FieldSpec, Fields, PacketPosition, Session, TcpFlagCounts, Value};
use serde_json::{Map, Value as Json};
use std::net::{IpAddr, Ipv6Addr};

/// A TCP flag column: document path and the count that it shows.
pub(crate) type FlagColumn = (&'static str, fn(&TcpFlagCounts) -> u32);

/// Every TCP flag column.
pub(crate) const TCP_FLAGS: [FlagColumn; 12] = [
    ("tcpflags.syn", |flags| flags.syn),
    ("tcpflags.syn-ack", |flags| flags.syn_ack),
    ("tcpflags.ack", |flags| flags.ack),
    ("tcpflags.psh", |flags| flags.psh),
    ("tcpflags.fin", |flags| flags.fin),
    ("tcpflags.rst", |flags| flags.rst),
    ("tcpflags.urg", |flags| flags.urg),
    ("tcpflags.ece", |flags| flags.ece),
    ("tcpflags.cwr", |flags| flags.cwr),
    ("tcpflags.ae", |flags| flags.ae),
    ("tcpflags.srcZero", |flags| flags.zero_window[SOURCE]),
    ("tcpflags.dstZero", |flags| flags.zero_window[DESTINATION]),
];

/// What a document shows of the packet positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DocumentOptions {
    /// Positions as the difference to the one before, 0 where it equals the difference before it (`gapPacketPos`).
    pub gap_packet_positions: bool,
    /// Record lengths beside the positions (`enablePacketLen`).
    pub packet_lengths: bool,
}

/// Milliseconds since 1970 of `us` microseconds, rounded down.
pub(crate) fn milliseconds(us: i64) -> i64 {
    us.div_euclid(1_000)
}

/// Whole milliseconds from the flow's first to the segment's last packet; 0 where the clock went back.
pub(crate) fn session_length_ms(session: &Session) -> i64 {
    (session.last_packet_us.div_euclid(1_000) - session.first_packet_us.div_euclid(1_000)).max(0)
}

/// Whether a SYN or SYN-ACK was seen: only then is it known whether one was acknowledged.
pub(crate) fn saw_handshake(session: &Session) -> bool {
    session.tcp_sequence.iter().any(Option::is_some)
}

/// Length of [`community_id`]'s text: two characters, and 28 that carry 20 bytes.
pub(crate) const COMMUNITY_ID_TEXT: usize = 30;

/// Community ID version 1 as text: `1:` and base64 of the digest.
pub(crate) fn community_id<'a>(digest: &[u8; 20], text: &'a mut [u8; COMMUNITY_ID_TEXT]) -> &'a str {
    text[..2].copy_from_slice(b"1:");
    // 20 bytes always fill the 28 characters.
    let written = STANDARD.encode_slice(digest, &mut text[2..]).unwrap_or(0);
    std::str::from_utf8(&text[..2 + written]).unwrap_or("")
}

/// Lower-case hex of the first `length` of `bytes`, and how many digits that is.
pub(crate) fn hex8(bytes: [u8; 8], length: u8) -> ([u8; 16], usize) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 16];
    for (at, byte) in bytes.into_iter().enumerate() {
        text[2 * at] = DIGITS[usize::from(byte >> 4)];
        text[2 * at + 1] = DIGITS[usize::from(byte & 15)];
    }
    (text, 2 * usize::from(length.min(8)))
}

/// An address as people write it: IPv4 dotted, IPv6 as RFC 5952 says.
fn address_text(address: &Address) -> String {
    match Ipv6Addr::from(*address).to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => v6.to_string(),
    }
}

/// Puts `value` at `path` below `object`, opening an object at each dot.
fn put(object: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = object.entry(head).or_insert_with(|| Json::Object(Map::new()));
            match inner {
                Json::Object(inner) => put(inner, rest, value),
                // A field has the name of another's parent: the dotted name stays whole.
                _ => {
                    object.insert(path.to_owned(), value);
                }
            }
        }
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Boolean(yes) => (*yes).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Ip(address) => address_text(address).into(),
        Value::Integers(numbers) => numbers.as_slice().into(),
        Value::Texts(texts) => texts.iter().map(|text| text.as_str()).collect(),
        Value::Ips(addresses) => addresses.iter().map(address_text).collect(),
        Value::Objects(objects) => objects.iter().map(object_json).collect(),
    }
}

fn put_field(out: &mut Map<String, Json>, field: &'static FieldSpec, name: &str, value: &Value) {
    put(out, name, json(value));
    match field.count {
        Count::None => {}
        Count::Cnt => put(out, &format!("{name}Cnt"), value.len().into()),
        Count::EcsCnt => put(out, &format!("{name}-cnt"), value.len().into()),
    }
}

fn object_json(object: &Fields) -> Json {
    let mut out = Map::new();
    for (field, value) in object.values() {
        put_field(&mut out, field, member_name(field), &value);
    }
    Json::Object(out)
}

/// Positions as differences: the first as it is, then the difference to the one before, or 0 if that repeats.
fn gaps(positions: impl Iterator<Item = u64>) -> Vec<i64> {
    let mut before = 0i64;
    let mut gap_before = 0i64;
    let gap_of = |position: u64| {
        let position = position as i64;
        let gap = position.wrapping_sub(before);
        before = position;
        if gap == gap_before {
            return 0;
        }
        gap_before = gap;
        gap
    };
    positions.map(gap_of).collect()
}

/// Packet positions in order of arrival. When a session has packets in several files, the negative number of the
/// file precedes the packets of each; with one file the caller knows which it is.
fn packet_positions(positions: &[PacketPosition], gap: bool) -> Vec<Json> {
    let groups = || positions.chunk_by(|a, b| a.file == b.file);
    let several = groups().nth(1).is_some();
    let mut out = Vec::with_capacity(positions.len());
    for group in groups() {
        if let (true, Some(first)) = (several, group.first()) {
            out.push((-i64::from(first.file)).into());
        }
        let offsets = group.iter().map(|position| position.offset);
        if gap {
            out.extend(gaps(offsets).into_iter().map(Json::from));
        } else {
            out.extend(offsets.map(Json::from));
        }
    }
    out
}

/// One session as a document. Times are milliseconds since 1970; `node` and `rootId`, which depend on where the
/// session was captured, are the caller's to add.
pub fn document(session: &Session, options: &DocumentOptions) -> Json {
    let mut out = Map::new();
    let o = &mut out;
    put(o, "firstPacket", milliseconds(session.first_packet_us).into());
    put(o, "lastPacket", milliseconds(session.last_packet_us).into());
    put(o, "length", session_length_ms(session).into());
    put(o, "ipProtocol", session.ip_protocol.into());
    if let Some(ethertype) = session.ethertype {
        put(o, "ethertype", ethertype.into());
    }
    put(o, "segmentCnt", session.segment_number.into());
    for (end, name, data) in [(SOURCE, "source", "client"), (DESTINATION, "destination", "server")] {
        if let Some(ends) = &session.ends {
            put(o, &format!("{name}.ip"), address_text(&ends.address[end]).into());
            put(o, &format!("{name}.port"), ends.port[end].into());
        }
        put(o, &format!("{name}.packets"), session.packets[end].into());
        put(o, &format!("{name}.bytes"), session.bytes[end].into());
        put(o, &format!("{data}.bytes"), session.data_bytes[end].into());
    }
    put(o, "network.packets", session.packets.iter().sum::<u64>().into());
    put(o, "network.bytes", session.bytes.iter().sum::<u64>().into());
    put(o, "totDataBytes", session.data_bytes.iter().sum::<u64>().into());
    if let Some(digest) = &session.community_id {
        put(o, "network.community_id", community_id(digest, &mut [0; COMMUNITY_ID_TEXT]).into());
    }
    for (end, name) in [(SOURCE, "srcPayload8"), (DESTINATION, "dstPayload8")] {
        if let Some((bytes, length)) = session.payload8[end] {
            let (hex, digits) = hex8(bytes, length);
            put(o, name, String::from_utf8_lossy(&hex[..digits]).into());
        }
    }
    put_tcp(o, session);
    let positions = session.positions.to_vec();
    put(o, "packetPos", Json::Array(packet_positions(&positions, options.gap_packet_positions)));
    if options.packet_lengths {
        put(o, "packetLen", positions.iter().map(|position| Json::from(position.length)).collect());
    }
    let [earliest, latest] = session.packet_range_us();
    put(o, "packetRange.gte", milliseconds(earliest).into());
    put(o, "packetRange.lte", milliseconds(latest).into());
    // What a capture missed is of the capture, not of the conversation: documents are compared between captures.
    for (field, value) in
        session.fields.values().into_iter().filter(|(field, _)| field.group != CAPTURE_GROUP)
    {
        put_field(o, field, field.path, &value);
    }
    Json::Object(out)
}

fn put_tcp(out: &mut Map<String, Json>, session: &Session) {
    if let Some(flags) = &session.tcp_flags {
        for (path, count) in &TCP_FLAGS {
            put(out, path, count(flags).into());
        }
    }
    if let Some(rtt) = session.initial_rtt_ms {
        put(out, "initRTT", rtt.into());
    }
    for (end, path) in [(SOURCE, "tcpseq.src"), (DESTINATION, "tcpseq.dst")] {
        if let Some(sequence) = session.tcp_sequence[end] {
            put(out, path, sequence.into());
        }
    }
    if saw_handshake(session) {
        put(out, "tcpSynValidated", session.syn_validated.into());
        put(out, "tcpSynAckValidated", session.syn_ack_validated.into());
    }
    if session.source_isn_count > 0 {
        put(out, "srcISNCnt", session.source_isn_count.into());
    }
}
