//! Infrastructure: time, configuration, routing, monitoring and tunnels that are known by port or magic.

use crate::Protocol;
use crate::bytes::{be16, be24, be32, byte, contains};

/// IKE header: version 1.0 or 2.x, a known exchange, the length of the datagram (RFC 7296 section 3.1).
fn ike_message(data: &[u8]) -> bool {
    matches!(byte(data, 17), Some(0x10 | 0x11 | 0x20 | 0x21))
        && matches!(byte(data, 18), Some(1..=6 | 32..=45))
        && be32(data, 24)
            .is_some_and(|length| length as usize >= 28 && length as usize <= data.len().max(28) + 4096)
}

/// Version 1, 2c or 3; a community (1, 2c) or a global header (3) follows (RFC 3412, RFC 3416).
fn snmp_message(data: &[u8]) -> bool {
    let header = match byte(data, 1) {
        Some(0..=0x7f) => 2,
        Some(0x81) => 3,
        Some(0x82) => 4,
        _ => return false,
    };
    let version = data.get(header..header + 4);
    matches!(version, Some([0x02, 0x01, 0 | 1, 0x04]) | Some([0x02, 0x01, 3, 0x30]))
}

fn ntp_packet(data: &[u8]) -> bool {
    data.len() >= 48
        && byte(data, 0).is_some_and(|flags| matches!(flags >> 3 & 7, 1..=4) && matches!(flags & 7, 1..=5))
}

/// `<priority>`: one to three digits up to 191 (RFC 5424 section 6.2.1).
fn syslog_message(data: &[u8]) -> bool {
    let head = data.get(..data.len().min(5)).unwrap_or_default();
    let Some(end) = memchr::memchr(b'>', head) else { return false };
    let digits = head.get(1..end).unwrap_or_default();
    (1..=3).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
        && digits.iter().fold(0u32, |sum, d| sum * 10 + u32::from(d - b'0')) <= 191
}

/// The magic cookie, a length that is a multiple of 4 and fits (RFC 8489 section 5).
fn stun_message(data: &[u8]) -> bool {
    byte(data, 0).is_some_and(|first| first < 4)
        && be16(data, 2).is_some_and(|length| length % 4 == 0 && usize::from(length) + 20 <= data.len())
}

fn bootp_message(data: &[u8]) -> bool {
    matches!(byte(data, 0), Some(1 | 2))
        && byte(data, 2).is_some_and(|length| length <= 16)
        && data.len() >= 236
}

/// NetBIOS name service: one question or answer, a first-level encoded name of 32 letters A to P (RFC 1002).
fn netbios_name(data: &[u8]) -> bool {
    data.get(12) == Some(&32)
        && data.get(13..45).is_some_and(|name| name.iter().all(|b| (b'A'..=b'P').contains(b)))
}

fn netflow_packet(data: &[u8]) -> bool {
    let count = be16(data, 2).map_or(0, usize::from);
    match be16(data, 0) {
        Some(1) => (1..=24).contains(&count) && data.len() == 16 + count * 52,
        Some(5) => (1..=30).contains(&count) && data.len() == 24 + count * 48,
        Some(7) => (1..=28).contains(&count) && data.len() == 24 + count * 52,
        Some(9) => (1..=100).contains(&count) && be16(data, 22).is_some_and(|length| length >= 4),
        _ => false,
    }
}

fn ipfix_message(data: &[u8]) -> bool {
    be16(data, 2).is_some_and(|length| usize::from(length) == data.len() && length >= 20)
}

fn wireguard_message(data: &[u8]) -> bool {
    matches!((byte(data, 0), data.len()), (Some(1), 148) | (Some(2), 92))
}

/// A reset of the control channel (opcode 7 to 10, key 0) that opens an OpenVPN session.
fn openvpn_reset(data: &[u8]) -> bool {
    matches!(byte(data, 0), Some(0x38 | 0x40 | 0x50)) && data.len() >= 14 && data.get(1..9) != Some(&[0; 8])
}

fn dhcpv6_message(data: &[u8]) -> bool {
    matches!(byte(data, 0), Some(1..=13)) && data.len() >= 8
}

fn rip_packet(data: &[u8]) -> bool {
    matches!(byte(data, 0), Some(1 | 2))
        && matches!(byte(data, 1), Some(1 | 2))
        && be16(data, 2) == Some(0)
        && (data.len() - 4).is_multiple_of(20)
}

/// Discovery over HTTP in datagrams (UPnP).
fn ssdp_message(data: &[u8]) -> bool {
    contains(data, b"ssdp:") || contains(data, b"239.255.255.250") || contains(data, b"upnp")
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "network",
    fields: &[],
    classifiers: &[
        udp_port!("isakmp", 500, ike_message),
        udp_port!("isakmp", 4500, |data| be32(data, 0) == Some(0)
            && ike_message(data.get(4..).unwrap_or_default())),
        udp!("snmp", 0, b"\x30", snmp_message),
        tcp_port!("snmp", 161, |data| byte(data, 0) == Some(0x30) && snmp_message(data)),
        udp_port!("ntp", 123, ntp_packet),
        udp_port!("ptp", 319, |data| byte(data, 1).is_some_and(|v| matches!(v & 15, 1 | 2))
            && data.len() >= 34),
        udp_port!("ptp", 320, |data| byte(data, 1).is_some_and(|v| matches!(v & 15, 1 | 2))
            && data.len() >= 34),
        udp_port!("syslog", 514, |data| byte(data, 0) == Some(b'<') && syslog_message(data)),
        tcp_port!("syslog", 514, |data| byte(data, 0) == Some(b'<') && syslog_message(data)),
        tcp_port!("syslog", 601, |data| byte(data, 0) == Some(b'<') && syslog_message(data)),
        udp!("stun", 4, b"\x21\x12\xa4\x42", stun_message),
        tcp!("stun", 4, b"\x21\x12\xa4\x42", stun_message),
        udp_port!("stun", 3478, |data| matches!(be16(data, 0), Some(0x0001 | 0x0101)) && stun_message(data)),
        udp_port!("dhcp", 67, bootp_message),
        udp_port!("dhcp", 68, bootp_message),
        udp_port!("dhcpv6", 546, dhcpv6_message),
        udp_port!("dhcpv6", 547, dhcpv6_message),
        udp_port!("bsdp", 67, |data| contains(data, b"AAPLBSDPC")),
        udp_port!("nbns", 137, netbios_name),
        udp_port!("nbds", 138, |data| matches!(byte(data, 0), Some(0x10..=0x16)) && data.len() > 14),
        udp_port!("netflow", 2055, netflow_packet),
        udp_port!("netflow", 9995, netflow_packet),
        udp_port!("netflow", 9996, netflow_packet),
        udp!("netflow", 0, b"\x00\x05\x00", netflow_packet),
        udp!("ipfix", 0, b"\x00\x0a", ipfix_message),
        udp_port!("sflow", 6343, |data| matches!(be32(data, 0), Some(2 | 4 | 5))),
        udp!("ssdp", 0, b"M-SEARCH * HTTP/1.1", ssdp_message),
        udp!("ssdp", 0, b"NOTIFY * HTTP/1.1", ssdp_message),
        udp_port!("ssdp", 1900, |data| data.starts_with(b"HTTP/1.1 200 OK")),
        udp_port!("rip", 520, rip_packet),
        udp_port!("hsrp", 1985, |data| byte(data, 0) == Some(0) && data.len() >= 20),
        udp_port!("hsrpv2", 1985, |data| byte(data, 0) == Some(1) && byte(data, 2) == Some(2)),
        udp!("wireguard", 1, b"\x00\x00\x00", wireguard_message),
        udp_port!("openvpn", 1194, openvpn_reset),
        tcp_port!("openvpn", 1194, |data| be16(data, 0).is_some_and(|n| usize::from(n) + 2 == data.len())
            && openvpn_reset(data.get(2..).unwrap_or_default())),
        tcp!("bgp", 0, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", |data| be16(
            data, 16
        )
        .is_some_and(|n| (19..=4096).contains(&n))
            && matches!(byte(data, 18), Some(1..=5))),
        tcp_port!("nsclient", 1248, |data| data.starts_with(b"None&") || contains(data, b"&")),
        tcp_port!("whois", 43, |data| data.len() < 512 && data.ends_with(b"\r\n")),
        tcp_port!("finger", 79, |data| data.len() < 256 && data.ends_with(b"\r\n")),
        udp!("aruba-papi", 0, b"\x49\x72"),
        udp_port!("pana", 716, |data| be16(data, 0) == Some(0)
            && be16(data, 2).is_some_and(|n| usize::from(n) == data.len())),
        tcp!("safet", 0, b"SAFT"),
        tcp!("mqtt", 0, b"\x10", |data| data.get(2..8) == Some(b"\x00\x04MQTT")
            || data.get(2..10) == Some(b"\x00\x06MQIsdp")
            || data.get(3..9) == Some(b"\x00\x04MQTT")),
        tcp_port!("winrm", 5985, |data| data.starts_with(b"POST /wsman")),
        tcp!("sccp", 1, b"\x00\x00\x00", |data| be24(data, 0).is_some_and(|n| n.swap_bytes() >> 8 < 4096)
            && be32(data, 4) == Some(0)
            && matches!(be32(data, 8).map(u32::swap_bytes), Some(0x0000 | 0x0001))
            && data.first().is_some_and(|n| usize::from(*n) + 8 == data.len())),
    ],
};
