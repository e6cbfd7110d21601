//! Directories and authentication: LDAP (RFC 4511), Kerberos (RFC 4120), RADIUS (RFC 2865), TACACS+ (RFC 8907),
//! Diameter (RFC 6733), Ident (RFC 1413).

use crate::Protocol;
use crate::bytes::{be16, be24, be32, byte};

/// Length of a BER header (tag and length bytes) and the length it states.
fn ber_header(data: &[u8]) -> Option<(usize, usize)> {
    let first = byte(data, 1)?;
    match first {
        0..=0x7f => Some((2, usize::from(first))),
        0x81..=0x84 => {
            let count = usize::from(first & 0x7f);
            let bytes = data.get(2..2 + count)?;
            Some((2 + count, bytes.iter().fold(0usize, |sum, &b| sum << 8 | usize::from(b))))
        }
        _ => None,
    }
}

/// LDAPMessage: SEQUENCE, messageID INTEGER of 1 to 4 bytes, a protocolOp of class APPLICATION.
fn ldap_message(data: &[u8]) -> bool {
    let Some((header, length)) = ber_header(data) else { return false };
    let Some([0x02, size @ 1..=4]) = data.get(header..header + 2).and_then(|b| <[u8; 2]>::try_from(b).ok())
    else {
        return false;
    };
    let operation = byte(data, header + 2 + usize::from(size)).unwrap_or(0);
    length >= 5
        && (matches!(operation, 0x60..=0x79) || operation == 0x42 || operation == 0x4a || operation == 0x50)
}

/// KRB-AS and KRB-TGS messages and errors are APPLICATION 10 to 30 around a SEQUENCE.
fn kerberos_message(data: &[u8]) -> bool {
    let Some(tag @ (0x6a..=0x6f | 0x74..=0x76 | 0x7e)) = byte(data, 0) else { return false };
    let Some((header, _)) = ber_header(data) else { return false };
    if byte(data, header) != Some(0x30) {
        return false;
    }
    let Some((inner, _)) = ber_header(data.get(header..).unwrap_or_default()) else { return false };
    // [0] or [1] holds pvno, INTEGER 5.
    let body = data.get(header + inner..).unwrap_or_default();
    let pvno = matches!(body, [0xa0 | 0xa1, 0x03, 0x02, 0x01, 0x05, ..]);
    pvno || (tag == 0x6a && byte(data, header) == Some(0x30) && body.first() == Some(&0xa1))
}

fn radius_packet(data: &[u8]) -> bool {
    let length = be16(data, 2).map_or(0, usize::from);
    matches!(byte(data, 0), Some(1..=5 | 11..=13 | 40..=45))
        && (20..=4096).contains(&length)
        && length <= data.len()
}

/// Diameter: version 1, length a multiple of 4, command flags without reserved bits.
fn diameter_message(data: &[u8]) -> bool {
    let length = be24(data, 1).unwrap_or(0);
    length >= 20
        && length.is_multiple_of(4)
        && length < 1 << 16
        && byte(data, 4).is_some_and(|flags| flags & 0x0f == 0)
        && matches!(
            be24(data, 5),
            Some(257 | 258 | 265 | 268 | 271..=275 | 280 | 282 | 300..=305 | 316..=324)
        )
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "directory",
    fields: &[],
    classifiers: &[
        tcp!("ldap", 0, b"\x30", ldap_message),
        udp_port!("ldap", 389, |data| byte(data, 0) == Some(0x30) && ldap_message(data)),
        tcp_port!("krb5", 88, |data| be32(data, 0).is_some_and(|n| n as usize >= 10)
            && kerberos_message(data.get(4..).unwrap_or_default())),
        udp_port!("krb5", 88, kerberos_message),
        udp_port!("radius", 1812, radius_packet),
        udp_port!("radius", 1813, radius_packet),
        udp_port!("radius", 1645, radius_packet),
        udp_port!("radius", 1646, radius_packet),
        udp_port!("radius", 3799, radius_packet),
        tcp_port!("tacacs", 49, |data| matches!(byte(data, 0), Some(0xc0 | 0xc1))
            && matches!(byte(data, 1), Some(1..=3))),
        tcp!("diameter", 0, b"\x01", diameter_message),
        tcp_port!("ident", 113, |data| data.len() < 200
            && memchr::memchr(b',', data).is_some()
            && data.iter().all(|b| b.is_ascii_graphic() || b" \r\n".contains(b))),
    ],
};
