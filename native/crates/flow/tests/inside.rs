//! What a proxy's connection holds, where both ends send of it before the proxy's handshake was read to its end.

mod support;

use support::connection::{ACK, SYN, rows, tcp};

#[test]
fn both_directions_of_the_inside_are_dissected() {
    let greeting = [5, 1, 0];
    let request = [b"\x05\x01\x00\x03\x01a\x00\x50", &b"GET /in HTTP/1.1\r\nHost: a\r\n\r\n"[..]].concat();
    let reply =
        [&[5, 0, 0, 1, 10, 0, 0, 1, 4, 56][..], b"HTTP/1.1 203 OK\r\nContent-Length: 2\r\n\r\nok"].concat();
    let rows = rows(&[
        tcp(1, true, 0, SYN, &[]),
        tcp(1, false, 0, SYN | ACK, &[]),
        tcp(1, true, 1, ACK, &greeting),
        tcp(1, false, 1, ACK, &[5, 0]),
        tcp(1, true, 4, ACK, &request),
        tcp(1, false, 3, ACK, &reply),
    ]);
    let values: Vec<String> = rows
        .iter()
        .flat_map(|row| row.fields.values())
        .map(|(field, value)| format!("{}={value:?}", field.expression))
        .collect();
    for (field, value) in [
        ("protocols", "socks"),
        ("protocols", "http"),
        ("http.uri", "a/in"),
        ("http.statuscode", "203"),
        ("http.md5", "444bcb3a3fcf8389296c49467f27e1d6"),
    ] {
        assert!(
            values.iter().any(|told| told.starts_with(&format!("{field}=")) && told.contains(value)),
            "{field} {value} in {values:#?}"
        );
    }
}
