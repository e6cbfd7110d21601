//! Ethernet frames with valid lengths and checksums (RFC 791, 8200, 9293, 768, 792, 826, 1071).

use crate::hosts::{Address, Endpoint, is_v4};

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;
const ETHERTYPE_ARP: u16 = 0x0806;
const PROTOCOL_ICMP: u8 = 1;
const PROTOCOL_TCP: u8 = 6;
const PROTOCOL_UDP: u8 = 17;

/// FIN.
pub const FIN: u8 = 1;
/// SYN.
pub const SYN: u8 = 2;
/// RST.
pub const RST: u8 = 4;
/// PSH.
pub const PSH: u8 = 8;
/// ACK.
pub const ACK: u8 = 16;

/// What a TCP header says.
#[derive(Clone, Copy, Debug)]
pub struct TcpHeader {
    /// Sequence number.
    pub sequence: u32,
    /// Acknowledgement number.
    pub acknowledgement: u32,
    /// Flags.
    pub flags: u8,
    /// Timestamp option: own and echoed clock (RFC 7323).
    pub timestamps: [u32; 2],
}

/// Sum for an Internet checksum (RFC 1071). The order of bytes in a word does not matter to the sum, so words are
/// taken as the machine has them and swapped at the end.
fn sum(bytes: &[u8]) -> u64 {
    let mut words = bytes.chunks_exact(4);
    let mut total: u64 =
        words.by_ref().map(|word| u64::from(u32::from_le_bytes([word[0], word[1], word[2], word[3]]))).sum();
    let mut rest = [0; 4];
    rest[..words.remainder().len()].copy_from_slice(words.remainder());
    total += u64::from(u32::from_le_bytes(rest));
    total
}

fn checksum(mut total: u64) -> [u8; 2] {
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    (!(total as u16)).to_le_bytes()
}

fn put16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_be_bytes());
}

fn ethernet(out: &mut Vec<u8>, from: &Endpoint, to: &Endpoint, ethertype: u16) {
    out.extend_from_slice(&to.mac);
    out.extend_from_slice(&from.mac);
    put16(out, ethertype);
}

/// Ethernet and IP headers for `length` bytes of `protocol`; returns the sum of the pseudo header.
fn ip(
    out: &mut Vec<u8>,
    from: &Endpoint,
    to: &Endpoint,
    protocol: u8,
    length: usize,
    identification: u16,
) -> u64 {
    // As little-endian words: a zero byte and the protocol, then the length.
    let pseudo = (u64::from(protocol) << 8) + u64::from((length as u16).swap_bytes());
    if is_v4(&from.address) && is_v4(&to.address) {
        ethernet(out, from, to, ETHERTYPE_IPV4);
        let start = out.len();
        out.extend_from_slice(&[0x45, 0]);
        put16(out, (20 + length) as u16);
        put16(out, identification);
        out.extend_from_slice(&[0x40, 0, from.ttl, protocol, 0, 0]);
        out.extend_from_slice(&from.address[12..]);
        out.extend_from_slice(&to.address[12..]);
        let own = checksum(sum(&out[start..]));
        out[start + 10..start + 12].copy_from_slice(&own);
        pseudo + sum(&from.address[12..]) + sum(&to.address[12..])
    } else {
        ethernet(out, from, to, ETHERTYPE_IPV6);
        out.extend_from_slice(&[0x60, 0, 0, 0]);
        put16(out, length as u16);
        out.extend_from_slice(&[protocol, from.ttl]);
        out.extend_from_slice(&from.address);
        out.extend_from_slice(&to.address);
        pseudo + sum(&from.address) + sum(&to.address)
    }
}

/// Pads to the 60 bytes that the shortest Ethernet frame has without its check sequence.
fn pad(out: &mut Vec<u8>, start: usize) {
    if out.len() < start + 60 {
        out.resize(start + 60, 0);
    }
}

/// A TCP segment whose `payload` (of `length` bytes) `copy` appends.
pub fn tcp(
    out: &mut Vec<u8>,
    [from, to]: [&Endpoint; 2],
    header: &TcpHeader,
    identification: u16,
    length: usize,
    copy: impl FnOnce(&mut Vec<u8>),
) {
    let syn = header.flags & SYN != 0;
    let header_length = if syn { 40 } else { 32 };
    let pseudo = ip(out, from, to, PROTOCOL_TCP, header_length + length, identification);
    let start = out.len();
    put16(out, from.port);
    put16(out, to.port);
    out.extend_from_slice(&header.sequence.to_be_bytes());
    out.extend_from_slice(&header.acknowledgement.to_be_bytes());
    out.extend_from_slice(&[(header_length as u8 / 4) << 4, header.flags]);
    put16(out, if syn { 64_240 } else { 501 });
    out.extend_from_slice(&[0; 4]);
    if syn {
        // Maximum segment size 1460, selective acknowledgements, timestamps, window scale 7.
        out.extend_from_slice(&[2, 4, 0x05, 0xb4, 4, 2]);
    } else {
        out.extend_from_slice(&[1, 1]);
    }
    out.extend_from_slice(&[8, 10]);
    out.extend_from_slice(&header.timestamps[0].to_be_bytes());
    out.extend_from_slice(&header.timestamps[1].to_be_bytes());
    if syn {
        out.extend_from_slice(&[1, 3, 3, 7]);
    }
    copy(out);
    let own = checksum(pseudo + sum(&out[start..]));
    out[start + 16..start + 18].copy_from_slice(&own);
}

/// A UDP datagram.
pub fn udp(out: &mut Vec<u8>, [from, to]: [&Endpoint; 2], identification: u16, payload: &[u8]) {
    let frame = out.len();
    let length = 8 + payload.len();
    let pseudo = ip(out, from, to, PROTOCOL_UDP, length, identification);
    let start = out.len();
    put16(out, from.port);
    put16(out, to.port);
    put16(out, length as u16);
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(payload);
    let own = checksum(pseudo + sum(&out[start..]));
    // All zeros would mean that there is no checksum.
    out[start + 6..start + 8].copy_from_slice(if own == [0, 0] { &[0xff, 0xff] } else { &own });
    pad(out, frame);
}

/// An ICMP echo request or reply (IPv4).
pub fn icmp_echo(
    out: &mut Vec<u8>,
    [from, to]: [&Endpoint; 2],
    reply: bool,
    identifier: u16,
    number: u16,
    payload: &[u8],
) {
    ip(out, from, to, PROTOCOL_ICMP, 8 + payload.len(), identifier ^ number);
    let start = out.len();
    out.extend_from_slice(&[if reply { 0 } else { 8 }, 0, 0, 0]);
    put16(out, identifier);
    put16(out, number);
    out.extend_from_slice(payload);
    let own = checksum(sum(&out[start..]));
    out[start + 2..start + 4].copy_from_slice(&own);
}

/// An ARP request for the address of `to`, or `from`'s reply to one.
pub fn arp(out: &mut Vec<u8>, [from, to]: [&Endpoint; 2], reply: bool) {
    let frame = out.len();
    out.extend_from_slice(if reply { &to.mac } else { &[0xff; 6] });
    out.extend_from_slice(&from.mac);
    put16(out, ETHERTYPE_ARP);
    out.extend_from_slice(&[0, 1, 8, 0, 6, 4, 0, if reply { 2 } else { 1 }]);
    out.extend_from_slice(&from.mac);
    out.extend_from_slice(last4(&from.address));
    out.extend_from_slice(if reply { &to.mac } else { &[0; 6] });
    out.extend_from_slice(last4(&to.address));
    pad(out, frame);
}

fn last4(address: &Address) -> &[u8] {
    &address[12..]
}
