//! Industrial control: Modbus, DNP3 (IEEE 1815), synchrophasors (IEEE C37.118), EtherNet/IP, BACnet, OPC UA, FINS.
//! S7 has a folder of its own because its label needs the second payload.

use crate::Protocol;
use crate::bytes::{be16, byte, le16, le32};

/// Transaction, protocol 0, a length that matches, a function code.
fn modbus_frame(data: &[u8]) -> bool {
    be16(data, 2) == Some(0)
        && be16(data, 4)
            .is_some_and(|length| (2..=254).contains(&length) && usize::from(length) + 6 <= data.len())
        && byte(data, 7).is_some_and(|function| matches!(function & 0x7f, 1..=127))
}

/// Data link header: start bytes, a length of at least 5, a control byte.
fn dnp3_frame(data: &[u8]) -> bool {
    data.len() >= 10 && byte(data, 2).is_some_and(|length| length >= 5)
}

/// Sync byte, type 0 to 5 with version 1 to 3, a frame size that holds header and checksum.
fn synchrophasor_frame(data: &[u8]) -> bool {
    let Some(kind) = byte(data, 1) else { return false };
    kind & 0x80 == 0
        && kind >> 4 <= 5
        && matches!(kind & 0x0f, 1..=3)
        && be16(data, 2).is_some_and(|size| size >= 16 && usize::from(size) <= data.len().max(16) + 65_535)
        && data.len() >= 14
}

/// An encapsulation header whose length fits (EtherNet/IP specification volume 2 section 2-3).
fn enip_message(data: &[u8]) -> bool {
    matches!(le16(data, 0), Some(0x01 | 0x04 | 0x63..=0x66 | 0x6f | 0x70))
        && le16(data, 2).is_some_and(|length| usize::from(length) + 24 == data.len())
        && le32(data, 20) == Some(0)
}

/// BACnet/IP: type 0x81, a known function, the length of the datagram.
fn bacnet_message(data: &[u8]) -> bool {
    matches!(byte(data, 1), Some(0..=0x0c)) && be16(data, 2).is_some_and(|n| usize::from(n) == data.len())
}

/// A UA TCP message: type, `F`, little-endian size.
fn opcua_message(data: &[u8]) -> bool {
    le32(data, 4).is_some_and(|size| size as usize == data.len() && size >= 8)
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "industrial",
    fields: &[],
    classifiers: &[
        tcp_port!("modbus", 502, modbus_frame),
        tcp!("dnp3", 0, b"\x05\x64", dnp3_frame),
        udp!("dnp3", 0, b"\x05\x64", dnp3_frame),
        tcp!("synchrophasor", 0, b"\xaa", synchrophasor_frame),
        udp!("synchrophasor", 0, b"\xaa", |data| synchrophasor_frame(data)
            && be16(data, 2).is_some_and(|size| usize::from(size) == data.len())),
        tcp_port!("enip", 44818, enip_message),
        udp_port!("enip", 44818, enip_message),
        udp!("bacnet", 0, b"\x81", bacnet_message),
        tcp!("opcua", 0, b"HELF", opcua_message),
        tcp!("opcua", 0, b"ACKF", opcua_message),
        tcp!("opcua", 0, b"OPNF", opcua_message),
        udp_port!("omron-fins", 9600, |data| matches!(byte(data, 0), Some(0x80 | 0x81 | 0xc0 | 0xc1))
            && byte(data, 1) == Some(0)
            && byte(data, 2) == Some(2)),
        tcp!("omron-fins", 0, b"FINS\x00\x00\x00"),
        tcp_port!("c1222", 1153, |data| byte(data, 0) == Some(0x60)),
        udp_port!("c1222", 1153, |data| byte(data, 0) == Some(0x60)),
        udp_port!("honeywell-tcc", 43565, |data| data.starts_with(b"\x00\x00")),
    ],
};
