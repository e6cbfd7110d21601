//! A dissector that panics costs its session the later fields, and nothing else.

use super::*;
use crate::FlowTable;
use lookback_protocols::{Context, Verdict};
use lookback_session::Value;

/// Fails at its second payload.
struct Fragile(u32);

impl Dissector for Fragile {
    fn name(&self) -> &'static str {
        "fragile"
    }
    fn payload(&mut self, context: &mut Context<'_>, _direction: Direction, _data: &[u8]) -> Verdict {
        self.0 += 1;
        context.fields.add_text(&core_fields::PROTOCOLS, "fragile");
        assert!(self.0 < 2, "a bug of a dissector");
        Verdict::More
    }
}

#[test]
fn a_panic_in_a_dissector_is_tagged_and_counted_and_the_session_goes_on() {
    // What it prints is expected here.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let settings = FlowSettings::default();
    let mut bench = Workbench::new(&settings, [7; 16]);
    let decoded =
        Decoded { kind: FlowKind::Udp, has_ip: true, ip_protocol: 17, payload_end: 4, ..Decoded::default() };
    let packet = PacketFacts {
        frame: b"some",
        decoded: &decoded,
        timestamp_ns: 0,
        clock_s: 0,
        clock_before_s: 0,
        link_type: 1,
        captured_length: 4,
        original_length: 4,
        truncated: false,
        ordinal: 0,
        position: PacketPosition { file: 1, length: 20, offset: 24 },
        origin: 0,
        earlier: &[],
    };
    let key = FlowKey::of(&decoded, settings.tracking);
    let mut flow = Flow::open(&packet, key, false, &settings);
    flow.classified = [true; 2];
    flow.dissectors.get_or_insert_default().push(Box::new(Fragile(0)));
    for _ in 0..4 {
        flow.packet(&packet, &key, &settings, &mut bench);
    }
    let row = flow.save(true, &settings, &mut bench);
    std::panic::set_hook(hook);
    assert_eq!(row.packets, [4, 0]);
    assert_eq!(bench.counters.dissector_failures, 1);
    let texts = |field: &'static FieldSpec| match row.fields.get(field) {
        Some(Value::Texts(texts)) => texts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        Some(Value::Text(text)) => vec![text.to_string()],
        _ => Vec::new(),
    };
    assert_eq!(texts(&core_fields::TAGS), ["dissector-failed"]);
    assert!(texts(&core_fields::PROTOCOLS).contains(&"fragile".to_owned()));
    // Another flow of the same table is not touched.
    let mut table = FlowTable::new(settings, [7; 16]);
    table.packet(&packet);
    assert_eq!((table.open_flows(), table.counters().dissector_failures), (1, 0));
}

/// Packets of both directions of a session of DHCP: of each by its ports, and whether the first one's sender receives it.
fn packets_of_dhcp(packets: &[([u16; 2], bool)]) -> Vec<[u64; 2]> {
    let mut table = FlowTable::new(FlowSettings::default(), [7; 16]);
    let mut decoded = Decoded { kind: FlowKind::Udp, has_ip: true, ip_protocol: 17, ..Decoded::default() };
    decoded.label = "dhcp";
    decoded.other_key.extend([2, 0, 0, 0, 0, 1]);
    for &([source_port, destination_port], is_answer) in packets {
        (decoded.source_port, decoded.destination_port) = (source_port, destination_port);
        (decoded.source[15], decoded.destination[15]) = if is_answer { (2, 1) } else { (1, 2) };
        table.packet(&PacketFacts {
            frame: &[],
            decoded: &decoded,
            timestamp_ns: 0,
            clock_s: 0,
            clock_before_s: 0,
            link_type: 1,
            captured_length: 300,
            original_length: 300,
            truncated: false,
            ordinal: 0,
            position: PacketPosition { file: 1, length: 316, offset: 24 },
            origin: 0,
            earlier: &[],
        });
    }
    for at in table.remaining() {
        table.close(at);
    }
    table.saved().iter().map(|row| row.packets).collect()
}

#[test]
fn what_a_dhcp_relay_gets_comes_from_the_server() {
    assert_eq!(packets_of_dhcp(&[([67, 67], false), ([67, 67], true), ([67, 67], true)]), [[1, 2]]);
}

#[test]
fn what_a_client_asks_a_boot_server_comes_from_the_client() {
    let packets = [([68, 67], false), ([67, 68], true), ([68, 4_011], false), ([4_011, 68], true)];
    assert_eq!(packets_of_dhcp(&packets), [[2, 2]]);
    assert_eq!(packets_of_dhcp(&packets[2..]), [[1, 1]]);
}

#[test]
fn sctp_data_is_known_by_its_first_bytes_and_by_what_says_what_it_is() {
    let chunk = |kind: u8, flags: u8, header: &[u8], data: &[u8]| {
        let length = (4 + header.len() + data.len()) as u16;
        let mut chunk = [&[kind, flags][..], &length.to_be_bytes(), header, data].concat();
        chunk.resize(chunk.len().next_multiple_of(4), 0);
        chunk
    };
    let protocol = |number: u8| [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, number];
    let interleaved = |number: u8| [&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1][..], &[0, 0, 0, number]].concat();
    let frame = [
        chunk(0, 3, &protocol(46), b""),
        chunk(0, 3, &protocol(46), b"GET / HTTP/1.1\r\n\r\n"),
        chunk(64, 2, &interleaved(47), b"begins"),
        // Its fragment number.
        chunk(64, 1, &interleaved(9), b"ends"),
    ]
    .concat();
    let decoded = Decoded {
        kind: FlowKind::Sctp,
        has_ip: true,
        ip_protocol: 132,
        payload_end: frame.len() as u32,
        ..Decoded::default()
    };
    let mut table = FlowTable::new(FlowSettings::default(), [7; 16]);
    table.packet(&PacketFacts {
        frame: &frame,
        decoded: &decoded,
        timestamp_ns: 0,
        clock_s: 0,
        clock_before_s: 0,
        link_type: 1,
        captured_length: frame.len() as u32,
        original_length: frame.len() as u32,
        truncated: false,
        ordinal: 0,
        position: PacketPosition { file: 1, length: frame.len() as u32 + 16, offset: 24 },
        origin: 0,
        earlier: &[],
    });
    for at in table.remaining() {
        table.close(at);
    }
    let row = table.saved().pop().expect("the one flow");
    assert_eq!(row.fields.get(&SCTP_PROTOCOL), Some(Value::Integers(vec![46, 47])));
    assert_eq!(row.payload8[SOURCE], Some((*b"GET / HT", 8)));
}

#[test]
fn tcp_takes_no_more_than_a_block_of_the_allocator() {
    assert!(size_of::<crate::tcp::TcpState>() <= 128, "{}", size_of::<crate::tcp::TcpState>());
}
