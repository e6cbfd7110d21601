//! A body that ends with its connection is whole only if that end was seen, and all bytes before it.

mod support;

use support::connection::{ACK, SYN, rows, tcp};

const FIN: u8 = 1;
const RST: u8 = 4;
const HEAD: &[u8] = b"HTTP/1.0 200 OK\r\n\r\n";
/// MD5 of `ok`.
const MD5: &str = "444bcb3a3fcf8389296c49467f27e1d6";

/// Whether the session of a request and of what its server sends (sequence behind the head, flags, bytes) has `MD5`.
fn has_md5(from_server: &[(u32, u8, &[u8])]) -> bool {
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
    rows_have_md5(&frames)
}

fn rows_have_md5(frames: &[Vec<u8>]) -> bool {
    let rows = rows(frames);
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
fn its_connection_is_one_packet() {
    let payload = [HEAD, b"ok"].concat();
    assert!(rows_have_md5(&[tcp(1, false, 1, FIN | ACK, &payload)]));
    assert!(!rows_have_md5(&[tcp(1, false, 1, ACK, &payload)]));
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
