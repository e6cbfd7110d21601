//! A body that ends with its connection is whole only if that end was seen, and all bytes before it.

mod support;

use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_session::PacketPosition;
use lookback_wire::{Decoded, decode, link_type};
use support::connection::{ACK, SYN, tcp};

const FIN: u8 = 1;
const RST: u8 = 4;
const HEAD: &[u8] = b"HTTP/1.0 200 OK\r\n\r\n";
/// MD5 of `ok`.
const MD5: &str = "444bcb3a3fcf8389296c49467f27e1d6";

/// Whether the session of a request and of what its server sends (sequence behind the head, flags, bytes) has `MD5`.
fn has_md5(from_server: &[(u32, u8, &[u8])]) -> bool {
    let mut table = FlowTable::new(FlowSettings::default(), [7; 16]);
    let mut frames = vec![
        tcp(1, true, 0, SYN, &[]),
        tcp(1, false, 0, SYN | ACK, &[]),
        tcp(1, true, 1, ACK, b"GET / HTTP/1.0\r\n\r\n"),
        tcp(1, false, 1, ACK, HEAD),
    ];
    frames.extend(
        from_server
            .iter()
            .map(|(sequence, flags, data)| tcp(1, false, 1 + HEAD.len() as u32 + sequence, *flags, data)),
    );
    for (ordinal, frame) in frames.iter().enumerate() {
        let (mut decoded, length) = (Decoded::default(), frame.len() as u32);
        decode(link_type::RAW, frame, length, &mut decoded).expect("a frame");
        table.packet(&PacketFacts {
            frame,
            decoded: &decoded,
            timestamp_ns: ordinal as i64,
            clock_s: 0,
            clock_before_s: 0,
            link_type: link_type::RAW,
            captured_length: length,
            original_length: length,
            truncated: false,
            ordinal: ordinal as u64,
            position: PacketPosition { file: 1, length: length + 16, offset: ordinal as u64 * 1000 },
            origin: 0,
            earlier: &[],
        });
    }
    for at in table.remaining() {
        table.close(at);
    }
    let rows = std::mem::take(table.saved());
    assert_eq!(rows.len(), 1);
    rows[0].fields.values().iter().any(|(field, value)| {
        if field.expression == "http.md5" {
            assert!(format!("{value:?}").contains(MD5), "{value:?}");
        }
        field.expression == "http.md5"
    })
}

#[test]
fn its_end_was_seen_and_all_before_it() {
    assert!(has_md5(&[(0, ACK, b"ok"), (2, FIN | ACK, b"")]));
    assert!(has_md5(&[(0, FIN | ACK, b"ok")]));
    assert!(has_md5(&[(2, FIN | ACK, b""), (1, ACK, b"k"), (0, ACK, b"o")]), "out of order");
}

#[test]
fn its_end_was_not_seen() {
    assert!(!has_md5(&[(0, ACK, b"ok")]));
    assert!(!has_md5(&[(0, ACK, b"ok"), (2, RST, b"")]));
}

#[test]
fn bytes_before_its_end_are_missing() {
    assert!(!has_md5(&[(0, ACK, b"ok"), (7, FIN | ACK, b"")]), "the last ones");
    assert!(
        !has_md5(&[(0, ACK, b"ok"), (7, ACK, b"more"), (11, FIN | ACK, b"")]),
        "some before the last ones"
    );
    assert!(!has_md5(&[(0, ACK, b"ok"), (7, RST | ACK, b"")]), "the last ones, before a reset");
}
