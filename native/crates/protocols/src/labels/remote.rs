//! Remote control: SSH (RFC 4253), Telnet (RFC 854), RDP, VNC (RFC 6143), X11, ADB, and known back doors.

use crate::bytes::{be16, byte, contains};
use crate::{Classifier, Context, Protocol, Trigger};
use lookback_session::record::Direction;

/// A connection request (COTP 0xe0) with an RDP cookie, a routing token or a negotiation request.
fn rdp_request(data: &[u8]) -> bool {
    let negotiation = data.get(11..13) == Some(&[0x01, 0x00]) && data.get(13..15) == Some(&[0x08, 0x00]);
    byte(data, 5) == Some(0xe0)
        && be16(data, 2).is_some_and(|length| usize::from(length) == data.len())
        && (negotiation || contains(data, b"Cookie: ") || data.len() == 11)
}

/// Two option negotiations in a row.
fn telnet_options(data: &[u8]) -> bool {
    matches!(byte(data, 1), Some(0xfb..=0xfe)) && (data.len() == 3 || byte(data, 3) == Some(0xff))
}

/// An ADB message ends its header in the complement of the command.
fn adb_message(data: &[u8]) -> bool {
    match (data.get(0..4), data.get(20..24)) {
        (Some(command), Some(magic)) => command.iter().zip(magic).all(|(a, b)| a ^ b == 0xff),
        _ => false,
    }
}

/// A command to the local ADB server: four hex digits of length, then a service.
fn adb_host(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    let digits = data.get(..4).unwrap_or_default();
    if digits.len() == 4 && digits.iter().all(u8::is_ascii_hexdigit) {
        context.label("adb");
    }
}

fn x11_setup(data: &[u8]) -> bool {
    matches!(byte(data, 0), Some(b'B' | b'l')) && data.len() >= 12
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "remote",
    fields: &[],
    classifiers: &[
        tcp!("ssh", 0, b"SSH-"),
        tcp!("telnet", 0, b"\xff", telnet_options),
        tcp!("rdp", 0, b"\x03\x00", rdp_request),
        udp!("rdpudp", 0, b"\xff\xff\xff\xff", |data| be16(data, 6).is_some_and(|flags| flags & 1 == 1)
            && data.len() >= 1_000
            && data.len() <= 1_300),
        tcp!("vnc", 0, b"RFB 00"),
        tcp!("x11", 0, b"B\x00\x00\x0b\x00\x00", x11_setup),
        tcp!("x11", 0, b"l\x00\x0b\x00\x00\x00", x11_setup),
        tcp!("rmi", 0, b"JRMI\x00"),
        tcp!("gh0st", 0, b"Gh0st"),
        tcp!("adb", 0, b"CNXN", adb_message),
        tcp!("adb", 0, b"AUTH", adb_message),
        tcp!("adb", 0, b"STLS", adb_message),
        Classifier { trigger: Trigger::TcpMagic { offset: 4, bytes: b"host:" }, classify: adb_host },
        Classifier { trigger: Trigger::TcpMagic { offset: 4, bytes: b"host-" }, classify: adb_host },
    ],
};
