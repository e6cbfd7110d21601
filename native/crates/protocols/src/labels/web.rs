//! Around the web: Flash policy, QUIC (RFC 9000 and Google's), GFE's SPDY left out.

use crate::Protocol;
use crate::bytes::{be32, byte};

/// A long header with a known version (RFC 9000 section 17.2, RFC 9369, IETF drafts, Google's letters).
fn long_header(data: &[u8]) -> bool {
    let (Some(first), Some(version)) = (byte(data, 0), be32(data, 1)) else { return false };
    let destination_id = byte(data, 5).unwrap_or(255);
    // A client's first datagram is padded to 1,200 bytes; a server's Initial may be shorter.
    first & 0xc0 == 0xc0 && version_known(version) && destination_id <= 20 && data.len() >= 20
}

fn version_known(version: u32) -> bool {
    matches!(version, 1 | 0x6b33_43cf | 0xff00_0001..=0xff00_0022 | 0xfaceb001 | 0xfaceb002)
        || google_version(&version.to_be_bytes())
}

/// `Q0xx` or `T0xx`: Google's versions.
fn google_version(bytes: &[u8]) -> bool {
    matches!(bytes, [b'Q' | b'T', b'0', a, b] if a.is_ascii_digit() && b.is_ascii_digit())
}

/// The public header of Google QUIC up to version 43: flags with the version bit, connection id of 8 bytes.
fn google_public_header(data: &[u8]) -> bool {
    byte(data, 0).is_some_and(|flags| flags & 0x89 == 0x09) && data.get(9..13).is_some_and(google_version)
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "web",
    fields: &[],
    classifiers: &[
        tcp!("flash-policy", 0, b"<policy-file-request/>"),
        tcp!("flash-policy", 0, b"<?xml", |data| crate::bytes::contains(data, b"<cross-domain-policy>")),
        any_udp!("quic", |data| long_header(data) || google_public_header(data)),
    ],
};
