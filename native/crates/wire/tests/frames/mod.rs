//! Makes packets by hand, inside out.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub fn v4(third: u8, last: u8) -> [u8; 16] {
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, third, last]
}

pub fn ethernet(kind: u16, body: &[u8]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1][..], &kind.to_be_bytes(), body].concat()
}

pub fn ipv4_between(source: [u8; 16], destination: [u8; 16], protocol: u8, body: &[u8]) -> Vec<u8> {
    let length = (20 + body.len()) as u16;
    let mut header = vec![0x45, 0xb8];
    header.extend(length.to_be_bytes());
    header.extend([0, 1, 0, 0, 64, protocol, 0, 0]);
    header.extend(&source[12..]);
    header.extend(&destination[12..]);
    [header, body.to_vec()].concat()
}

pub fn ipv4(protocol: u8, body: &[u8]) -> Vec<u8> {
    ipv4_between(v4(30, 1), v4(30, 2), protocol, body)
}

/// A fragment of an IPv4 datagram.
pub fn ipv4_fragment(identification: u16, offset: usize, more: bool, protocol: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = ipv4(protocol, body);
    packet[4..6].copy_from_slice(&identification.to_be_bytes());
    let word = (offset / 8) as u16 | if more { 0x2000 } else { 0 };
    packet[6..8].copy_from_slice(&word.to_be_bytes());
    packet
}

pub fn ipv6(next: u8, body: &[u8]) -> Vec<u8> {
    let mut header = vec![0x6b, 0x80, 0, 0];
    header.extend((body.len() as u16).to_be_bytes());
    header.extend([next, 64]);
    header.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    header.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    [header, body.to_vec()].concat()
}

/// A fragment of an IPv6 datagram, behind a destination options header.
pub fn ipv6_fragment(identification: u32, offset: usize, more: bool, next: u8, body: &[u8]) -> Vec<u8> {
    let mut chain = vec![44, 0, 1, 4, 0, 0, 0, 0, next, 0];
    chain.extend(((offset as u16 & 0xfff8) | u16::from(more)).to_be_bytes());
    chain.extend(identification.to_be_bytes());
    chain.extend(body);
    ipv6(60, &chain)
}

pub fn udp(source: u16, destination: u16, body: &[u8]) -> Vec<u8> {
    let length = (8 + body.len()) as u16;
    [&source.to_be_bytes()[..], &destination.to_be_bytes(), &length.to_be_bytes(), &[0, 0], body].concat()
}

/// The datagram that tunnel tests look for at the bottom.
pub fn udp4() -> Vec<u8> {
    ipv4_between(v4(10, 1), v4(10, 2), 17, &udp(1111, 2222, b"payload"))
}

pub fn tcp(flags: u16, body: &[u8]) -> Vec<u8> {
    let offset_and_flags = 0x5000 | flags;
    let mut header = vec![0x0f, 0xa0, 0, 80, 1, 2, 3, 4, 5, 6, 7, 8];
    header.extend(offset_and_flags.to_be_bytes());
    header.extend([0x10, 0, 0, 0, 0, 0]);
    [header, body.to_vec()].concat()
}

pub fn arp(operation: u8) -> Vec<u8> {
    let (asking, asked) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let (sender, target) = if operation == 1 { (asking, asked) } else { (asked, asking) };
    [&[0, 1, 8, 0, 6, 4, 0, operation][..], &[2, 0, 0, 0, 0, 1], &sender, &[0; 6], &target].concat()
}

/// GTP-U header with optional words and extensions, around an IP packet.
pub fn gtp(flags: u8, options: &[u8], ip: &[u8]) -> Vec<u8> {
    let length = (options.len() + ip.len()) as u16;
    [&[flags, 0xff][..], &length.to_be_bytes(), &[0, 0, 0, 1], options, ip].concat()
}

/// 802.11 header and LLC/SNAP for IPv4.
pub fn wlan(control: u8, flags: u8) -> Vec<u8> {
    let mut length = 24;
    length += if flags & 3 == 3 { 6 } else { 0 };
    length += if control & 0x80 != 0 && control & 0x0c == 8 { 2 } else { 0 };
    let mut header = vec![0; length];
    header[0] = control;
    header[1] = flags;
    [&header[..], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat()
}
